/**
 * From a viewer's request to the origin's: what CloudFront removes, replaces and adds. Sources:
 * DG:RequestAndResponseBehaviorCustomOrigin (the table of headers), DG:controlling-origin-requests, DG:QueryStringParameters,
 * DG:Cookies, DG:distribution-working-with.websockets.
 */
import { originUrl } from "../../edge/credential.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import { LOCATION_HEADER, VIEWER_ADDRESS_HEADER } from "../edge/sandbox-headers.ts";
import { cloudFrontHeader, type ViewerConnection } from "./cloudfront-headers.ts";
import { type ForwardingRules, isForwarded, isSameHeader } from "./forwarding-rules.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

export interface ViewerRequestHead {
  readonly method: string;
  /** Raw path and query. */
  readonly target: string;
  /** As they came: order, case and repetitions kept. */
  readonly headers: Pairs;
  readonly cookies: Pairs;
  readonly viewer: ViewerConnection;
  readonly requestId: string;
  readonly via: string;
  /** `Upgrade: websocket`. */
  readonly isWebSocket: boolean;
  readonly isProtected: boolean;
}
export interface OriginSettings {
  /** `127.0.0.1:3000`, for behaviors that do not forward the viewer's Host. */
  readonly host: string;
  /** OriginPath: no slash at the end. */
  readonly path: string;
  readonly customHeaders: Pairs;
}

/** Never forwarded, whatever the policies say. */
const REMOVED: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"],
  ...["te", "trailer", "upgrade", "expect", "http2-settings", "cookie"],
  ...["x-forwarded-proto", "x-real-ip", "x-amz-cf-id", "x-forwarded-for", "via"],
  ...[LOCATION_HEADER, VIEWER_ADDRESS_HEADER],
]);
/** Sent with the body, or requested from the origin, under every policy. */
const ALWAYS_FORWARDED: ReadonlySet<string> = new Set([
  ...["cache-control", "content-length", "content-md5", "content-type", "date", "from", "pragma", "warning"],
  ...["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"],
  ...["max-forwards", "range", "request-range", "transfer-encoding", "content-encoding", "content-language"],
]);
/** Under legacy settings everything is forwarded except these. */
const LEGACY_REMOVED: ReadonlySet<string> = new Set([
  ...["accept", "accept-charset", "accept-language", "referer", "x-http-method-override"],
  ...["authorization", "accept-encoding"],
]);
const SIGNING_COOKIES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

export function originRequestHeaders(
  head: ViewerRequestHead,
  forwarding: ForwardingRules,
  origin: OriginSettings,
): Pairs {
  const custom = new Set(origin.customHeaders.map(([name]) => name.toLowerCase()));
  const kept = head.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    // A header of the distribution replaces the viewer's.
    if (REMOVED.has(lower) || custom.has(lower) || lower === "host" || lower === "user-agent") return false;
    if (lower.startsWith("x-edge-") || lower.startsWith("cloudfront-")) return false;
    return ALWAYS_FORWARDED.has(lower) || isHeaderForwarded(lower, head.method, forwarding);
  });
  const value = (name: string) => head.headers.find(([each]) => isSameHeader(each, name))?.[1];
  const all = (name: string) =>
    head.headers.filter(([each]) => isSameHeader(each, name)).map(([, each]) => each);
  const isOn = (name: string) => isForwarded(name, forwarding.headers, isSameHeader);
  const agent = value("user-agent");
  const cookies = forwardedCookies(head.cookies, forwarding);
  return [
    ["Host", isOn("host") ? (value("host") ?? origin.host) : origin.host],
    ...kept,
    ...(isOn("user-agent")
      ? agent === undefined
        ? []
        : [["User-Agent", agent] as const]
      : [["User-Agent", "Amazon CloudFront"] as const]),
    ...(cookies === "" ? [] : [["Cookie", cookies] as const]),
    ...addedHeaders(forwarding, head.viewer),
    ["X-Forwarded-For", [...all("x-forwarded-for"), head.viewer.address].join(", ")],
    ["Via", [...all("via"), head.via].join(", ")],
    ["X-Amz-Cf-Id", head.requestId],
    ...origin.customHeaders,
    ...(head.isWebSocket
      ? ([
          ["Connection", "Upgrade"],
          ["Upgrade", "websocket"],
        ] as const)
      : ([["Connection", "Keep-Alive"]] as const)),
  ];
}

function isHeaderForwarded(name: string, method: string, { headers, isLegacy }: ForwardingRules): boolean {
  if (isForwarded(name, headers, isSameHeader)) return true;
  if (!isLegacy) return false;
  // Only for requests that CloudFront never caches.
  if (name === "authorization") return !["GET", "HEAD", "OPTIONS"].includes(method);
  return !LEGACY_REMOVED.has(name);
}

/** Sorted by name; names that start with `$` are dropped, and the set that was checked stays at the edge. */
function forwardedCookies(cookies: Pairs, { cookies: selections }: ForwardingRules): string {
  return cookies
    .filter(([name]) => !name.startsWith("$") && !SIGNING_COOKIES.has(name) && isForwarded(name, selections))
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

function addedHeaders({ headers }: ForwardingRules, viewer: ViewerConnection): Pairs {
  const asked = headers.flatMap(({ which, names }) => (which === "named" || which === "all" ? names : []));
  return [...new Set(asked)].flatMap((name) => {
    const value = cloudFrontHeader(name.toLowerCase(), viewer);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** Path and query for the origin. Behind a signature check CloudFront's own parameters are removed. */
export function originRequestTarget(
  head: ViewerRequestHead,
  forwarding: ForwardingRules,
  path: string,
  rules: EdgeRules,
): string {
  const own = head.isProtected ? originUrl(head.target, rules) : head.target;
  const mark = own.indexOf("?");
  if (mark < 0) return path + own;
  const query = own.slice(mark + 1).split("&");
  const kept = query.filter((each) => isForwarded(each.split("=", 1)[0] as string, forwarding.queryStrings));
  return `${path}${own.slice(0, mark)}${kept.length > 0 ? `?${kept.join("&")}` : ""}`;
}
