/** A viewer's request as the bytes that are sent: the URL taken apart without changing a byte, the headers in their order and case. */
import { isIP } from "node:net";
import { UsageError } from "../errors.ts";
import type { ViewerRequest } from "../seams.ts";

export interface Place {
  readonly protocol: "http:" | "https:";
  /** As in a Host header. */
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  /** Its UTF-8 bytes as Latin-1, which is how a head is written. */
  readonly path: string;
}

/** Taken apart by hand: `URL` would normalise what the edge must see as the viewer wrote it. */
function placeOf(url: string): Place {
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

/** A probe asks the same URL dozens of times in a row. */
export function rememberingPlaces(): (url: string) => Place {
  let last: { readonly url: string; readonly place: Place } | undefined;
  return (url) => {
    if (last?.url !== url) last = { url, place: placeOf(url) };
    return last.place;
  };
}

/** Of a method and of a header's name (RFC 9110, 5.6.2). */
export const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** What a header's value may not hold (RFC 9110, 5.5): a line break in it would begin a header of its own. */
export const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_PATHS = /[^\x21-\xff]/;

/** Request line and headers, as Latin-1. Throws ERR_USAGE, without repeating a value, where it would not be one request. */
export function headOf(
  { method, headers, body }: Pick<ViewerRequest, "method" | "headers" | "body">,
  { authority, path }: Place,
): string {
  if (!TOKEN.test(method)) throw unsendable("its method is no word");
  if (NOT_IN_PATHS.test(path)) throw unsendable("its path holds a space or a control character");
  let lines = "";
  let hasHost = false;
  let hasLength = false;
  for (const [name, value] of headers) {
    if (!TOKEN.test(name)) throw unsendable("the name of a header is no word");
    if (NOT_IN_VALUES.test(value)) throw unsendable(`the header ${name} holds a control character`);
    lines += `${name}: ${value}\r\n`;
    hasHost ||= /^host$/i.test(name);
    hasLength ||= /^(?:content-length|transfer-encoding)$/i.test(name);
  }
  const needsLength = body !== undefined || !["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].includes(method);
  const host = hasHost ? "" : `Host: ${authority}\r\n`;
  const length = hasLength || !needsLength ? "" : `Content-Length: ${Buffer.byteLength(body ?? "")}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${host}${lines}${length}Connection: keep-alive\r\n\r\n`;
}

function unsendable(why: string): UsageError {
  return new UsageError("ERR_USAGE", `the request cannot be sent as it stands: ${why}`, [
    "look at the URL and the header values for spaces and control characters",
  ]);
}

/**
 * The name that a certificate must be for, which TLS asks for as well: the URL's host or, where that is an address, the
 * Host header's name. Undefined where both are addresses.
 */
export function serverNameOf(
  { headers }: Pick<ViewerRequest, "headers">,
  { host }: Place,
): string | undefined {
  if (isIP(host) === 0) return host;
  const asked = headers.find(([name]) => /^host$/i.test(name))?.[1].replace(/:\d+$/, "");
  return asked === undefined || isIP(asked.replace(/^\[|\]$/g, "")) !== 0 ? undefined : asked;
}
