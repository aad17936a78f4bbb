/** A probe's cookies: minted once per case and resource, sealed until the request is sent. */
import type { KeyObject } from "node:crypto";
import { verifierOf } from "../edge/trusted-key.ts";
import type { EdgeRequest, Trust } from "../edge/verdict.ts";
import { publicHalf } from "../keys/fingerprint.ts";
import type { SigningKey } from "../keys/key-pair.ts";
import { mintBadCookies } from "../mint/bad.ts";
import type { BadCase } from "../mint/bad-cases.ts";
import { type MintRequest, mintCookiesWith, type PolicySigner } from "../mint/mint.ts";
import { signOnAnyCore } from "../mint/sign-on-any-core.ts";
import { cookiePairs } from "../mint/write.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import { Sealed } from "../sealed.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import type { ProbeRequest } from "./plan.ts";

export interface Keys {
  /** Trusted by the gate. Without it only unsigned requests are possible. */
  readonly signing?: SigningKey | undefined;
  /** Formerly trusted; must be denied now. */
  readonly retired?: SigningKey | undefined;
  /** A key that nobody trusts: generated during this run and thrown away. */
  readonly other?: Promise<KeyObject> | undefined;
  readonly hash: HashAlgorithm;
}

export interface Materials {
  /** The trust that `expect.ts` assumes: only the signing key. */
  readonly trust: Trust;
  readonly cookiesFor: (request: ProbeRequest) => Promise<Sealed<EdgeRequest["cookies"]>>;
}

/** Long enough for a slow run, short enough that a leaked one is soon worthless. */
const LIFE: Seconds = 300;
const NO_COOKIES = new Sealed<EdgeRequest["cookies"]>([]);

export function prepareMaterials(keys: Keys, now: EpochSeconds): Materials {
  const minted = new Map<string, Promise<Sealed<EdgeRequest["cookies"]>>>();
  const sign = signingOnce();
  return {
    trust:
      keys.signing === undefined
        ? new Map()
        : new Map([[keys.signing.keyPairId, verifierOf(publicHalf(keys.signing.privateKey))]]),
    async cookiesFor(request) {
      const { cookies, asks } = probeCase(request.caseId);
      if (cookies === "none") return NO_COOKIES;
      // One set opens a whole resource; over plain HTTP, where it can be overheard, just that one http URL.
      const isPlain = asks === "plain-http";
      const { resource, url } = request.target;
      const opens = isPlain ? { url: request.url } : resource === undefined ? { url } : { resource };
      const key = `${request.caseId} ${opens.url ?? opens.resource}`;
      let set = minted.get(key);
      if (set === undefined) {
        set = mintFor(request, opens, keys, now, sign).then((cookies) => new Sealed(cookiePairs(cookies)));
        minted.set(key, set);
      }
      return set;
    },
  };
}

async function mintFor(
  { caseId }: ProbeRequest,
  opens: Pick<MintRequest, "url" | "resource">,
  { signing, retired, other, hash }: Keys,
  now: EpochSeconds,
  sign: PolicySigner,
): Promise<CookieSet> {
  const { cookies } = probeCase(caseId);
  const key = cookies === "retired" ? retired : signing;
  if (key === undefined) throw new TypeError(`the plan asks for ${caseId} without a key`);
  const request: MintRequest = {
    ...opens,
    expires: Math.floor(now) + LIFE,
    hash,
    keyPairId: key.keyPairId,
  };
  if (cookies !== "bad") return mintCookiesWith(sign, request, key.privateKey);
  const pair = { signing: key.privateKey, other: other ?? key.privateKey };
  return mintBadCookies(caseId as BadCase, request, now, pair, sign);
}

/** Most cases alter a set but keep its signature, so each policy is signed once. */
function signingOnce(): PolicySigner {
  const byKey = new Map<KeyObject, Map<string, string | Promise<string>>>();
  return (policy, hash, key) => {
    const signatures = byKey.get(key) ?? new Map<string, string | Promise<string>>();
    byKey.set(key, signatures);
    const signature = signatures.get(`${hash} ${policy}`) ?? signOnAnyCore(policy, hash, key);
    signatures.set(`${hash} ${policy}`, signature);
    return signature;
  };
}
