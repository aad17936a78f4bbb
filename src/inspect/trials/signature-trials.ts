/** Finds out what a bad signature does cover, by trying what people sign by mistake until something fits. */

import { constants, verify as verifyWith } from "node:crypto";
import { type OpenedSignature, openSignature } from "../../edge/opened-signature.ts";
import type { Verify } from "../../edge/verdict.ts";
import type { HashAlgorithm } from "../../policy/policy.ts";
import { policySpellings } from "./policy-spellings.ts";
import { Trial } from "./trial.ts";
import { type UrlSpelling, urlSpellings } from "./url-spellings.ts";

export interface Mismatch {
  /** The request's own URL, and the policy as the edge reads it. */
  readonly url: string;
  readonly kind: "canned" | "custom";
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly hash: HashAlgorithm;
  readonly keyPairId: string;
  /** Verifies with the key that the request names. */
  readonly named: Verify;
  /** Every available key, by id. */
  readonly keys: ReadonlyMap<string, Verify>;
  /** The distribution's other names. */
  readonly hosts: readonly string[];
  /** Other URLs in the input: for example with the fragment. */
  readonly others: readonly UrlSpelling[];
}

/** What the signature actually covers. */
export type SigningMistake =
  | { readonly mistake: "hash"; readonly signed: string }
  /** The right signature in the wrong encoding: `how` completes "the signature is ...". */
  | { readonly mistake: "not-der" | "pss" | "rewritten"; readonly how: string }
  | { readonly mistake: "key"; readonly keyPairId: string }
  | ({ readonly mistake: "wildcard" | "url"; readonly resource: string } & Spelled)
  | ({ readonly mistake: "policy-bytes" | "no-policy" | "end" } & Spelled)
  /** RSA only: proof that the named key signed, but no trial found the text. */
  | { readonly mistake: "other-text"; readonly hash: string }
  /** RSA only: proof that neither the named key nor any other available key signed. */
  | { readonly mistake: "foreign" };

interface Spelled {
  readonly how: string;
  readonly fix?: string;
  /** If the hash is wrong too. */
  readonly signedWith?: HashAlgorithm;
}

/** Undefined if nothing fits and nothing can be proven. The number of trials is bounded: see `Trial`. */
export function findMistake(mismatch: Mismatch): SigningMistake | undefined {
  const { bytes, signature, hash, keyPairId, named, keys } = mismatch;
  const rewritten = findRewriting(mismatch);
  if (rewritten !== undefined) return rewritten;
  const direct = new Trial(named, signature, hash).fits(bytes);
  if (direct !== undefined && direct !== hash) return { mistake: "hash", signed: direct };
  for (const [id, verify] of keys) {
    if (id === keyPairId || verify === named) continue;
    if (new Trial(verify, signature, hash).fits(bytes) !== undefined || isOpenedBy(verify, signature))
      return { mistake: "key", keyPairId: id };
  }
  const opened = named.publicKey && openSignature(named.publicKey, signature);
  if (opened === "foreign") return { mistake: "foreign" };
  const trial = new Trial(named, signature, hash);
  const found = findText(mismatch, trial);
  if (found !== undefined || opened === undefined || opened === "pss") return found;
  return unknownText(opened, hash);
}

const isOpenedBy = ({ publicKey }: Verify, signature: Uint8Array): boolean => {
  const opened = publicKey && openSignature(publicKey, signature);
  return typeof opened === "object";
};

function unknownText({ hash }: OpenedSignature, named: HashAlgorithm): SigningMistake {
  if (hash === undefined)
    return { mistake: "rewritten", how: "made over a bare digest, without the hash identifier (DigestInfo)" };
  if (hash !== "SHA1" && hash !== "SHA256") return { mistake: "hash", signed: hash };
  return { mistake: "other-text", hash: hash === named ? hash : `${hash} instead of ${named}` };
}

/** Raw r and s of P-256, concatenated as by WebCrypto and JOSE. */
const RAW_ECDSA = 64;

/** The signature in another encoding: then everything else was right. */
function findRewriting({ bytes, signature, named, hash }: Mismatch): SigningMistake | undefined {
  const fits = (other: Uint8Array) => new Trial(named, other, hash).fits(bytes) !== undefined;
  if (signature.length === RAW_ECDSA && fits(inDer(signature)))
    return { mistake: "not-der", how: "raw r and s" };
  const text = Buffer.from(signature).toString("latin1");
  if (/^[\w+/=~-]{60,}$/.test(text)) {
    const inner = Buffer.from(text.replaceAll("~", "/").replace(/_+$/, ""), "base64");
    if (fits(inner)) return { mistake: "rewritten", how: "base64-encoded twice" };
  }
  if (/^[0-9a-f]{100,}$/i.test(text) && fits(Buffer.from(text, "hex")))
    return { mistake: "rewritten", how: "hex-encoded before it was base64-encoded" };
  if (fits(Uint8Array.from(signature).reverse()))
    return { mistake: "rewritten", how: "in reversed byte order, as Windows CryptoAPI writes it" };
  const key = named.publicKey;
  if (key?.asymmetricKeyType !== "rsa" || openSignature(key, signature) !== "pss") return undefined;
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  const isPss = ["SHA1", "SHA256"].some((each) => verifyWith(each, bytes, { key, ...padding }, signature));
  return isPss ? { mistake: "pss", how: "padded by RSA-PSS" } : undefined;
}

/** The same r and s as an ASN.1 SEQUENCE of two INTEGERs. */
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

/** Finds the text that was signed: tries other spellings of the policy, its URL and its end time, then pairs of them. */
function findText(mismatch: Mismatch, trial: Trial): SigningMistake | undefined {
  const { bytes, kind, url } = mismatch;
  const text = Buffer.from(bytes).toString("utf8");
  const resource = kind === "canned" ? url : resourceIn(text);
  for (const { how, fix, text: spelled } of trial.affordable(policySpellings(text))) {
    const signedWith = trial.tries(spelled);
    if (signedWith !== undefined)
      return {
        mistake: "policy-bytes",
        how,
        fix,
        ...also(signedWith, mismatch),
      };
  }
  for (const [respell, how] of HASHED_OR_RECODED) {
    const signedWith = trial.tries(respell(text));
    if (signedWith !== undefined) return { mistake: "policy-bytes", how, ...also(signedWith, mismatch) };
  }
  for (const [end, how] of kind === "canned" ? trial.affordable(endsBeside(text)) : []) {
    const signedWith = trial.tries(end);
    if (signedWith !== undefined) return { mistake: "end", how, ...also(signedWith, mismatch) };
  }
  for (const [other, how] of otherTexts(mismatch, text)) {
    const signedWith = trial.tries(other);
    if (signedWith !== undefined) return { mistake: "no-policy", how, ...also(signedWith, mismatch) };
  }
  if (resource === undefined) return undefined;
  for (const spelling of urlSpellings(resource, mismatch)) {
    if (trial.isSpent) return undefined;
    // A function, because replace() would expand a `$&` in the URL.
    const respelled = text.replace(resource, () => spelling.url);
    for (const [escapeText, escapeHow] of ALSO_ESCAPED) {
      const signedWith = trial.tries(escapeText(respelled));
      if (signedWith === undefined) continue;
      const how = escapeHow === "" ? spelling.how : `${spelling.how}, in a policy ${escapeHow}`;
      const mistake = starsIn(spelling.url) > starsIn(resource.replace(/%2A/gi, "*")) ? "wildcard" : "url";
      return { mistake, resource: spelling.url, how, ...also(signedWith, mismatch) };
    }
  }
  return undefined;
}

/** Something other than the policy that was sent. */
function* otherTexts({ kind, url }: Mismatch, text: string): Generator<readonly [text: string, how: string]> {
  const end = /"AWS:EpochTime":\s*(\d{1,14})/.exec(text)?.[1] ?? "";
  const mark = url.includes("?") ? "&" : "?";
  yield [url, "the bare URL, without a policy around it"];
  yield [`${url}${mark}Expires=${end}`, "the bare URL with its Expires, without a policy around it"];
  if (kind === "canned") return;
  const canned = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${end}}}}]}`;
  yield [canned, "the canned policy of the requested URL, but a custom policy was sent"];
}

const starsIn = (text: string): number => text.split("*").length;

const resourceIn = (text: string): string | undefined =>
  /"Resource"\s*:\s*"([^"\\]{1,8192})"/.exec(text)?.[1];

function also(signedWith: HashAlgorithm, { hash }: Mismatch): { readonly signedWith?: HashAlgorithm } {
  return signedWith === hash ? {} : { signedWith };
}

type Respell = (text: string) => string | Uint8Array;

/** Mistakes that change the whole text before it is signed. */
const HASHED_OR_RECODED: readonly (readonly [respell: Respell, how: string])[] = [
  [(text) => Trial.digest("SHA1", text), "hashed with SHA1 before it was signed, which hashes it again"],
  [(text) => Trial.digest("SHA256", text), "hashed with SHA256 before it was signed, which hashes it again"],
  [(text) => Trial.digest("SHA1", text).toString("hex"), "as the hex of its SHA1"],
  [(text) => Trial.digest("SHA256", text).toString("hex"), "as the hex of its SHA256"],
  [(text) => Buffer.from(text, "utf16le"), "in UTF-16, as .NET's Encoding.Unicode writes it"],
  [(text) => Buffer.from(`\uFEFF${text}`, "utf16le"), "in UTF-16 with a byte order mark"],
  [(text) => Buffer.from(text, "latin1"), "in Latin-1"],
];

const ALSO_ESCAPED: readonly (readonly [escapeText: (text: string) => string, how: string])[] = [
  [(text) => text, ""],
  [(text) => text.replaceAll("/", "\\/"), "with / written \\/"],
  [(text) => text.replaceAll("&", "\\u0026"), "with & written \\u0026"],
  [(text) => text.replace(/":/g, '": ').replace(/,"/g, ', "'), "with a space after : and ,"],
];

/** A signer that computes the end twice, or in the wrong unit or time zone. */
function* endsBeside(text: string): Generator<readonly [text: string, how: string]> {
  const found = /"AWS:EpochTime":(\d{1,14})/.exec(text);
  if (found === null) return;
  const end = Number(found[1]);
  const withEnd = (other: number | string) => text.replace(found[0], `"AWS:EpochTime":${other}`);
  yield [withEnd(`${end}000`), "for an end in milliseconds"];
  yield [withEnd(`"${end}"`), "for an end in quotes"];
  for (let seconds = 1; seconds <= 60; seconds += 1)
    for (const other of [end - seconds, end + seconds])
      yield [withEnd(other), `for the end ${other}, ${seconds} s ${other < end ? "earlier" : "later"}`];
  for (let quarters = 1; quarters <= 56; quarters += 1)
    for (const other of [end - quarters * 900, end + quarters * 900])
      yield [withEnd(other), `for the end ${other}, ${quarters / 4} h ${other < end ? "earlier" : "later"}`];
}
