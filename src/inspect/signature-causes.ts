/** Why a signature does not verify: found out by trial where keys are at hand, guessed where not. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { about, cause, type Inquiry, mintCommand, mintFor, withGate } from "./inquiry.ts";
import { isReordered } from "./resource-causes.ts";
import { findMistake, type Mistake } from "./signature-trials.ts";

export function mismatchCauses(inquiry: Inquiry): Finding[] {
  const { explanation, source } = inquiry;
  const { signed, signature, hash, keyPairId, credential, verify: named } = explanation;
  if (
    source !== undefined &&
    named !== undefined &&
    signed?.bytes &&
    signed.kind &&
    signature &&
    hash &&
    keyPairId !== undefined
  ) {
    const { bytes, kind } = signed;
    const { keys, hosts } = source;
    const found = findMistake({
      named,
      url: credential.url,
      kind,
      bytes,
      signature,
      hash,
      keyPairId,
      keys,
      hosts,
    });
    if (found !== undefined) return [observed(found, inquiry)];
    if (!hasUsualLength(signature)) return [oddLength(signature.length, inquiry)];
  }
  return inferred(inquiry);
}

/** RSA 2048, or the DER of two P-256 numbers. */
const hasUsualLength = ({ length, 0: first }: Uint8Array): boolean =>
  length === 256 || (first === 0x30 && length <= 72);

const oddLength = (length: number, inquiry: Inquiry): Finding =>
  cause(
    "signature-length",
    "observed",
    `the signature has ${length} bytes; an RSA 2048 key makes 256, a P-256 key some 70 in DER: it was cut off, or made with a key that no key group takes`,
    mintCommand(inquiry),
  );

function observed(found: Mistake, inquiry: Inquiry): Finding {
  const { explanation } = inquiry;
  switch (found.mistake) {
    case "hash":
      return cause(
        "wrong-hash",
        "observed",
        found.signed === "SHA256"
          ? "the signature is made with SHA256, and Hash-Algorithm does not say so: without it CloudFront assumes SHA1"
          : "the signature is made with SHA1, and Hash-Algorithm says SHA256",
        `${mintCommand(inquiry)} --hash ${found.signed}`,
      );
    case "not-der":
      return cause(
        "signature-not-der",
        "observed",
        "the signature is r and s side by side, 64 bytes, as WebCrypto writes them; CloudFront takes an ECDSA signature in DER",
        mintCommand(inquiry),
      );
    case "key":
      return cause(
        "wrong-key-pair-id",
        "observed",
        `the signature is made with the key ${found.keyPairId}, but the set names ${explanation.keyPairId}: the signer's key and its configured id do not belong together`,
        withGate("keyturn audit", inquiry),
      );
    case "wildcard":
      return cause(
        "canned-wildcard",
        "observed",
        `the canned policy was signed for ${found.resource}: a canned policy allows one exact URL, and a wildcard needs a custom one`,
        mintFor(`--resource ${shellWord(found.resource)}`, inquiry),
      );
    case "url":
      return cause(
        "signed-other-url",
        "observed",
        `the signature covers ${found.resource}, ${isQueryReordered(found.resource, explanation.credential.url) ? "with the same parameters in another order than" : "not"} the URL that was asked for; CloudFront compares raw bytes and decodes nothing`,
        about("keyturn mint", inquiry),
      );
    case "policy-bytes":
      return cause(
        "policy-bytes-differ",
        "observed",
        `the signature covers the policy ${found.how}: exactly the bytes that are sent must be signed`,
        mintCommand(inquiry),
      );
  }
}

function isQueryReordered(signed: string, asked: string): boolean {
  const [here = "", query = ""] = signed.split("?", 2);
  const [there = "", other = ""] = asked.split("?", 2);
  return here === there && isReordered(query, other);
}

function inferred(inquiry: Inquiry): Finding[] {
  const { explanation } = inquiry;
  return [
    cause(
      "other-private-key",
      "inferred",
      `the signer holds another private key than the one whose public half is ${explanation.keyPairId}`,
      withGate("keyturn audit", inquiry),
    ),
    explanation.signed?.kind === "canned"
      ? cause(
          "signed-other-url",
          "inferred",
          "the canned policy was signed for another spelling of the URL: query order, %27 or ', a trailing slash, http, an alternate domain name",
          about("keyturn mint", inquiry),
        )
      : cause(
          "tampered",
          "inferred",
          "the policy or the signature was changed on the way, or mixed with another set's",
        ),
  ];
}
