/** Events that AWS passes to functions (Lambda@Edge, CloudFront Functions, API Gateway, load balancers), and their responses. */
import { isRecord } from "../is-record.ts";
import type { EpochSeconds } from "../time.ts";
import type { CapturedCookie, CapturedRequest } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";
import { parseSetCookie } from "./read-set-cookie.ts";

type Json = Readonly<Record<string, unknown>>;
type Pair = [name: string, value: string];

/** Undefined unless the document is an event. `now` turns a Max-Age into an end. */
export function readEvent(document: unknown, now: EpochSeconds): CapturedRequest[] | undefined {
  if (Array.isArray(document)) return setCookieList(document, now);
  if (!isRecord(document)) return undefined;
  const records = Array.isArray(document.Records) ? document.Records : [];
  const atEdge = records.flatMap((record) =>
    isRecord(record) && isRecord(record.cf) ? [lambdaAtEdge(record.cf)] : [],
  );
  if (atEdge.length > 0) return atEdge.flatMap((each) => each ?? []);
  if (isRecord(document.cf)) return listed(lambdaAtEdge(document.cf));
  if (isRecord(document.request) && typeof document.request.uri === "string")
    return listed(cloudFrontFunction(document));
  if (typeof document.rawPath === "string" || typeof document.httpMethod === "string")
    return listed(gateway(document));
  if ("statusCode" in document || "status" in document) return listed(answer(document, now));
  if (isRecord(document.headers)) return listed(plainRequest(document));
  if (Array.isArray(document.cookies) && document.cookies.every((each) => typeof each === "string"))
    return setCookieList(document.cookies, now);
  // Only a map of headers, as for players and from `mint --format headers-json`.
  const isHeaders = Object.entries(document).some(
    ([name, value]) => /^cookie$/i.test(name) && typeof value === "string",
  );
  return isHeaders
    ? listed(requestOf({ source: "JSON map of headers", headers: pairsOf(document) }))
    : undefined;
}

const listed = (one: CapturedRequest | undefined) => (one === undefined ? undefined : [one]);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function lambdaAtEdge({ request, config }: Json): CapturedRequest | undefined {
  if (!isRecord(request)) return undefined;
  const about = isRecord(config) ? config : {};
  const headers = pairsOf(request.headers);
  const kind = text(about.eventType) ?? "";
  const host = firstOf(headers, "host") ?? text(about.distributionDomainName);
  return requestOf({
    source: `Lambda@Edge event${kind === "" ? "" : `, ${kind}`}`,
    method: text(request.method),
    url: urlOf(host, text(request.uri), text(request.querystring)),
    headers,
    ip: text(request.clientIp),
    remarks: kind.startsWith("origin")
      ? [`an ${kind} event: CloudFront has already checked the signature and removed its parameters`]
      : [],
  });
}

function cloudFrontFunction(event: Json): CapturedRequest | undefined {
  const request = event.request as Json;
  const context = isRecord(event.context) ? event.context : {};
  const headers = pairsOf(request.headers);
  const query = isRecord(request.querystring)
    ? Object.entries(request.querystring).flatMap(([name, value]) =>
        valuesOf(value).map((each) => (each === "" ? name : `${name}=${each}`)),
      )
    : [];
  const cookies = cookieMap(request.cookies);
  return requestOf({
    source: "CloudFront Function event",
    method: text(request.method),
    url: urlOf(
      firstOf(headers, "host") ?? text(context.distributionDomainName),
      text(request.uri),
      text(request.querystring) ?? query.join("&"),
    ),
    headers,
    cookies,
    ip: isRecord(event.viewer) ? text(event.viewer.ip) : undefined,
  });
}

/** CloudFront Functions: a member per cookie. */
function cookieMap(cookies: unknown): Pair[] {
  if (!isRecord(cookies)) return [];
  return Object.entries(cookies).flatMap(([name, value]) =>
    valuesOf(value).map((each): Pair => [name, each]),
  );
}

/** API Gateway v1 and v2, Lambda function URLs, load balancers. */
function gateway(event: Json): CapturedRequest | undefined {
  const context = isRecord(event.requestContext) ? event.requestContext : {};
  const http = isRecord(context.http) ? context.http : {};
  const identity = isRecord(context.identity) ? context.identity : {};
  const headers = pairsOf(event.multiValueHeaders).concat(pairsOf(event.headers));
  const list = Array.isArray(event.cookies) ? event.cookies.filter((each) => typeof each === "string") : [];
  const named = isRecord(event.multiValueQueryStringParameters)
    ? event.multiValueQueryStringParameters
    : isRecord(event.queryStringParameters)
      ? event.queryStringParameters
      : {};
  const parameters = Object.entries(named).flatMap(([name, value]) =>
    valuesOf(value).map((each) => `${name}=${each}`),
  );
  return requestOf({
    source: "API Gateway event",
    method: text(event.httpMethod) ?? text(http.method),
    url: urlOf(
      firstOf(headers, "x-forwarded-host") ?? firstOf(headers, "host") ?? text(context.domainName),
      text(event.rawPath) ?? text(event.path),
      text(event.rawQueryString) ?? parameters.join("&"),
    ),
    headers: [...new Map(headers.map((pair) => [pair.join(":"), pair])).values()],
    cookies: list.flatMap((each) => parseCookieHeader(each)),
    ip: text(http.sourceIp) ?? text(identity.sourceIp),
    remarks: [
      "the event is what the function received behind the edge: its host may differ from the viewer's",
    ],
  });
}

/** Express and others: `{method, url, headers: {cookie}}`. */
function plainRequest(document: Json): CapturedRequest | undefined {
  const headers = pairsOf(document.headers);
  const target =
    text(document.originalUrl) ?? text(document.url) ?? text(document.uri) ?? text(document.path);
  const cookies = cookieMap(document.cookies);
  if (firstOf(headers, "cookie") === undefined && cookies.length === 0 && target === undefined)
    return undefined;
  const url =
    target !== undefined && /^https?:/i.test(target) ? target : urlOf(firstOf(headers, "host"), target, "");
  return requestOf({ source: "JSON of a request", method: text(document.method), url, headers, cookies });
}

/** The response of a mint endpoint's function: the cookies that it sets. */
function answer(document: Json, now: EpochSeconds): CapturedRequest | undefined {
  const response = isRecord(document.response) ? document.response : document;
  const lines = [
    ...(Array.isArray(response.cookies) ? response.cookies.filter((each) => typeof each === "string") : []),
    ...[...pairsOf(response.multiValueHeaders), ...pairsOf(response.headers)]
      .filter(([name]) => name === "set-cookie")
      .map(([, value]) => value),
  ];
  const objects = isRecord(response.cookies) ? Object.entries(response.cookies) : [];
  for (const [name, each] of objects) {
    if (!isRecord(each) || typeof each.value !== "string") continue;
    lines.push([`${name}=${each.value}`, text(each.attributes)].filter(Boolean).join("; "));
  }
  return setCookieList(lines, now)?.[0];
}

/** `["CloudFront-Policy=...; Path=/", ...]`, as in `cookies` of API Gateway v2. */
function setCookieList(list: readonly unknown[], now: EpochSeconds): CapturedRequest[] | undefined {
  const lines = list.filter((each) => typeof each === "string" && /^[\w-]+=/.test(each)) as string[];
  if (lines.length === 0 || lines.length < list.length) return undefined;
  const hasAttributes = lines.some((line) => line.includes(";"));
  const cookies: CapturedCookie[] = hasAttributes
    ? lines.flatMap((line) => parseSetCookie(line, now) ?? [])
    : lines.flatMap((line) => asCookies(parseCookieHeader(line)));
  return [
    {
      form: "set-cookie",
      source: `${cookies.length} cookies of a function's response`,
      cookies,
      remarks: [],
    },
  ];
}

/** Names in lower case; a string, a list of them, or objects with `value`. */
function pairsOf(headers: unknown): Pair[] {
  if (!isRecord(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]) =>
    valuesOf(value).map((each): Pair => [name.toLowerCase(), each]),
  );
}

function valuesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  if (!isRecord(value)) return [];
  const many = Array.isArray(value.multiValue) ? value.multiValue.flatMap(valuesOf) : [];
  return many.length > 0 ? many : valuesOf(value.value);
}

const firstOf = (headers: readonly Pair[], wanted: string): string | undefined =>
  headers.find(([name]) => name === wanted)?.[1];

function urlOf(host = "", path = "", query = ""): string | undefined {
  if (host === "" || !path.startsWith("/")) return undefined;
  return `https://${host}${path}${query === "" ? "" : `?${query}`}`;
}

function requestOf(found: {
  readonly source: string;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: readonly Pair[];
  readonly cookies?: readonly Pair[];
  readonly ip?: string | undefined;
  readonly remarks?: readonly string[];
}): CapturedRequest {
  const { source, method, url, headers, cookies = [], ip, remarks = [] } = found;
  const sent = headers.filter(([name]) => name === "cookie").flatMap(([, value]) => parseCookieHeader(value));
  return {
    form: "http-request",
    source,
    method,
    url,
    ip,
    cookies: asCookies(cookies.length > 0 ? cookies : sent),
    headers: headers.filter(([name]) => name !== "cookie"),
    remarks,
  };
}
