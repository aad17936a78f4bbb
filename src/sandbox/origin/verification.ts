/** Origin verification: before any application code, a request must show that it came through the edge. */
import { timingSafeEqual } from "node:crypto";
import type { OriginHeader } from "../edge/forward.ts";
import type { WireRequest } from "../wire.ts";

/** Compares in constant time; only the length, which is no secret, shows. */
export function verificationOf({ name, value }: OriginHeader): (request: WireRequest) => boolean {
  const expected = Buffer.from(value);
  return ({ headers }) => {
    const given = Buffer.from(headers[name] ?? "");
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}
