/** Signs one cookie set. The only door to @aws-sdk/cloudfront-signer, which makes no decisions here. */
import type { KeyObject } from "node:crypto";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { InputError } from "../errors.ts";
import { requireSigningKey } from "../keys/key-pair.ts";
import { encodeBase64 } from "../policy/base64.ts";
import { cannedPolicy, customPolicy } from "../policy/build.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import { hasWildcard } from "../policy/resource-pattern.ts";
import { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";

export interface MintRequest {
  /** Exactly this URL as the viewer will send it, including its query. */
  readonly url?: string;
  /** Or a pattern with `*` and `?`. Without url and resource: every file of every distribution that trusts the key. */
  readonly resource?: string;
  /** Whole seconds. */
  readonly expires: EpochSeconds;
  /** Denied on or before this second. */
  readonly notBefore?: EpochSeconds;
  /** One IPv4 address or CIDR. */
  readonly ip?: string;
  readonly hash: HashAlgorithm;
  readonly keyPairId: string;
}

/** The input to a signature. */
export interface SigningInput {
  readonly kind: CookieSet["kind"];
  /** The exact text that the signature covers. */
  readonly policy: string;
}

/**
 * Canned only for one exact URL without start and address; everything else needs a custom policy. (Left to itself, the signer
 * would take a wildcard and make a canned policy, which can never match.) Throws ERR_POLICY_UNSAFE,
 * ERR_POLICY_INVALID.
 */
export function statementOf(request: MintRequest): SigningInput {
  const { url, resource = url, expires, notBefore, ip } = request;
  if (resource !== undefined && policyKindOf(request) === "canned") {
    return { kind: "canned", policy: cannedPolicy(resource, expires) };
  }
  const wanted = { resource, dateLessThan: expires, dateGreaterThan: notBefore, ipAddress: ip };
  return { kind: "custom", policy: customPolicy(wanted) };
}

export function policyKindOf({
  url,
  resource = url,
  notBefore,
  ip,
}: Partial<MintRequest>): CookieSet["kind"] {
  const isPattern = url === undefined ? resource === undefined || hasWildcard(resource) : url.includes("*");
  return isPattern || notBefore !== undefined || ip !== undefined ? "custom" : "canned";
}

/** Throws ERR_POLICY_UNSAFE, ERR_POLICY_INVALID, ERR_KEY_KIND, ERR_SIGNING. */
export function mintCookies(request: MintRequest, key: KeyObject): CookieSet {
  const statement = statementOf(request);
  return setOf(request, statement, signPolicy(statement.policy, request.hash, key));
}

/** The signature over a policy's text, in CloudFront's base64. Throws ERR_KEY_KIND, ERR_SIGNING. */
export type PolicySigner = (policy: string, hash: HashAlgorithm, key: KeyObject) => string | Promise<string>;

/** The same set with a custom `sign`: on another thread, or from memory. Throws as mintCookies and `sign` do. */
export async function mintCookiesWith(
  sign: PolicySigner,
  request: MintRequest,
  key: KeyObject,
): Promise<CookieSet> {
  const statement = statementOf(request);
  return setOf(request, statement, await sign(statement.policy, request.hash, key));
}

/** Combines a statement and its signature. Does not check that they match. */
export function setOf(
  { expires, hash, keyPairId }: Pick<MintRequest, "expires" | "hash" | "keyPairId">,
  { kind, policy }: SigningInput,
  signature: string,
): CookieSet {
  return {
    kind,
    ...(kind === "canned" ? { expires } : { policy: new Sealed(encodeBase64(Buffer.from(policy))) }),
    signature: new Sealed(signature),
    keyPairId,
    hashAlgorithm: hash === "SHA256" ? hash : undefined,
  };
}

/** Throws ERR_KEY_KIND, ERR_SIGNING. */
export function signPolicy(policy: string, hash: HashAlgorithm, key: KeyObject): string {
  // Its type says string or Buffer, but it passes the key unchanged to node:crypto's sign(): a KeyObject saves
  // parsing the PEM on every call, and the key's text never exists.
  const privateKey = requireSigningKey(key) as unknown as Buffer;
  try {
    // The signer only copies the id into its result, of which we use only the signature.
    const signed = getSignedCookies({ policy, algorithm: hash, privateKey, keyPairId: "" });
    return signed["CloudFront-Signature"];
  } catch (cause) {
    throw signatureRefused(hash, cause);
  }
}

/** ERR_SIGNING: the key can sign, but OpenSSL refuses. */
export function signatureRefused(hash: HashAlgorithm, cause: unknown): InputError {
  const hints =
    hash === "SHA1"
      ? ["add --hash SHA256: some systems no longer sign with SHA1"]
      : ["keyturn help ERR_SIGNING"];
  return new InputError("ERR_SIGNING", `OpenSSL refused to make a ${hash} signature`, hints, cause);
}
