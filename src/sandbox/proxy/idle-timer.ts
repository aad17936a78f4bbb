/** Detects when nothing has arrived for a while. Each arrival costs one clock read, not a new timer. */
import type { Clock } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";

export class IdleTimer {
  readonly #clock: Pick<Clock, "now" | "sleep">;
  #stopped = new AbortController();
  #activeAt: EpochSeconds = 0;

  constructor(clock: Pick<Clock, "now" | "sleep">) {
    this.#clock = clock;
  }

  /** Calls `onIdle` once nothing has arrived for `timeout`; a later start replaces an earlier one. */
  start(timeout: Seconds, onIdle: () => void): void {
    this.stop();
    this.#stopped = new AbortController();
    this.reset();
    // Rejects when it is stopped.
    this.#wait(timeout, onIdle, this.#stopped.signal).catch(() => {});
  }

  /** Something has arrived. */
  reset(): void {
    this.#activeAt = this.#clock.now();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #wait(timeout: Seconds, onIdle: () => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.#activeAt + timeout - this.#clock.now();
      if (left <= 0) break;
      await this.#clock.sleep(left, signal);
    }
    if (!signal.aborted) onIdle();
  }
}
