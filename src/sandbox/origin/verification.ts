/** Origin verification: before any application code, a request must show that it came through the edge. */
import { timingSafeEqual } from "node:crypto";
import type { OriginHeader } from "../edge/forward.ts";
import type { WireRequest } from "../wire.ts";

/** Compares in constant time; only the length, which is no secret, shows. */
export function cameThroughEdge(request: WireRequest, { name, value }: OriginHeader): boolean {
  const given = Buffer.from(request.headers[name] ?? "");
  const expected = Buffer.from(value);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
