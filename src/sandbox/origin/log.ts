/**
 * The application's log, as JSON lines: every call that reached it, every mint that worked or failed. Names, ids and
 * times only. The counts answer the question that proves a gate: did a denied request ever get here?
 */
import type { Clock } from "../../seams/world.ts";
import { BoundedCache } from "../bounded-cache.ts";
import type { WireRequest } from "../wire.ts";

export type LogEntry = Readonly<Record<string, string | number | boolean | undefined>> & {
  readonly event: string;
};

/** Sent by probes and simulated viewers, so that the origin can be queried about a single request. */
export const MARK_HEADER = "x-keyturn-mark";
const MOST_MARKS = 50_000;

export interface OriginCounts {
  /** All requests that reached the origin. */
  readonly calls: number;
  /** Those without the verification header: refused before any application code. */
  readonly unverified: number;
  /** Those that ran application code. */
  readonly served: number;
}

export class OriginLog {
  readonly #clock: Pick<Clock, "now">;
  readonly #write: ((line: string) => void) | undefined;
  readonly #marks = new BoundedCache<string, number>(MOST_MARKS);
  #unverified = 0;
  #served = 0;

  /** Without `write`, it only counts. */
  constructor(clock: Pick<Clock, "now">, write?: (line: string) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** A call that ran application code, or would have. */
  call(request: WireRequest, status: number, verified: boolean): void {
    if (verified) this.#served += 1;
    else this.#unverified += 1;
    const mark = request.headers[MARK_HEADER];
    if (mark !== undefined) this.#marks.set(mark, this.seen(mark) + 1);
    if (!this.#write) return;
    this.event({
      event: "origin.request",
      method: request.method,
      path: request.target.split("?", 1)[0] ?? "",
      status,
      verified,
      requestId: request.headers["x-amz-cf-id"],
      mark,
    });
  }

  event(entry: LogEntry): void {
    this.#write?.(JSON.stringify({ at: new Date(this.#clock.now() * 1000).toISOString(), ...entry }));
  }

  /** How often a request with that mark got here. */
  seen(mark: string): number {
    return this.#marks.get(mark) ?? 0;
  }
  get counts(): OriginCounts {
    return { calls: this.#unverified + this.#served, unverified: this.#unverified, served: this.#served };
  }
}
