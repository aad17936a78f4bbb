/** What a rehearsal counts, and which of the counts must be zero. */
import type { EpochSeconds } from "../../time.ts";

export interface RehearsalCounts {
  /** All requests that viewers and attackers sent to the edge. */
  readonly requests: number;
  /** Edge denials of cookies that the origin had minted and that had not expired. Must be 0. */
  readonly validDenied: number;
  /** Calls of viewers that failed in any other way: mint refused, origin unreachable, no answer. Must be 0. */
  readonly viewerFailures: number;
  /** Sessions whose logout left a signing cookie in the jar. Must be 0. */
  readonly logoutsIncomplete: number;
  readonly attacks: number;
  /** Unsigned, forged or expired requests that the edge did not deny. Must be 0. */
  readonly attacksLetThrough: number;
  /** Those of them that reached the origin. Must be 0. */
  readonly unauthorizedOriginCalls: number;
  readonly mints: number;
  /** Mints after an edge denial, for example when cookies expired. */
  readonly remints: number;
  /** The most remints within one second. */
  readonly peakRemints: number;
}

/** The same count from two sources: the edge itself, and `keyturn logs` on its access log. */
export interface LoggedCounts {
  readonly requests: { readonly edge: number; readonly logs: number };
  readonly deniedBySignature: { readonly edge: number; readonly logs: number };
  /** Answers of protected routes to requests without a credential, which the attackers count too. */
  readonly ungated: number;
}

export type CountName = keyof RehearsalCounts;
export const MUST_BE_ZERO = [
  "validDenied",
  "viewerFailures",
  "logoutsIncomplete",
  "attacksLetThrough",
  "unauthorizedOriginCalls",
] as const satisfies readonly CountName[];

/** Counts while the traffic runs. Keeps a description of the first few failures of each kind for the report. */
export class Tally {
  readonly #counts: Record<CountName, number> = {
    requests: 0,
    validDenied: 0,
    viewerFailures: 0,
    logoutsIncomplete: 0,
    attacks: 0,
    attacksLetThrough: 0,
    unauthorizedOriginCalls: 0,
    mints: 0,
    remints: 0,
    peakRemints: 0,
  };
  readonly #remintsBySecond = new Map<number, number>();
  readonly #evidence = new Map<CountName, string[]>();

  add(name: Exclude<CountName, "peakRemints">, count = 1): void {
    this.#counts[name] += count;
  }

  /** Counts something that must not happen, and keeps its description. */
  wrong(name: (typeof MUST_BE_ZERO)[number], description: string): void {
    this.add(name);
    const kept = this.#evidence.get(name) ?? [];
    if (kept.length < 5) kept.push(description);
    this.#evidence.set(name, kept);
  }

  remint(at: EpochSeconds): void {
    this.add("remints");
    const second = Math.floor(at);
    const inSecond = (this.#remintsBySecond.get(second) ?? 0) + 1;
    this.#remintsBySecond.set(second, inSecond);
    this.#counts.peakRemints = Math.max(this.#counts.peakRemints, inSecond);
  }

  get counts(): RehearsalCounts {
    return { ...this.#counts };
  }
  evidence(name: CountName): readonly string[] {
    return this.#evidence.get(name) ?? [];
  }
}
