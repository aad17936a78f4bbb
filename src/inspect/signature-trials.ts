/** A signature that does not verify was made over something: tries what people sign by mistake, until one fits. */

import type { Verify } from "../edge/verdict.ts";
import type { HashAlgorithm } from "../policy/policy.ts";

export interface Mismatch {
  /** The request's own URL, and the policy as the edge reads it. */
  readonly url: string;
  readonly kind: "canned" | "custom";
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly hash: HashAlgorithm;
  readonly keyPairId: string;
  /** The check of the key that the request names. */
  readonly named: Verify;
  /** Every key at hand, by id. */
  readonly keys: ReadonlyMap<string, Verify>;
  /** Other names of the same distribution. */
  readonly hosts: readonly string[];
}

export type Mistake =
  | { readonly mistake: "hash"; readonly signed: HashAlgorithm }
  | { readonly mistake: "not-der" }
  | { readonly mistake: "key"; readonly keyPairId: string }
  | { readonly mistake: "wildcard" | "url"; readonly resource: string }
  | { readonly mistake: "policy-bytes"; readonly how: string };

/** The edge takes no longer one (DG:cloudfront-limits). */
const LONGEST_URL = 8192;
const HASHES = ["SHA1", "SHA256"] as const;

/** What the signature does cover; undefined when nothing that was tried fits. At most a few hundred verifications. */
export function findMistake(mismatch: Mismatch): Mistake | undefined {
  const { bytes, signature, hash, keyPairId, named, keys, kind } = mismatch;
  const fits = (verify: Verify, text: Uint8Array) => HASHES.find((each) => verify(each, text, signature));

  const isRaw = signature.length === RAW_ECDSA && HASHES.some((each) => named(each, bytes, inDer(signature)));
  if (isRaw) return { mistake: "not-der" };
  const other = fits(named, bytes);
  if (other !== undefined && other !== hash) return { mistake: "hash", signed: other };
  for (const [id, verify] of keys) {
    if (id !== keyPairId && fits(verify, bytes) !== undefined) return { mistake: "key", keyPairId: id };
  }
  if (kind === "custom") {
    const found = policyVariants(bytes).find(
      ([, variant]) => fits(named, Buffer.from(variant)) !== undefined,
    );
    return found && { mistake: "policy-bytes", how: found[0] };
  }
  const text = Buffer.from(bytes).toString("utf8");
  for (const resource of urlVariants(mismatch)) {
    // As a function: `$&` in a URL would mean something to replace().
    const variant = text.replace(mismatch.url, () => resource);
    if (fits(named, Buffer.from(variant)) === undefined) continue;
    return { mistake: resource.includes("*") ? "wildcard" : "url", resource };
  }
  return undefined;
}

/** r and s of P-256 side by side, as WebCrypto and JOSE write them. */
const RAW_ECDSA = 64;

/** The same r and s as ASN.1's SEQUENCE of two INTEGERs. */
function inDer(raw: Uint8Array): Uint8Array {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const first = half.findIndex((byte) => byte !== 0);
    const digits = first < 0 ? half.subarray(31) : half.subarray(first);
    const sign = (digits[0] as number) >= 0x80 ? [0] : [];
    return Buffer.from([0x02, sign.length + digits.length, ...sign, ...digits]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function policyVariants(bytes: Uint8Array): (readonly [how: string, text: string])[] {
  const text = Buffer.from(bytes).toString("utf8");
  const variants: [string, string][] = [
    ["with a line break at its end", `${text}\n`],
    ["without the whitespace around it", text.trim()],
  ];
  try {
    const document: unknown = JSON.parse(text);
    variants.push(["without its whitespace", JSON.stringify(document)]);
    variants.push(["with whitespace", JSON.stringify(document, null, 2)]);
  } catch {
    // Not JSON: the policy step has said so.
  }
  return variants.filter(([, variant]) => variant !== text);
}

/** What a signer may have taken for the URL. */
function urlVariants({ url, hosts }: Mismatch): readonly string[] {
  if (url.length > LONGEST_URL) return [];
  const [, scheme = "", host = "", path = "/", query = ""] =
    /^([^:]+):\/\/([^/?]*)([^?]*)(.*)$/s.exec(url) ?? [];
  const otherScheme = scheme === "https" ? "http" : "https";
  const bareHost = host.replace(/:\d+$/, "");
  const spellings = [
    url,
    `${scheme}://${host}${path}`,
    `${scheme}://${host}${path}/${query}`,
    `${scheme}://${host}${path.replace(/\/$/, "")}${query}`,
    path.slice(1) + query,
    path + query,
    ...reordered(query).map((other) => `${scheme}://${host}${path}${other}`),
    ...[decodeURI, encodeURI, normalise, encodeQuotes, decodeAll].map((respell) => attempt(respell, url)),
  ];
  const wildcards = foldersOf(path).flatMap((folder) =>
    [scheme, "http*", "*"].map((any) => `${any}://${host}${folder}*`),
  );
  const elsewhere = [
    `${otherScheme}://${host}`,
    ...[bareHost, bareHost.toLowerCase(), ...hosts].map((name) => `${scheme}://${name}`),
  ];
  return [
    ...new Set([
      ...spellings,
      ...elsewhere.flatMap((origin) => [`${origin}${path}${query}`, `${origin}${path}`, `${origin}/*`]),
      ...wildcards,
      `${scheme}://*`,
      "*",
    ]),
  ].filter((each) => each !== url);
}

/** The parameters in every other order where they are few, else sorted and reversed. */
function reordered(query: string): string[] {
  const parameters = query.slice(1).split("&");
  const orders =
    parameters.length <= 4 ? ordersOf(parameters) : [parameters.toSorted(), parameters.toReversed()];
  return orders.map((order) => `?${order.join("&")}`).filter(() => parameters.length > 1);
}

function ordersOf(parameters: readonly string[]): string[][] {
  if (parameters.length < 2) return [[...parameters]];
  return parameters.flatMap((first, at) =>
    ordersOf(parameters.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}

/** `/a/b/c` -> `/`, `/a/`, `/a/b/`, and the path itself. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at >= 0 && folders.length < 16; at = path.indexOf("/", at + 1)) {
    folders.push(path.slice(0, at + 1));
  }
  return [...folders, path];
}

const normalise = (url: string): string => new URL(url).href;
const decodeAll = (url: string): string => decodeURIComponent(url);
const encodeQuotes = (url: string): string =>
  url.includes("'") ? url.replaceAll("'", "%27") : url.replaceAll("%27", "'");

/** A URL that cannot be respelled stays as it is. */
function attempt(respell: (url: string) => string, url: string): string {
  try {
    return respell(url);
  } catch {
    return url;
  }
}
