/**
 * A run's progress. On a terminal: one line per completed stage, and below it a live line that counts down. In a log: one
 * line per act, and a heartbeat while it waits.
 */
import { type DriveOptions, HEARTBEAT, type Progress, type ProgressEvent } from "../rotation/drive.ts";
import { ABORT_STEPS, type RotationStep } from "../rotation/next.ts";
import { STAGES } from "../rotation/stage.ts";
import type { Clock, Terminal } from "../seams/world.ts";
import { wrap } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { STEP_RESULT } from "./step-results.ts";
import { makeStyle, type Style, styleOptions } from "./style.ts";

interface Needs {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, "now">;
  readonly env: Readonly<Record<string, string | undefined>>;
}
interface Flags {
  readonly color?: boolean;
  readonly verbose?: boolean;
}

export type ProgressOutput = Pick<DriveOptions, "progress" | "tick">;

/** A countdown that stops looks dead. */
const TICK: Seconds = 1;

/** --verbose shows every act, on a terminal too. */
export async function progressOn(
  { terminal, clock, env }: Needs,
  { color, verbose }: Flags,
): Promise<ProgressOutput> {
  if (!terminal.live || verbose === true) return { progress: logOn(terminal, clock) };
  const style = await makeStyle(styleOptions({ color, env, columns: terminal.columns, isTerminal: true }));
  return { progress: new StageLines(terminal, clock, style).progress, tick: TICK };
}

const clockTime = (at: EpochSeconds) => `${formatInstant(at).slice(11, 19)}Z`;

/** The suffix of an act's line, by the act's result. */
const READING_AGAIN = {
  done: "",
  moved: "(refused because what was read is out of date; reading again)",
  unclear: " (no answer: reading again)",
} as const;

function logOn(terminal: Terminal, clock: Needs["clock"]): Progress {
  let lastBeat: EpochSeconds = Number.NEGATIVE_INFINITY;
  let lastWait = "";
  return (event) => {
    const time = clockTime(event.kind === "waiting" ? event.now : clock.now());
    if (event.kind === "acted") {
      terminal.note(`${time} ${event.act.step}: ${event.act.why}${READING_AGAIN[event.outcome]}`);
      lastWait = "";
    }
    if (event.kind !== "waiting") return;
    const { wait, now } = event;
    if (wait.waitingFor === lastWait && now - lastBeat < HEARTBEAT) return;
    lastBeat = now;
    lastWait = wait.waitingFor;
    const left = formatDuration(Math.max(0, wait.waitUntil - now));
    const until = formatInstant(Math.ceil(wait.waitUntil));
    terminal.note(`${time} ${wait.step}: ${left} left, until ${until}, waiting for ${wait.waitingFor}`);
  };
}

class StageLines {
  readonly #terminal: Terminal;
  readonly #clock: Needs["clock"];
  readonly #style: Style;
  #step: RotationStep | undefined;
  #hasSpoken = false;

  constructor(terminal: Terminal, clock: Needs["clock"], style: Style) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#style = style;
  }

  readonly progress: Progress = (event) => {
    if (event.kind === "ended") {
      if ("finished" in event.next || "reached" in event.next || this.#isBefore(event.next.step))
        this.#over();
      // Separates announcements and progress from the status.
      this.#terminal.note("");
      return;
    }
    const { step } = event.kind === "waiting" ? event.wait : event.act;
    if (step !== this.#step) this.#begin(step, event.record.goal);
    if (event.kind === "waiting") return this.#live(waitText(event));
    const { act, outcome } = event;
    if (act.repair !== undefined || outcome !== "done") this.#warn(step, act.why + READING_AGAIN[outcome]);
    else this.#live(act.why);
  };

  #begin(step: RotationStep, goal: "forward" | "abort"): void {
    if (!this.#hasSpoken) this.#before(step, goal);
    this.#over();
    this.#step = step;
  }

  /** A run that continues an earlier one. */
  #before(step: RotationStep, goal: "forward" | "abort"): void {
    this.#hasSpoken = true;
    this.#terminal.note("");
    const order: readonly RotationStep[] = goal === "forward" ? STAGES : ABORT_STEPS;
    const count = order.indexOf(step);
    if (count <= 0) return;
    const { mark, good, dim } = this.#style;
    this.#terminal.note(
      `  ${good(mark.ok)} ${dim(`${count} of ${order.length} stages were already complete`)}`,
    );
  }

  #over(): void {
    const step = this.#step;
    if (step === undefined) return;
    const { mark, good } = this.#style;
    const time = clockTime(this.#clock.now());
    this.#terminal.note(`  ${good(mark.ok)} ${step.padEnd(STEP_WIDTH)} ${time}  ${STEP_RESULT[step]}`);
    this.#step = undefined;
  }

  /** A run may end while waiting in the step after the one it completed. */
  #isBefore(step: RotationStep): boolean {
    if (this.#step === undefined) return false;
    return [STAGES, ABORT_STEPS].some((order: readonly RotationStep[]) => {
      const at = order.indexOf(this.#step as RotationStep);
      return at >= 0 && at < order.indexOf(step);
    });
  }

  #warn(step: RotationStep, text: string): void {
    const { mark, warn, columns } = this.#style;
    this.#terminal.note(wrap(`${warn(mark.warn)} ${step}: ${text}`, columns, 2, 5));
  }

  /** A wrapped line could not be rewritten; ^C on a terminal takes two more columns. */
  #live(text: string): void {
    const line = `  ${this.#style.mark.wait} ${(this.#step ?? "").padEnd(STEP_WIDTH)} ${text}`;
    const room = this.#style.columns - 3;
    this.#terminal.progress(line.length > room ? `${line.slice(0, room - 3)}...` : line);
  }
}

const STEP_WIDTH = Math.max(...Object.keys(STEP_RESULT).map((step) => step.length));

/** The remaining time first: the line may be cut at the terminal's edge. */
function waitText({ wait, now }: Extract<ProgressEvent, { kind: "waiting" }>): string {
  const left = formatDuration(Math.max(0, wait.waitUntil - now));
  return `${left} left, until ${clockTime(Math.ceil(wait.waitUntil))}: ${wait.waitingFor}`;
}
