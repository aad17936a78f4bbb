/**
 * The responses of the edge's signature check: five codes, one line of XML each, no RequestId. The texts were observed;
 * AWS documents only MissingKey's (repost.aws: cloudfront-troubleshoot-signed-url-cookies).
 */
import type { WireCode } from "./verdict.ts";

const MESSAGE: Readonly<Record<WireCode, string>> = {
  MissingKey: "Missing Key-Pair-Id query parameter or cookie value",
  InvalidKey: "Unknown Key",
  AccessDenied: "Access denied",
  MalformedPolicy: "Malformed Policy",
  MalformedSignature: "Could not unencode Signature",
};

export const WIRE_CODES = Object.keys(MESSAGE) as readonly WireCode[];

export interface Denial {
  readonly status: 403;
  /** In order; without date, via, x-amz-cf-pop and x-amz-cf-id, which differ per response. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const DENIALS = Object.fromEntries(
  WIRE_CODES.map((code) => [code, writeDenial(code)]),
) as unknown as Readonly<Record<WireCode, Denial>>;

function writeDenial(code: WireCode): Denial {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${MESSAGE[code]}</Message></Error>`;
  return {
    status: 403,
    headers: [
      ["content-type", "text/xml"],
      ["content-length", String(body.length)],
      ["server", "CloudFront"],
      ["x-cache", "Error from cloudfront"],
    ],
    body,
  };
}

/** The complete response to a denied request. */
export function denialOf(code: WireCode): Denial {
  return DENIALS[code];
}

/** Longer than any of the five, with room for whitespace added by a terminal or proxy. */
const LONGEST = 512;
const SHAPE =
  /^(?:<\?xml[^<>]*>)?\s*<Error>\s*<Code>(\w+)<\/Code>\s*<Message>([^<]*)<\/Message>\s*<\/Error>$/;

/**
 * The code of a body that the edge's signature check wrote; undefined for anything else, S3's look-alike
 * (`Access Denied` with a capital D and a RequestId) included. A body says nothing about status and headers: check those too.
 */
export function parseDenial(body: string): WireCode | undefined {
  if (body.length > LONGEST) return undefined;
  const [, code, message] = SHAPE.exec(body.trim()) ?? [];
  return WIRE_CODES.find((known) => known === code && MESSAGE[known] === message?.trim());
}

/** The code whose denial has this many bytes: access logs record sc-content-len, never the code. */
export function codeOfLength(bytes: number): WireCode | undefined {
  return WIRE_CODES.find((code) => DENIALS[code].body.length === bytes);
}
