/** Many sets for one Resource, no two alike, for load tests: signed on every core, given in order. */
import type { KeyObject } from "node:crypto";
import { requireSigningKey } from "../keys/key-pair.ts";
import type { EpochSeconds } from "../time.ts";
import type { CookieSet } from "./cookie-set.ts";
import { type MintRequest, mintCookiesWith } from "./mint.ts";
import { signOnAnyCore } from "./sign-on-any-core.ts";

/** Enough to keep every thread busy while results are written, little enough to need no memory. */
const IN_FLIGHT = 64;

/** A start that is surely past: clocks disagree. Each set starts a second before the last, so that none is equal. */
const SLACK = 300;

/**
 * `request` without a start of its own. Yields as results are taken (back-pressure). Throws as mintCookies does.
 */
export async function* mintMany(
  request: Omit<MintRequest, "notBefore">,
  key: KeyObject,
  count: number,
  now: EpochSeconds,
): AsyncGenerator<CookieSet> {
  requireSigningKey(key);
  const signing: Promise<CookieSet>[] = [];
  for (let next = 0; next < count || signing.length > 0; ) {
    while (next < count && signing.length < IN_FLIGHT) {
      const notBefore = Math.floor(now) - SLACK - next;
      const started = mintCookiesWith(signOnAnyCore, { ...request, notBefore }, key);
      // Reported when its turn comes; until then its failure is no unhandled rejection.
      started.catch(() => {});
      signing.push(started);
      next += 1;
    }
    yield await (signing.shift() as Promise<CookieSet>);
  }
}
