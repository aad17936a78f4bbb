/** A wrong machine clock: ahead, behind, fast, stopped, stepping, or just woken. */
import type { EpochSeconds, Seconds } from "../../src/time.ts";
import { ManualClock } from "./manual-clock.ts";

/** The time that the clock shows, given the true time and the machine's start. */
export type Showing = (now: EpochSeconds, since: EpochSeconds) => EpochSeconds;

/** By their names in test titles. */
export const ODD_CLOCKS: Readonly<Record<string, Showing>> = {
  "30 s ahead": (now) => now + 30,
  "30 s behind": (now) => now - 30,
  "an hour ahead": (now) => now + 3600,
  "running twice as fast": (now, since) => since + 2 * (now - since),
  "standing still": (_now, since) => since,
  "stepping back and forth": (now, since) => now + (Math.floor((now - since) / 5) % 2 === 0 ? 20 : -20),
  "asleep for every other ten seconds": (now, since) => {
    const rounds = Math.floor((now - since) / 20);
    return since + 10 * rounds + Math.min(10, now - since - 20 * rounds);
  },
};

/** Sleeps and wakes with the true clock. Only the time that it shows is wrong. */
export class OddClock extends ManualClock {
  readonly #true: ManualClock;
  readonly #showing: Showing;
  readonly #since: EpochSeconds;

  constructor(real: ManualClock, showing: Showing) {
    super(real.now());
    this.#true = real;
    this.#showing = showing;
    this.#since = real.now();
  }

  override now(): EpochSeconds {
    return this.#showing(this.#true.now(), this.#since);
  }
  override sleep(length: Seconds, signal?: AbortSignal): Promise<void> {
    return this.#true.sleep(length, signal);
  }
  override advance(length: Seconds): Promise<void> {
    return this.#true.advance(length);
  }
  override run<T>(work: Promise<T>): Promise<T> {
    return this.#true.run(work);
  }
}
