/** A viewer's request as Node takes it: the URL taken apart without changing a byte, the headers in their order and case. */
import type { RequestOptions } from "node:http";
import { isIP } from "node:net";
import { UsageError } from "../errors.ts";
import type { ViewerRequest } from "../seams.ts";

export interface Place {
  readonly protocol: "http:" | "https:";
  /** As in a Host header. */
  readonly authority: string;
  readonly host: string;
  readonly port: string | number;
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
    port: port ?? (protocol === "https:" ? 443 : 80),
    // Node writes the request line as Latin-1; this makes it the UTF-8 bytes that a browser or curl would send.
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

export function optionsOf(
  { method, headers, body, address }: ViewerRequest,
  { protocol, authority, host, port, path }: Place,
): RequestOptions & { protocol: string } {
  const sent: string[] = headers.some(([name]) => name.toLowerCase() === "host") ? [] : ["Host", authority];
  for (const [name, value] of headers) sent.push(name, value);
  const needsLength = body !== undefined || !["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].includes(method);
  if (needsLength && !headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))) {
    sent.push("Content-Length", String(Buffer.byteLength(body ?? "")));
  }
  return {
    protocol,
    method,
    host: address?.host ?? (/(^|\.)localhost$/i.test(host) ? "127.0.0.1" : host),
    port: address?.port ?? port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    path,
    headers: sent,
  };
}
