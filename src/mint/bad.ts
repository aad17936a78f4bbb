/**
 * Cookie sets that are wrong in exactly one way, to prove that an edge refuses them: `keyturn mint --bad` prints them,
 * `keyturn probe` sends them.
 */
import type { KeyObject } from "node:crypto";
import { decodeBase64, encodeBase64 } from "../policy/base64.ts";
import { cannedPolicy } from "../policy/build.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import type { BadCase } from "./bad-cases.ts";
import {
  type MintRequest,
  mintCookiesWith,
  type PolicySigner,
  setOf,
  signPolicy,
  statementOf,
} from "./mint.ts";

const HOUR = 3600;
/** Well-formed but unused: CloudFront's ids are random. */
const NO_SUCH_KEY = "KNOSUCHKEY0000";
const NOBODYS_ADDRESS = "192.0.2.1/32";
const ANOTHER_RESOURCE = "https://another-resource.invalid/*";
const LEFT_OUT = new Sealed("");

/**
 * `request` describes a good set, `other` is any key but the trusted one. A missing part is empty in the
 * set, and left out wherever a set is written. Throws as `mintCookies` does.
 */
export async function mintBadCookies(
  bad: BadCase,
  request: MintRequest,
  now: EpochSeconds,
  { signing, other }: { readonly signing: KeyObject; readonly other: KeyObject | Promise<KeyObject> },
  sign: PolicySigner = signPolicy,
): Promise<CookieSet> {
  const minted = (wanted: MintRequest, key = signing) => mintCookiesWith(sign, wanted, key);
  const good = (change: Partial<MintRequest> = {}) => minted({ ...request, ...change });
  const second = Math.floor(now);
  switch (bad) {
    case "missing-policy": {
      const { expires, policy, ...rest } = await good();
      return rest;
    }
    case "missing-signature":
      return { ...(await good()), signature: LEFT_OUT };
    case "missing-key-pair-id":
      return { ...(await good()), keyPairId: "" };
    case "expired":
      return minted({ ...without("notBefore", request), expires: second - HOUR });
    case "not-yet-valid":
      return good({ notBefore: second + HOUR, expires: Math.max(request.expires, second + 2 * HOUR) });
    case "wrong-resource":
      return minted({ ...without("url", request), resource: ANOTHER_RESOURCE });
    case "wrong-ip":
      return good({ ip: NOBODYS_ADDRESS });
    case "tampered-policy": {
      const later = { ...request, expires: request.expires + 1 };
      return setOf(later, statementOf(later), (await good()).signature.reveal());
    }
    case "tampered-signature": {
      const set = await good();
      return { ...set, signature: flipped(set.signature) };
    }
    case "tampered-key-pair-id":
      return {
        ...(await good()),
        keyPairId: request.keyPairId.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      };
    case "untrusted-key":
      return minted(request, await other);
    case "unknown-key":
      return { ...(await minted(request, await other)), keyPairId: NO_SUCH_KEY };
    case "canned-wildcard":
      return cannedForWildcard(request, signing, sign);
    case "base64url":
      return asBase64url((expires) => good({ expires }), request.expires);
    case "wrong-hash":
      return namingTheOtherHash(await good());
  }
}

function without<Member extends keyof MintRequest>(
  member: Member,
  request: MintRequest,
): Omit<MintRequest, Member> {
  const { [member]: _, ...rest } = request;
  return rest;
}

/** The last byte: an ECDSA signature stays well-formed DER. */
function flipped(signature: CookieSet["signature"]): CookieSet["signature"] {
  const bytes = Buffer.from(decodeBase64(signature.reveal()) ?? []);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return new Sealed(encodeBase64(bytes));
}

/**
 * What a signer produces if it does not know that a wildcard needs a custom policy: a signed set that never matches.
 */
async function cannedForWildcard(
  request: MintRequest,
  key: KeyObject,
  sign: PolicySigner,
): Promise<CookieSet> {
  const { url, resource = url ?? "https://*", hash, expires } = request;
  const policy = cannedPolicy(resource.includes("*") ? resource : `${resource}*`, expires);
  return setOf(request, { kind: "canned", policy }, await sign(policy, hash, key));
}

/**
 * base64url differs from CloudFront's alphabet only if a signature has a `/` or padding; without either it would be
 * the same text and not bad at all. So this moves the policy's end, second by second, until its signature has one.
 */
async function asBase64url(
  ending: (expires: EpochSeconds) => Promise<CookieSet>,
  expires: EpochSeconds,
): Promise<CookieSet> {
  for (let later = 0; ; later += 1) {
    const set = await ending(expires + later);
    const bytes = decodeBase64(set.signature.reveal()) ?? new Uint8Array();
    const encoded = Buffer.from(bytes).toString("base64url");
    if (decodeBase64(encoded) === undefined) return { ...set, signature: new Sealed(encoded) };
  }
}

function namingTheOtherHash(set: CookieSet): CookieSet {
  if (set.hashAlgorithm === undefined) return { ...set, hashAlgorithm: "SHA256" };
  const { hashAlgorithm, ...unnamed } = set;
  return unnamed;
}
