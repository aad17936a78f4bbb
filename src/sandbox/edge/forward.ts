/** From a viewer's request to the origin's: what CloudFront takes away and what it adds (DG:QueryStringParameters, DG:Cookies). */
import { COOKIE_NAMES } from "../../cookies/cookie-set.ts";
import { originUrl } from "../../edge/credential.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { WireRequest } from "../wire.ts";
import { LOCATION_HEADER, VIEWER_ADDRESS_HEADER } from "./viewer-place.ts";

/** Hop-by-hop (RFC 9110, 7.6.1), and the sandbox's own. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  LOCATION_HEADER,
  VIEWER_ADDRESS_HEADER,
]);
const SIGNING_COOKIES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

export interface OriginHeader {
  readonly name: string;
  readonly value: string;
}

/**
 * The request as the origin gets it. The viewer's own copy of the verification header is overwritten, as are
 * `cloudfront-*` headers; signing cookies stay at the edge, as with an allow-list of cookies that does not name them.
 */
export function forwarded(
  request: WireRequest,
  viewerAddress: string,
  requestId: string,
  verification: OriginHeader,
  rules: EdgeRules,
): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (NOT_FORWARDED.has(name) || name.startsWith("cloudfront-")) continue;
    if (name === "cookie") {
      const kept = withoutSigningCookies(value);
      if (kept !== "") headers.cookie = kept;
    } else {
      headers[name] = value;
    }
  }
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before === undefined ? viewerAddress : `${before}, ${viewerAddress}`;
  headers["x-amz-cf-id"] = requestId;
  headers[verification.name] = verification.value;
  return {
    method: request.method,
    scheme: "http",
    target: originUrl(request.target, rules),
    headers,
    body: request.body,
    remoteAddress: "127.0.0.1",
  };
}

function withoutSigningCookies(header: string): string {
  if (!header.includes("CloudFront-")) return header;
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && !SIGNING_COOKIES.has(pair.split("=", 1)[0] as string))
    .join("; ");
}
