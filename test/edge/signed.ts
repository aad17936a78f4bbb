/** Signed requests for the edge's tests, signed with node:crypto alone, without any code under test. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { EdgeRequest, Trust } from "../../src/edge/verdict.ts";

export const KEY_ID = "K2JCJMDEHXQW5F";
export const OTHER_ID = "KZZZZZZZZZZZZZ";
export const NOW = 1_800_000_000;
export const URL = "https://cdn.example.com/api/items?page=2";
export const RESOURCE = "https://cdn.example.com/api/*";
export const VIEWER = "192.0.2.7";

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const ecdsa = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
export const trust: Trust = new Map([[KEY_ID, verifierOf(rsa.publicKey)]]);

export const cloudfrontBase64 = (bytes: Uint8Array | string): string =>
  Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");

export const signText = (text: string, hash: "SHA1" | "SHA256" = "SHA1", key: KeyObject = rsa.privateKey) =>
  cloudfrontBase64(sign(hash, Buffer.from(text), key));

export const cannedText = (url: string, expires: number | string): string =>
  `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;

export interface Wish {
  readonly resource?: string | undefined;
  readonly dateLessThan?: unknown;
  readonly dateGreaterThan?: unknown;
  readonly ip?: string | undefined;
}
export function customText(wish: Wish = {}): string {
  const { dateLessThan = NOW + 3600, dateGreaterThan, ip } = wish;
  const resource = "resource" in wish ? wish.resource : RESOURCE;
  const Condition = {
    DateLessThan: { "AWS:EpochTime": dateLessThan },
    ...(dateGreaterThan !== undefined && { DateGreaterThan: { "AWS:EpochTime": dateGreaterThan } }),
    ...(ip !== undefined && { IpAddress: { "AWS:SourceIp": ip } }),
  };
  return JSON.stringify({
    Statement: [{ ...(resource !== undefined && { Resource: resource }), Condition }],
  });
}

export type Fields = Partial<
  Record<"Expires" | "Policy" | "Signature" | "Key-Pair-Id" | "Hash-Algorithm", string>
>;

/** The fields of a policy text, correctly signed. */
export const signedFields = (policy: string, hash?: "SHA1" | "SHA256", key?: KeyObject): Fields => ({
  Policy: cloudfrontBase64(policy),
  Signature: signText(policy, hash, key),
  "Key-Pair-Id": KEY_ID,
  ...(hash && { "Hash-Algorithm": hash }),
});
export const cannedFields = (url: string, expires: number | string): Fields => ({
  Expires: String(expires),
  Signature: signText(cannedText(url, expires)),
  "Key-Pair-Id": KEY_ID,
});

export const inCookies = (fields: Fields, over: Partial<EdgeRequest> = {}): EdgeRequest => ({
  url: URL,
  ip: VIEWER,
  cookies: Object.entries(fields).map(([name, value]) => [`CloudFront-${name}`, value]),
  ...over,
});
export const inQuery = (fields: Fields, over: Partial<EdgeRequest> = {}): EdgeRequest => {
  const { url = URL } = over;
  const query = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return {
    ip: VIEWER,
    cookies: [],
    ...over,
    url: `${url}${url.includes("?") ? "&" : "?"}${query.join("&")}`,
  };
};
