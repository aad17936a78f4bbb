/** An anti-abuse limit: a token bucket per caller, refilled evenly. */
import type { Clock } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { BoundedCache } from "../bounded-cache.ts";

export interface MintRateLimit {
  /** At most this many at once, and on average this many per `per`. */
  readonly count: number;
  readonly per: Seconds;
}

const MOST_CALLERS = 10_000;

export class RateLimiter {
  readonly #limit: MintRateLimit;
  readonly #clock: Pick<Clock, "now">;
  readonly #buckets = new BoundedCache<string, { tokens: number; at: EpochSeconds }>(MOST_CALLERS);

  constructor(limit: MintRateLimit, clock: Pick<Clock, "now">) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Takes a token. Returns 0, or if none is left, the seconds until there is one. */
  take(caller: string): Seconds {
    const now = this.#clock.now();
    const { count, per } = this.#limit;
    const bucket = this.#buckets.get(caller) ?? { tokens: count, at: now };
    const tokens = Math.min(count, bucket.tokens + ((now - bucket.at) * count) / per);
    const taken = tokens >= 1;
    this.#buckets.set(caller, { tokens: taken ? tokens - 1 : tokens, at: now });
    return taken ? 0 : ((1 - tokens) * per) / count;
  }
}
