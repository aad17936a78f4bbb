/** A clock that only moves when advanced. Sleepers wake in order, and promises settle after each one. */
import type { Clock } from "../../src/seams/world.ts";
import type { EpochSeconds, Seconds } from "../../src/time.ts";

interface Sleeper {
  readonly wakeAt: EpochSeconds;
  readonly wake: () => void;
}

/**
 * How many turns of a millisecond or more may pass without a sleeper. This is minutes, since a busy machine may take
 * long to sign or to load.
 */
const PATIENCE = 200_000;

export class ManualClock implements Clock {
  #now: EpochSeconds;
  #sleepers: Sleeper[] = [];
  #deadlines: { readonly at: EpochSeconds; readonly controller: AbortController }[] = [];

  constructor(startsAt: EpochSeconds = 1_800_000_000) {
    this.#now = startsAt;
  }

  now(): EpochSeconds {
    return this.#now;
  }

  sleep(length: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const wake = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper: Sleeper = { wakeAt: this.#now + length, wake };
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /** Aborts once that much time has passed. `run` never jumps to it, because nobody waits for a deadline. */
  deadline(length: Seconds): AbortSignal {
    const controller = new AbortController();
    this.#deadlines.push({ at: this.#now + length, controller });
    return controller.signal;
  }

  #passDeadlines(): void {
    for (const { at, controller } of this.#deadlines) if (at <= this.#now) controller.abort();
    this.#deadlines = this.#deadlines.filter(({ at }) => at > this.#now);
  }

  /** Lets `length` pass, and wakes each sleeper at its own time. */
  async advance(length: Seconds): Promise<void> {
    const until = this.#now + length;
    await settle();
    for (let next = this.#next(); next !== undefined && next.wakeAt <= until; next = this.#next()) {
      await this.#wake(next);
    }
    this.#now = until;
    this.#passDeadlines();
    await settle();
  }

  /**
   * Jumps from one sleeper to the next until `work` settles. Loading modules and generating keys take real time, so it
   * throws only after minutes without a sleeper.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = work.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    for (let idle = 0; !settled && idle < PATIENCE; ) {
      await settle();
      // Threads (key generation, signatures) and first imports need real time.
      if (idle > 100) await new Promise((resolve) => setTimeout(resolve, 1));
      const next = this.#next();
      if (settled || next === undefined) {
        idle += 1;
        continue;
      }
      idle = 0;
      await this.#wake(next);
    }
    if (!settled) throw new Error("the work waits for something other than the manual clock");
    return done;
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, each) => (first === undefined || each.wakeAt < first.wakeAt ? each : first),
      undefined,
    );
  }

  async #wake(sleeper: Sleeper): Promise<void> {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    this.#now = Math.max(this.#now, sleeper.wakeAt);
    this.#passDeadlines();
    sleeper.wake();
    await settle();
  }
}

/** Runs every promise and immediate that is ready. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
