/** Rate limit: how many requests at a time and per second. */
import type { Clock } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";

export interface RequestRateLimit {
  /** Concurrent requests. */
  readonly concurrency: number;
  /** Requests started per second; Infinity: unlimited. */
  readonly rate: number;
}

export const DEFAULT_RATE_LIMIT: RequestRateLimit = { concurrency: 4, rate: 20 };

/**
 * Works through `items` in order, never more than `concurrency` at once and never starting faster than `rate`. The
 * first rejection of `work`, or the abort of `signal`, ends it: nothing new is started, and it rejects with that. An
 * item whose turn has come starts at once.
 */
export async function pacedEach<Item>(
  items: readonly Item[],
  { concurrency, rate }: RequestRateLimit,
  clock: Clock,
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
  isFree: (item: Item) => boolean = () => false,
): Promise<void> {
  const turn = turnstile(rate, clock, signal);
  let next = 0;
  let stopped = false;
  const worker = async () => {
    for (;;) {
      const item = items[next];
      if (stopped || item === undefined) return;
      next += 1;
      if (!isFree(item)) await turn?.();
      signal?.throwIfAborted();
      if (stopped) return;
      await work(item);
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, () =>
    worker().catch((thrown: unknown) => {
      stopped = true;
      throw thrown;
    }),
  );
  const ends = await Promise.allSettled(workers);
  const broken = ends.find((end) => end.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}

/** Resolves at the caller's turn: turns are 1/rate seconds apart, and unused turns are lost. */
function turnstile(rate: number, clock: Clock, signal?: AbortSignal): (() => Promise<void>) | undefined {
  if (!Number.isFinite(rate)) return undefined;
  let free: EpochSeconds = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    const mine = Math.max(now, free);
    free = mine + 1 / rate;
    if (mine > now) await clock.sleep(mine - now, signal);
  };
}
