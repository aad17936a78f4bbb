/**
 * `keyturn rotate status --watch`: on a terminal one block that is drawn again every second; elsewhere a line for each
 * change.
 */
import type { RotationStatus, StepState } from "../rotation/status.ts";
import type { WatchEvent } from "../rotation/watch.ts";
import type { Terminal } from "../seams/world.ts";
import { isToType, table, wrap } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { makeStyle, type Style, styleOptions } from "./style.ts";

interface Needs {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface WatchOutput {
  readonly tick: Seconds;
  readonly told: (event: WatchEvent) => void;
}

/** `every`: the interval between reads of AWS; in between, only a terminal is redrawn. */
export async function watchOutput(
  { terminal, env }: Needs,
  { color, every }: { readonly color?: boolean; readonly every: Seconds },
): Promise<WatchOutput> {
  // A dumb terminal cannot draw over what it has shown.
  if (!terminal.interactive || env.TERM === "dumb") return { tick: every, told: changesOn(terminal) };
  const style = await makeStyle(styleOptions({ color, env, columns: terminal.columns, isTerminal: true }));
  let block = "";
  return {
    tick: 1,
    told: (event) => {
      if (event.kind === "seen") block = blockOf(event.status, event.now, style);
      const silent = event.kind === "seen" ? "" : `\n${style.warn(style.sign.warn)} ${unanswered(event)}`;
      terminal.progress(block + silent);
    },
  };
}

/** The part of a status whose change is worth a line: everything except the time left. */
function changesOn(terminal: Pick<Terminal, "note">): (event: WatchEvent) => void {
  let last: RotationStatus | undefined;
  let isSilent = false;
  return (event) => {
    const time = clockTime(event.now);
    if (event.kind === "unanswered") {
      if (!isSilent) terminal.note(`${time} ${unanswered(event)}`);
      isSilent = true;
      return;
    }
    isSilent = false;
    const { status } = event;
    if (last !== undefined && sameness(last) === sameness(status)) return;
    for (const step of status.steps) {
      const before = last?.steps.find(({ step: name }) => name === step.step);
      if (step.state !== "done" || before === undefined || before.state === "done") continue;
      terminal.note(`${time} ${step.step}: over${tookText(step, status)}`);
    }
    terminal.note(`${time} ${status.step}: ${stateText(status, event.now)}`);
    last = status;
  };
}

const sameness = ({ step, state, halt, says, until, goal, mode, outage, repairs }: RotationStatus) =>
  // The wait for the next canary check ends at a different second each time.
  JSON.stringify([
    step,
    state,
    halt,
    until === undefined ? says : "",
    goal,
    mode,
    outage?.says,
    repairs.length,
  ]);

function stateText(status: RotationStatus, now: EpochSeconds): string {
  const { state, halt, says, until, outage, typeNext } = status;
  const broken = outage === undefined ? "" : `OUTAGE: ${outage.says}; `;
  if (halt !== undefined)
    return `${broken}halted (${halt}): ${says}; next: ${typeNext.find(isToType) ?? typeNext[0] ?? ""}`;
  const left =
    until === undefined ? "" : `, until ${formatInstant(Math.ceil(until))} (${leftText(until, now)})`;
  return `${broken}${state === "ready" ? "it can continue now" : ""}${state === "ready" ? `: ${says}` : says}${left}`;
}

function blockOf(status: RotationStatus, now: EpochSeconds, style: Style): string {
  const { gate, rotation, goal, mode, openedAt, until, says, outage, halt, typeNext } = status;
  const facts = [goal, mode === "normal" ? "" : `MODE ${mode}`].filter((each) => each !== "").join(", ");
  const next = typeNext.find(isToType) ?? typeNext[0];
  const rows = status.steps.map((step) => stepRow(step, status, now, style));
  const waits =
    until === undefined
      ? says
      : `${leftText(until, now)} left, until ${clockTime(Math.ceil(until))}: ${says}`;
  return [
    `${style.bold(`gate ${gate}, rotation ${rotation}`)} (${facts}), ${formatDuration(Math.max(0, now - openedAt))} old`,
    ...(outage === undefined ? [] : [style.bad(`${style.mark.fail} OUTAGE: ${outage.says}`)]),
    table(rows),
    wrap(
      halt === undefined ? waits : `${style.warn(style.sign.warn)} halted (${halt}): ${says}`,
      style.columns - 1,
      0,
      2,
    ),
    ...(next === undefined ? [] : [`${style.sign.arrow} ${isToType(next) ? style.code(next) : next}`]),
    style.dim(`seen ${clockTime(now)}; Ctrl-C stops watching, not the rotation`),
  ].join("\n");
}

function stepRow(step: StepState, status: RotationStatus, now: EpochSeconds, style: Style): string[] {
  const { mark } = style;
  const { state, endedAt, takes } = step;
  if (state === "done") {
    const when = endedAt === undefined ? "" : clockTime(endedAt);
    return [`  ${style.good(mark.ok)} ${step.step}`, when, tookText(step, status).replace(/^, /, "")];
  }
  const about = takes === undefined ? "" : `takes about ${formatDuration(takes)}`;
  if (state === "ahead") return [style.dim(`  ${mark.skip} ${step.step}`), "", style.dim(about)];
  const since = lastEnd(status);
  const running = since === undefined ? "" : `for ${formatDuration(Math.max(0, now - since))}`;
  return [
    style.bold(`  ${mark.arrow} ${step.step}`),
    "",
    [running, about].filter((each) => each !== "").join(", "),
  ];
}

/** Time since the last stage with a date; the undated ones in between take seconds. */
function tookText({ step, endedAt }: StepState, { steps }: RotationStatus): string {
  if (endedAt === undefined) return "";
  const at = steps.findIndex((each) => each.step === step);
  const before = steps.slice(0, at).findLast((each) => each.endedAt !== undefined)?.endedAt;
  return before === undefined ? "" : `, took ${formatDuration(Math.max(0, endedAt - before))}`;
}

const lastEnd = ({ steps }: RotationStatus) =>
  steps.findLast(({ endedAt }) => endedAt !== undefined)?.endedAt;

const unanswered = ({ error }: Extract<WatchEvent, { kind: "unanswered" }>) =>
  `no answer (${error.message}): trying again`;

const leftText = (until: EpochSeconds, now: EpochSeconds) => formatDuration(Math.max(0, until - now));

const clockTime = (at: EpochSeconds) => `${formatInstant(at).slice(11, 19)}Z`;
