/** From a viewer's request to the origin's: what CloudFront takes away and what it adds (DG:QueryStringParameters, DG:Cookies). */
import { originUrl } from "../../edge/credential.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { WireRequest } from "../wire.ts";
import { LOCATION_HEADER, VIEWER_ADDRESS_HEADER } from "./viewer-place.ts";

/** Hop-by-hop (RFC 9110, 7.6.1), the sandbox's own, and cookies, of which only some go on. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  "connection",
  "cookie",
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
  cookies: string | undefined,
  viewerAddress: string,
  requestId: string,
  verification: OriginHeader,
  rules: EdgeRules,
): WireRequest {
  const headers: Record<string, string> = {};
  for (const name in request.headers) {
    if (NOT_FORWARDED.has(name) || name.startsWith("cloudfront-")) continue;
    headers[name] = request.headers[name] as string;
  }
  if (cookies !== undefined) headers.cookie = cookies;
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
