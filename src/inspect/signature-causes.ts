/** Why a signature does not verify: proven by trial if keys are available, otherwise inferred. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import {
  causeFinding,
  commandForUrl,
  type InspectionInput,
  mintFor,
  mintLine,
  withGate,
} from "./inspection-input.ts";
import { findMistake, type SigningMistake } from "./trials/signature-trials.ts";

export function mismatchCauses(input: InspectionInput): Finding[] {
  const { explanation, source, capture } = input;
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
    const { fragment } = capture;
    const url = credential.url;
    const others =
      fragment === undefined
        ? []
        : [{ url: `${url}#${fragment}`, how: "with its fragment, which clients never send" }];
    const found = findMistake({ named, url, kind, bytes, signature, hash, keyPairId, keys, hosts, others });
    if (found !== undefined) return observed(found, input);
    if (!hasUsualLength(signature)) return [oddLength(signature.length, input)];
  }
  return inferred(input);
}

/** RSA 2048, or two P-256 numbers in DER. */
const hasUsualLength = ({ length, 0: first }: Uint8Array): boolean =>
  length === 256 || (first === 0x30 && length <= 72);

const oddLength = (length: number, input: InspectionInput): Finding =>
  causeFinding(
    "signature-length",
    "observed",
    `the signature has ${length} bytes; an RSA 2048 key makes 256, a P-256 key about 70 in DER: it was cut off, or made with a key that no key group accepts`,
    mintLine(input),
  );

function observed(found: SigningMistake, input: InspectionInput): Finding[] {
  const { explanation, capture } = input;
  const { keyPairId, hash, signature } = explanation;
  switch (found.mistake) {
    case "hash":
      return [wrongHash(found.signed, input)];
    case "not-der":
      return [
        causeFinding(
          "signature-not-der",
          "observed",
          "the signature is raw r and s, 64 bytes, as WebCrypto writes them; CloudFront needs ECDSA signatures in DER",
          mintLine(input),
        ),
      ];
    case "pss":
    case "rewritten":
      return [
        causeFinding(
          found.mistake === "pss" ? "signature-is-pss" : "signature-rewritten",
          "observed",
          `the signature is ${found.how}; CloudFront needs RSA with PKCS#1 v1.5 padding or ECDSA in DER, in its base64`,
          mintLine(input),
        ),
      ];
    case "key":
      return [
        causeFinding(
          "wrong-key-pair-id",
          "observed",
          `the signature was made with the key ${found.keyPairId}, but the set names ${keyPairId}: the signer's key and its configured id do not match`,
          withGate("keyturn audit", input),
        ),
      ];
    case "wildcard":
      return [
        causeFinding(
          "canned-wildcard",
          "observed",
          `the canned policy was signed for ${found.resource}: a canned policy allows one exact URL, and a wildcard needs a custom one`,
          mintFor(`--resource ${shellWord(found.resource)}`, input),
        ),
        ...alsoWrongHash(found.signedWith, input),
      ];
    case "url":
      return [
        causeFinding(
          "signed-other-url",
          "observed",
          `the signature covers a different spelling of the URL, ${found.resource}, ${found.how}; CloudFront compares raw bytes without decoding: sign the URL exactly as it is requested`,
          commandForUrl("keyturn mint", input),
          [`signed    ${found.resource}`, `requested ${explanation.credential.url}`],
        ),
        ...alsoWrongHash(found.signedWith, input),
      ];
    case "end":
      return [
        causeFinding(
          "signed-other-end",
          "observed",
          `the canned policy was signed ${found.how}, not for the Expires that was sent: sign and send the same number of seconds`,
          mintLine(input),
        ),
        ...alsoWrongHash(found.signedWith, input),
      ];
    case "no-policy":
      return [
        causeFinding(
          "policy-bytes-differ",
          "observed",
          `the signature covers ${found.how}: sign the policy's JSON, exactly as the edge reads it`,
          mintLine(input),
        ),
        ...alsoWrongHash(found.signedWith, input),
      ];
    case "policy-bytes":
      return [
        causeFinding(
          "policy-bytes-differ",
          "observed",
          explanation.signed?.kind === "canned"
            ? `the signature covers the canned policy ${found.how}; the edge rebuilds it on one line, without whitespace or escapes, and verifies those bytes`
            : `the signature covers the policy ${found.how}: sign exactly the bytes that are sent`,
          found.fix === undefined ? mintLine(input) : `in the signer: ${found.fix}`,
        ),
        ...alsoWrongHash(found.signedWith, input),
      ];
    case "other-text":
      return otherText(found.hash, input);
    case "foreign":
      return [
        signature !== undefined && !hasUsualLength(signature)
          ? oddLength(signature.length, input)
          : causeFinding(
              "other-private-key",
              "observed",
              `the signature was not made with the private half of ${keyPairId}: the signer uses a different private key, or the signature was damaged`,
              withGate("keyturn audit", input),
              [`${keyPairId} cannot open it, with ${hash} or any other hash; found in ${capture.source}`],
            ),
      ];
  }
}

function wrongHash(signed: string, input: InspectionInput): Finding {
  const isKnown = signed === "SHA1" || signed === "SHA256";
  const message = !isKnown
    ? `the signature was made with ${signed}; CloudFront supports only SHA1 and SHA256`
    : signed === "SHA256"
      ? "the signature was made with SHA256, but Hash-Algorithm is not set: without it CloudFront assumes SHA1"
      : "the signature was made with SHA1, but Hash-Algorithm is SHA256";
  return causeFinding(
    "wrong-hash",
    "observed",
    message,
    `${mintLine(input)} --hash ${isKnown ? signed : "SHA256"}`,
  );
}

const alsoWrongHash = (signed: string | undefined, input: InspectionInput): Finding[] =>
  signed === undefined ? [] : [wrongHash(signed, input)];

/** What a playlist of HLS or DASH loads. */
const SEGMENT = /\.(?:ts|m4[sv]|cmf[vat]|aac|vtt|key)(?:\?|$)/i;

/** The key is proven right, so it signed a different text. */
function otherText(hash: string, input: InspectionInput): Finding[] {
  const { explanation } = input;
  const { url } = explanation.credential;
  const folder = SEGMENT.test(url) ? /^https?:\/\/[^/?#]*[^?#]*\//i.exec(url)?.[0] : undefined;
  const proof = `the private half of ${explanation.keyPairId} made the signature, with ${hash}: the key is right`;
  return [
    folder !== undefined && explanation.signed?.kind === "canned"
      ? causeFinding(
          "signed-other-url",
          "observed",
          `${proof}, but it signed another URL, probably the playlist's: players append its query to the files that it lists, and a canned policy allows only one URL`,
          mintFor(`--resource ${shellWord(`${folder}*`)}`, input),
          [`requested ${url}`],
        )
      : explanation.signed?.kind === "canned"
        ? causeFinding(
            "signed-other-url",
            "observed",
            `${proof}, but the URL or the end differs from what was signed: something between signer and viewer changed it (a parameter, a path prefix, a re-encoding), or Expires comes from another set`,
            commandForUrl("keyturn mint", input),
            [`requested ${explanation.credential.url}`],
          )
        : causeFinding(
            "tampered",
            "observed",
            `${proof}, but the policy differs from what was signed: it was changed in transit, or mixed up with another set (an old cookie next to a new one)`,
            mintLine(input),
          ),
  ];
}

/** Without a key to try. */
export function inferred(input: InspectionInput): Finding[] {
  const { explanation } = input;
  const otherKey = causeFinding(
    "other-private-key",
    "inferred",
    `the signer's private key does not match the public key ${explanation.keyPairId}`,
    withGate("keyturn audit", input),
  );
  if (explanation.signed?.kind !== "canned") {
    const tampered = "the policy or the signature was changed in transit, or mixed up with another set";
    return [otherKey, causeFinding("tampered", "inferred", tampered)];
  }
  const suspicious = disputed(explanation.credential.url);
  const otherUrl = causeFinding(
    "signed-other-url",
    "inferred",
    suspicious === ""
      ? "the canned policy was signed for a different spelling of the URL: query order, %27 or ', a trailing slash, http, an alternate domain name"
      : `the canned policy was signed for a different spelling of the URL: it contains ${suspicious}, which must be the same when signed and requested`,
    commandForUrl("keyturn mint", input),
  );
  return suspicious === "" ? [otherKey, otherUrl] : [otherUrl, otherKey];
}

/** Names the parts of the URL that clients and proxies respell; empty if there are none. */
function disputed(url: string): string {
  const [, path = "", query = ""] = /^[^:]+:\/\/[^/?]*([^?]*)\??(.*)$/s.exec(url) ?? [];
  const kinds: readonly (readonly [boolean, string])[] = [
    [/%25/.test(url), "a doubly encoded escape"],
    [/%(?!25)[0-9a-f]{2}/i.test(url), "percent-escapes"],
    [/[+ ]/.test(url), "+ or blanks"],
    [/[^!-~]/.test(url.replaceAll(" ", "")), "non-ASCII characters"],
    [/\/\/|\/\.\.?(?:\/|$)/.test(path), "// or dot segments"],
    [query.includes("&"), "several parameters"],
    [/[!'()*,;:@[\]{}|]/.test(path + query), "characters that only some libraries encode"],
  ];
  return kinds
    .filter(([holds]) => holds)
    .map(([, name]) => name)
    .join(", ");
}
