/** From a viewer's request to the origin's: what CloudFront removes and adds (DG:QueryStringParameters, DG:Cookies). */
import { originUrl } from "../../edge/credential.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import type { WireRequest } from "../wire.ts";
import { LOCATION_HEADER, VIEWER_ADDRESS_HEADER } from "./sandbox-headers.ts";

/** Hop-by-hop (RFC 9110, 7.6.1), the sandbox's own, and cookies, only some of which are forwarded. */
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

const SIGNING_NAMES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

export interface OriginCustomHeader {
  readonly name: string;
  readonly value: string;
}

/**
 * The request as the origin receives it. A viewer's own verification header and `cloudfront-*` headers are dropped; signing
 * cookies stay at the edge, as with an allow-list that does not name them.
 */
export function originRequestOf(
  request: WireRequest,
  cookies: readonly (readonly [name: string, value: string])[],
  viewerAddress: string,
  requestId: string,
  verification: OriginCustomHeader,
  rules: EdgeRules,
): WireRequest {
  const headers: Record<string, string> = {};
  for (const name in request.headers) {
    if (NOT_FORWARDED.has(name) || name.startsWith("cloudfront-")) continue;
    headers[name] = request.headers[name] as string;
  }
  const others = cookies.filter(([name]) => !SIGNING_NAMES.has(name));
  if (others.length > 0) headers.cookie = others.map(([name, value]) => `${name}=${value}`).join("; ");
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
