/** Many sets for one Resource, no two alike, for load tests: signed on every core, given in order. */
import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { InputError } from "../errors.ts";
import { requireSigningKey } from "../keys/key-pair.ts";
import { encodeBase64 } from "../policy/base64.ts";
import type { EpochSeconds } from "../time.ts";
import type { CookieSet } from "./cookie-set.ts";
import { type MintRequest, setOf, statementOf } from "./mint.ts";

type Sign = (hash: string, bytes: Uint8Array, key: KeyObject) => Uint8Array | Promise<Uint8Array>;

const signHere: Sign = (hash, bytes, key) => sign(hash, bytes, key);
/** With a callback, sign() runs on libuv's threads. */
const signOnAnyCore: Sign = promisify(sign);

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
  const nth = (at: number): MintRequest => ({ ...request, notBefore: Math.floor(now) - SLACK - at });
  // Handing a signature over costs some 20 microseconds: little beside the 850 of RSA 2048, half of ECDSA's 45.
  const signWell = key.asymmetricKeyType === "ec" ? signHere : signOnAnyCore;
  const signing: Promise<CookieSet>[] = [];
  for (let next = 0; next < count || signing.length > 0; ) {
    while (next < count && signing.length < IN_FLIGHT) {
      const started = signOne(nth(next), key, signWell);
      // Reported when its turn comes; until then its failure is no unhandled rejection.
      started.catch(() => {});
      signing.push(started);
      next += 1;
    }
    yield await (signing.shift() as Promise<CookieSet>);
  }
}

async function signOne(request: MintRequest, key: KeyObject, signWell: Sign): Promise<CookieSet> {
  const statement = statementOf(request);
  try {
    const signature = await signWell(request.hash, Buffer.from(statement.policy), key);
    return setOf(request, statement, encodeBase64(signature));
  } catch (cause) {
    throw refused(request, cause);
  }
}

const refused = ({ hash }: MintRequest, cause: unknown) =>
  new InputError(
    "ERR_SIGNING",
    `the ${hash} signature was refused by OpenSSL`,
    ["add --hash SHA256: some systems no longer sign with SHA1"],
    cause,
  );
