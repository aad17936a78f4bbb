/** A running rehearsal: what was started, one line per completed stage, and live traffic counts. */
import type { Progress, ProgressEvent } from "../rotation/drive.ts";
import type { WaitUntil } from "../rotation/next.ts";
import { isStage, type Stage } from "../rotation/stage.ts";
import { SENDERS, type Sender } from "../sandbox/edge/senders.ts";
import type { TrafficBucketCount, TrafficHistory } from "../sandbox/edge/traffic-history.ts";
import type { Tally } from "../sandbox/rehearsal/counts.ts";
import type { RehearsalOptions } from "../sandbox/rehearsal/rehearsal.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Clock, Terminal, World } from "../seams/world.ts";
import { formatDuration, type Seconds } from "../time.ts";
import { sparkline } from "./sparkline.ts";
import { STEP_RESULT } from "./step-results.ts";
import type { Style } from "./style.ts";

const LIVE: Seconds = 0.25;
/** If a line cannot be rewritten, an occasional line shows that it is alive. */
const PLAIN: Seconds = 10;

function waitOf(event: ProgressEvent): WaitUntil | undefined {
  if (event.kind === "waiting") return event.wait;
  return event.kind === "ended" && "waitUntil" in event.next ? event.next : undefined;
}

export class RehearsalProgress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #style: Style;
  readonly #startedAt: number;
  readonly #isLive: boolean;
  #stage: Stage | undefined;
  #waiting: { readonly step: string; readonly until: number } | undefined;

  constructor({ terminal, clock }: Pick<World, "terminal" | "clock">, style: Style) {
    this.#isLive = terminal.live;
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
        `  edge     ${all.length} locations that get a change within ${propagation} s; the prober never`,
        `           reaches ${hidden.join(", ")}, but some viewers do`,
        `  signers  ${sandbox.signers.length}, which cache a key for ${signerCache} s; cookies live ${cookieTtl} s`,
        `  traffic  ${viewers} viewers, ${attackers} attackers`,
        "",
      ].join("\n"),
    );
  }

  /** For the rotation: a stage is complete when the next one starts. Unattended, a wait ends a turn. */
  readonly rotation: Progress = (event) => {
    const wait = waitOf(event);
    const step = event.kind === "acted" ? event.act.step : wait?.step;
    if (step === undefined) return;
    this.#waiting = wait && { step, until: wait.waitUntil };
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
    this.#terminal.note(`${this.#begun(good(mark.ok), this.#stage)}  ${STEP_RESULT[this.#stage]}`);
  }

  /** Draws the live lines until the signal aborts; where lines stay, one now and then. */
  async count(tally: Tally, traffic: Pick<TrafficHistory, "seen">, signal: AbortSignal): Promise<void> {
    const every = this.#isLive ? LIVE : PLAIN;
    while (await sleeps(this.#clock, every, signal)) {
      if (this.#isLive) this.#terminal.progress(this.#block(tally, traffic));
      else this.#terminal.note(this.#line(tally));
    }
  }

  /** The stage, and below it a line for each kind of traffic: the last seconds, one sign each. */
  #block({ counts }: Tally, { seen }: Pick<TrafficHistory, "seen">): string {
    const now = this.#clock.now();
    const width = Math.max(8, Math.min(40, this.#style.columns - 52));
    const words: Readonly<Record<Sender, string>> = {
      viewers: `${counts.validDenied} denied though valid`,
      prober: "",
      attackers: `${counts.attacksLetThrough} of ${counts.attacks} let through`,
    };
    const lines = SENDERS.map((sender) => {
      const line = sparkline(seen.senders[sender], {
        now,
        every: seen.every,
        width,
        unicode: this.#style.unicode,
      });
      const total = seen.senders[sender].reduce((sum, each) => sum + sumOf(each), 0);
      return `    ${sender.padEnd(10)} ${line} ${String(total).padStart(6)}  ${words[sender]}`.trimEnd();
    });
    const left = this.#left(now);
    return [`${this.#begun(this.#style.mark.wait, this.#stage ?? "traffic")}${left}`, ...lines].join("\n");
  }

  #left(now: number): string {
    const left = this.#waiting ? Math.max(0, this.#waiting.until - now) : 0;
    return left >= 0.5 ? `, ${formatDuration(left)} left` : "";
  }

  #line({ counts }: Tally): string {
    const { requests, validDenied, attacks, attacksLetThrough } = counts;
    const rest = this.#left(this.#clock.now());
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

const sumOf = ({ counts, unexpected }: TrafficBucketCount) =>
  Object.values(counts).reduce((sum, each) => sum + each, unexpected);
