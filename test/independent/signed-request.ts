/** One row of the table, and how its request is built from signed parts, by hand from the Developer Guide. */
import type { Hash, SigningKey, SigningKeys } from "./openssl-signer.ts";

type WireCode = "MissingKey" | "InvalidKey" | "AccessDenied" | "MalformedPolicy" | "MalformedSignature";
export type Keys = Readonly<Record<string, string>>;
export interface SignedRequest {
  readonly url: string;
  /** The Cookie header. */
  readonly cookies?: string;
  readonly ip: string;
  readonly now: number;
  /** null: the behavior trusts no key group. */
  readonly keys?: Keys | null;
  /** In place of `keys`: path patterns in order. */
  readonly behaviors?: readonly (readonly [pattern: string, keys: Keys | null])[];
}
export interface Row {
  readonly name: string;
  readonly request: SignedRequest;
  readonly expect: "allowed" | WireCode;
  /** The question that the documentation leaves open, if the outcome depends on one. */
  readonly unknown?: string;
}

export const NOW = 1_800_000_000;
export const VIEWER = "192.0.2.10";
export const HOST = "https://cdn.example.com";

export type Part = readonly [name: string, value: string];
export type Change = (parts: readonly Part[]) => readonly Part[];
export const without =
  (name: string): Change =>
  (parts) =>
    parts.filter(([known]) => known !== name);
export const replaced =
  (name: string, value: string | ((old: string) => string)): Change =>
  (parts) =>
    parts.map(([known, old]) =>
      known === name ? [known, typeof value === "string" ? value : value(old)] : [known, old],
    );
export const added =
  (name: string, value: string): Change =>
  (parts) => [...parts, [name, value]];

/** Ordinary base64, then + to -, = to _, / to ~. */
export function encode(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");
}

export function cannedPolicy(url: string, expires: number | string): string {
  return `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

export interface PolicyFields {
  readonly resource?: string | undefined;
  readonly before?: number | string;
  readonly after?: number | string;
  readonly ip?: string;
}
export function customPolicy({ resource, before = NOW + 3600, after, ip }: PolicyFields): string {
  const conditions = [`"DateLessThan":{"AWS:EpochTime":${before}}`];
  if (after !== undefined) conditions.push(`"DateGreaterThan":{"AWS:EpochTime":${after}}`);
  if (ip !== undefined) conditions.push(`"IpAddress":{"AWS:SourceIp":"${ip}"}`);
  const named = resource === undefined ? "" : `"Resource":${JSON.stringify(resource)},`;
  return `{"Statement":[{${named}"Condition":{${conditions.join(",")}}}]}`;
}

export interface Draft {
  readonly key: SigningKey;
  readonly hash?: Hash;
  readonly via?: "cookies" | "url";
  /** The requested URL. If `via` is `url`, the signing parameters are added to it. */
  readonly url?: string;
  /** A canned policy for this URL (default: the requested one), or the exact text of a custom one. */
  readonly expires?: number | string;
  readonly signedUrl?: string;
  readonly policy?: string | Uint8Array;
  /** In place of the policy's own signature. */
  readonly signature?: string;
  readonly change?: Change;
  readonly ip?: string;
  readonly now?: number;
}

/** The signed parts of a draft, in the order in which AWS lists them. */
export function partsOf(draft: Draft): readonly Part[] {
  const hash = draft.hash ?? "SHA256";
  const url = draft.url ?? `${HOST}/private/film.mp4`;
  const expires = draft.expires ?? NOW + 3600;
  const signed = draft.policy ?? cannedPolicy(draft.signedUrl ?? url, expires);
  const parts: Part[] = [
    draft.policy === undefined ? ["Expires", String(expires)] : ["Policy", encode(draft.policy)],
    ["Signature", draft.signature ?? encode(draft.key.sign(signed, hash))],
    ["Key-Pair-Id", draft.key.id],
  ];
  if (hash === "SHA256") parts.push(["Hash-Algorithm", "SHA256"]);
  return (draft.change ?? ((same) => same))(parts);
}

export function asQuery(url: string, parts: readonly Part[]): string {
  const query = parts.map(([name, value]) => `${name}=${value}`).join("&");
  return query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}
export function asCookies(parts: readonly Part[]): string {
  return parts.map(([name, value]) => `CloudFront-${name}=${value}`).join("; ");
}

export function requestOf(draft: Draft, keys: Keys | null): SignedRequest {
  const url = draft.url ?? `${HOST}/private/film.mp4`;
  const parts = partsOf(draft);
  const rest = { ip: draft.ip ?? VIEWER, now: draft.now ?? NOW, keys };
  return draft.via === "url"
    ? { url: asQuery(url, parts), ...rest }
    : { url, cookies: asCookies(parts), ...rest };
}

export function trustedKeys({ rsa, ecdsa, secondRsa }: SigningKeys): Keys {
  return Object.fromEntries([rsa, ecdsa, secondRsa].map((key) => [key.id, key.publicPem]));
}
