/** Many sets for one Resource, no two equal, for load tests: signed on every core, yielded in order. */
import type { KeyObject } from "node:crypto";
import { UsageError } from "../errors.ts";
import { requireSigningKey } from "../keys/key-pair.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { EpochSeconds } from "../time.ts";
import { type MintRequest, mintCookiesWith } from "./mint.ts";
import type { MintPlan } from "./mint-plan.ts";
import { signOnAnyCore } from "./sign-on-any-core.ts";

/** Sets per write: one write per set would cost more than an ECDSA signature. */
const GROUP = 64;

/** A start safely in the past, despite clock skew. Each set starts a second before the last, so that none are equal. */
const SLACK = 300;

/**
 * `request` has no notBefore. Yields groups on demand (back-pressure) and signs one group
 * ahead, so that no core waits. Throws as mintCookies does.
 */
export async function* mintMany(
  request: Omit<MintRequest, "notBefore">,
  key: KeyObject,
  count: number,
  now: EpochSeconds,
): AsyncGenerator<readonly CookieSet[]> {
  requireSigningKey(key);
  const latestStart = Math.floor(now) - SLACK;
  const signGroup = (from: number) => {
    const length = Math.min(GROUP, count - from);
    const sets = Array.from({ length }, (_, at) =>
      mintCookiesWith(signOnAnyCore, { ...request, notBefore: latestStart - from - at }, key),
    );
    const group = Promise.all(sets);
    // Reported when its turn comes; until then a failure must not count as an unhandled rejection.
    group.catch(() => {});
    return group;
  };
  let signing = signGroup(0);
  for (let from = GROUP; from < count; from += GROUP) {
    const ready = signing;
    signing = signGroup(from);
    yield await ready;
  }
  yield await signing;
}

/** Flags of other ways of minting. */
interface Conflicting {
  readonly output?: string;
  readonly format?: string;
  readonly bad?: string;
  readonly notBefore?: string;
}
/** How many. Throws ERR_USAGE: one Resource, no --not-before, stdout only. */
export function planCount(text: string, flags: Conflicting, plan: MintPlan): number {
  const count = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  if (count === undefined)
    throw new UsageError("ERR_USAGE", `--count ${text} is not a whole number of at least 1`, [
      "--count 1000",
    ]);
  const clash = (["output", "bad", "notBefore"] as const).find((name) => flags[name] !== undefined);
  if (clash !== undefined || plan.sets.length > 1 || (flags.format ?? "json") !== "json") {
    throw new UsageError(
      "ERR_USAGE",
      `--count streams sets for one Resource to stdout as JSON Lines: ${REASON[clash ?? "other"]}`,
      ["keyturn mint --resource 'https://HOST/*' --count 1000 > sets.jsonl"],
    );
  }
  return count;
}

const REASON = {
  output: "redirect with > instead of --output",
  bad: "leave --bad out",
  notBefore: "leave --not-before out: each set gets its own start, so that no two are equal",
  other: "give one Resource, and no --format other than json",
} as const;
