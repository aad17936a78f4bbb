/** A rehearsal while it runs: what is up, one line per completed stage, and a live line of counts. */
import type { Progress } from "../rotation/drive.ts";
import { isStage, type Stage } from "../rotation/stage.ts";
import type { Tally } from "../sandbox/rehearsal/counts.ts";
import type { RehearsalOptions } from "../sandbox/rehearsal/rehearsal.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Clock, Terminal } from "../seams.ts";
import { formatDuration, type Seconds } from "../time.ts";
import { STEP_OVER } from "./step-over.ts";
import type { Style } from "./style.ts";

const LIVE: Seconds = 0.25;
/** If a line cannot be rewritten, an occasional line shows that it is alive. */
const PLAIN: Seconds = 10;

export class RehearsalProgress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #style: Style;
  readonly #startedAt: number;
  #stage: Stage | undefined;
  #waiting: { readonly step: string; readonly until: number } | undefined;

  constructor(terminal: Terminal, clock: Clock, style: Style) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#style = style;
    this.#startedAt = clock.now();
  }

  introduce(sandbox: Sandbox, { viewers, attackers }: RehearsalOptions): void {
    const { all } = sandbox.locations;
    const { cookieTtl, signerCache, propagation } = sandbox.settings;
    const hidden = all.filter(({ setting }) => !setting.reachable).map(({ setting }) => setting.pop);
    this.#terminal.note(
      [
        this.#style.bold("A rehearsal: a signing key is rotated in a local cloud, under live traffic."),
        "",
        `  gate     ${sandbox.urls.site}`,
        `  page     ${this.#style.code(`${sandbox.urls.api}/`)}`,
        `  edge     ${all.length} locations that learn of a change within ${propagation} s; the prober never`,
        `           reaches ${hidden.join(", ")}, some viewers do`,
        `  signers  ${sandbox.signers.length}, which cache a key for ${signerCache} s; cookies live ${cookieTtl} s`,
        `  traffic  ${viewers} viewers, ${attackers} attackers`,
        "",
      ].join("\n"),
    );
  }

  /** For the rotation: a stage is complete when the next one starts. */
  readonly rotation: Progress = (event) => {
    if (event.kind === "ended") return;
    const step = event.kind === "waiting" ? event.wait.step : event.act.step;
    this.#waiting = event.kind === "waiting" ? { step, until: event.wait.waitUntil } : undefined;
    if (!isStage(step) || step === this.#stage) return;
    this.#over();
    this.#stage = step;
  };

  /** The rotation succeeded. */
  finished(): void {
    this.#over();
    this.#terminal.note("");
    this.#stage = undefined;
    this.#waiting = undefined;
  }

  #over(): void {
    if (this.#stage === undefined) return;
    const { good, mark } = this.#style;
    this.#terminal.note(`${this.#begun(good(mark.ok), this.#stage)}  ${STEP_OVER[this.#stage]}`);
  }

  /** Draws the live line until the signal aborts. */
  async count(tally: Tally, signal: AbortSignal): Promise<void> {
    const every = this.#terminal.interactive ? LIVE : PLAIN;
    while (await sleeps(this.#clock, every, signal)) this.#terminal.progress(this.#line(tally));
  }

  #line({ counts }: Tally): string {
    const { requests, validDenied, attacks, attacksLetThrough } = counts;
    const left = this.#waiting ? Math.max(0, this.#waiting.until - this.#clock.now()) : 0;
    const rest = left >= 0.5 ? `, ${formatDuration(left)} left` : "";
    const begun = this.#begun(this.#style.mark.wait, this.#stage ?? "traffic");
    return `${begun}  ${requests} requests, ${validDenied} denied, ${attacksLetThrough}/${attacks} attacks${rest}`;
  }

  /** Sign, stage and seconds so far: the start of every line, so that they align. */
  #begun(sign: string, stage: string): string {
    const seconds = Math.round(this.#clock.now() - this.#startedAt);
    return `  ${sign} ${stage.padEnd(19)} ${String(seconds).padStart(3)} s`;
  }
}

const sleeps = (clock: Clock, length: Seconds, signal: AbortSignal) =>
  clock.sleep(length, signal).then(
    () => true,
    () => false,
  );
