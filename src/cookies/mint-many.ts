/** Many sets for one Resource, no two alike, for load tests: signed on every core, given in order. */
import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { InputError } from "../errors.ts";
import { requireSigningKey } from "../keys/key-pair.ts";
import { encodeBase64 } from "../policy/base64.ts";
import type { EpochSeconds } from "../time.ts";
import type { CookieSet } from "./cookie-set.ts";
import { type MintRequest, setOf, statementOf } from "./mint.ts";

/**
 * With a callback, sign() runs on libuv's threads: measured on two cores at 0.89 of `openssl speed -multi 2` (RSA 2048)
 * and at 0.92 of `openssl speed` on one. Worker threads reached 0.95, for an entry of their own in the build and 50 ms
 * more of start-up. libuv has four threads unless UV_THREADPOOL_SIZE says otherwise.
 */
const signOnAnyCore = promisify(sign);

/** Enough to keep every thread busy while results are written, little enough to need no memory. */
const IN_FLIGHT = 32;

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
      const started = signOne({ ...request, notBefore: Math.floor(now) - SLACK - next }, key);
      // Reported when its turn comes; until then its failure is no unhandled rejection.
      started.catch(() => {});
      signing.push(started);
      next += 1;
    }
    yield await (signing.shift() as Promise<CookieSet>);
  }
}

async function signOne(request: MintRequest, key: KeyObject): Promise<CookieSet> {
  const statement = statementOf(request);
  try {
    const signature = await signOnAnyCore(request.hash, Buffer.from(statement.policy), key);
    return setOf(request, statement, encodeBase64(signature));
  } catch (cause) {
    throw new InputError(
      "ERR_SIGNING",
      `the ${request.hash} signature was refused by OpenSSL`,
      request.hash === "SHA1" ? ["add --hash SHA256: some systems no longer sign with SHA1"] : [],
      cause,
    );
  }
}
