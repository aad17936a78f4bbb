/** Many sets for one Resource, no two alike, for load tests: signed on every core, given in order. */
import type { KeyObject } from "node:crypto";
import { requireSigningKey } from "../keys/key-pair.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { EpochSeconds } from "../time.ts";
import { type MintRequest, mintCookiesWith } from "./mint.ts";
import { signOnAnyCore } from "./sign-on-any-core.ts";

/** Given together: a write for every set would cost more than an ECDSA signature. */
const GROUP = 64;

/** A start that is surely past: clocks disagree. Each set starts a second before the last, so that none is equal. */
const SLACK = 300;

/**
 * `request` without a start of its own. Yields groups as they are taken (back-pressure): one more is being signed
 * meanwhile, so that no core waits. Throws as mintCookies does.
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
    // Reported when its turn comes; until then its failure is no unhandled rejection.
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
