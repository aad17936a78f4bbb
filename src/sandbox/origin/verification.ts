/** Origin verification: before any application code, a request must show that it came through the edge. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { OriginHeader } from "../edge/forward.ts";
import type { WireRequest } from "../wire.ts";

/** Compares in constant time; digests make the lengths equal. */
export function cameThroughEdge(request: WireRequest, { name, value }: OriginHeader): boolean {
  return timingSafeEqual(digest(request.headers[name] ?? ""), digest(value));
}

const digest = (text: string) => createHash("sha256").update(text).digest();
