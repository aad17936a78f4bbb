/** Detects when nothing has arrived for a while. Each arrival costs one clock read, not a new timer. */
import type { Clock } from "../../seams.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";

export class Silence {
  readonly #clock: Pick<Clock, "now" | "sleep">;
  #stopped = new AbortController();
  #heardAt: EpochSeconds = 0;

  constructor(clock: Pick<Clock, "now" | "sleep">) {
    this.#clock = clock;
  }

  /** Calls `then` once after `length` of silence; a later start replaces an earlier one. */
  start(length: Seconds, then: () => void): void {
    this.stop();
    this.#stopped = new AbortController();
    this.heard();
    // Rejects when it is stopped.
    this.#listen(length, then, this.#stopped.signal).catch(() => {});
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #listen(length: Seconds, then: () => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.#heardAt + length - this.#clock.now();
      if (left <= 0) break;
      await this.#clock.sleep(left, signal);
    }
    if (!signal.aborted) then();
  }
}
