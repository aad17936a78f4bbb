/** A viewer's request as node:http options: the URL split without changing a byte, headers in their order and case. */
import { type RequestOptions, validateHeaderName, validateHeaderValue } from "node:http";
import { isIP } from "node:net";
import { UsageError } from "../errors.ts";
import type { ViewerRequest } from "../seams/viewer.ts";

export interface SplitUrl {
  readonly protocol: "http:" | "https:";
  /** As in a Host header. */
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  /** Path and query; UTF-8 bytes as Latin-1, which is how Node writes a request line. */
  readonly path: string;
}

/** Without `URL`, which would normalize what the edge must see as the viewer wrote it. Throws ERR_USAGE. */
export function urlForRequest(url: string): SplitUrl {
  const [, scheme, authority, rawTarget] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(url) ?? [];
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:@\s]+))(?::(\d+))?$/.exec(authority ?? "") ?? [];
  const host = bracketed ?? plain;
  if (scheme === undefined || authority === undefined || host === undefined || rawTarget === undefined) {
    throw new UsageError("ERR_USAGE", "a URL needs a scheme and a host, and no user name", [
      "write it like https://example.com/path",
    ]);
  }
  const protocol = scheme.toLowerCase() === "https" ? "https:" : "http:";
  const target = rawTarget.startsWith("/") ? rawTarget : `/${rawTarget}`;
  return {
    protocol,
    authority,
    host,
    port: port === undefined ? (protocol === "https:" ? 443 : 80) : Number(port),
    path: Buffer.from(target, "utf8").toString("latin1"),
  };
}

/** All options but the agent. Throws ERR_USAGE, without quoting values, if the request cannot be sent as given. */
export function requestOptions(request: ViewerRequest, url: SplitUrl): RequestOptions {
  const { method, address } = request;
  // Node would send it in upper case.
  if (method !== method.toUpperCase()) throw unsendable("its method is not in upper case");
  check(() => validateHeaderName(method), "its method is not an HTTP token");
  // Node's own rule for a path.
  if (/[^\x21-\xff]/.test(url.path)) throw unsendable("its path contains a space or a control character");
  const isLocal = /(^|\.)localhost$/i.test(url.host);
  const tls = url.protocol === "https:" ? { servername: serverName(request, url) ?? "" } : {};
  return {
    method,
    host: address?.host ?? (isLocal ? "127.0.0.1" : url.host),
    port: address?.port ?? url.port,
    path: url.path,
    headers: headerLines(request, url),
    setHost: false,
    maxHeaderSize: 16 * 1024,
    ...tls,
  };
}

/** Alternating names and values: Node sends such a list unchanged. */
function headerLines({ method, headers, body }: ViewerRequest, { authority }: SplitUrl): string[] {
  for (const [name, value] of headers) {
    check(() => validateHeaderName(name), "the name of a header is not an HTTP token");
    check(() => validateHeaderValue(name, value), `the header ${name} contains a control character`);
  }
  const has = (pattern: RegExp) => headers.some(([name]) => pattern.test(name));
  const needsLength = body !== undefined || !["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].includes(method);
  const lines = headers.flat();
  if (!has(/^host$/i)) lines.unshift("Host", authority);
  if (needsLength && !has(/^(?:content-length|transfer-encoding)$/i))
    lines.push("Content-Length", String(Buffer.byteLength(body ?? "")));
  return [...lines, "Connection", "keep-alive"];
}

function check(validate: () => void, why: string): void {
  try {
    validate();
  } catch {
    throw unsendable(why);
  }
}

function unsendable(why: string): UsageError {
  return new UsageError("ERR_USAGE", `the request cannot be sent as given: ${why}`, [
    "look at the URL and the header values for spaces and control characters",
  ]);
}

/**
 * The TLS server name, which the certificate must match: the URL's host or, if that is an address, the Host header's
 * name. Undefined if both are addresses: then the certificate must match the address.
 */
function serverName({ headers }: ViewerRequest, { host }: SplitUrl): string | undefined {
  if (isIP(host) === 0) return host;
  const fromHeader = headers.find(([name]) => /^host$/i.test(name))?.[1].replace(/:\d+$/, "");
  return fromHeader === undefined || isIP(fromHeader.replace(/^\[|\]$/g, "")) !== 0 ? undefined : fromHeader;
}
