/** A viewer's location and address, which it sets with two sandbox-only headers that never reach the origin. */
import type { WireRequest } from "../wire.ts";

/** The edge location to be served by; without it DNS decides (the reachable locations in turn). */
export const LOCATION_HEADER = "x-keyturn-location";
/** The viewer's address, for policies with an IpAddress; without it the peer's. */
export const VIEWER_ADDRESS_HEADER = "x-keyturn-viewer-address";

export const viewerAddress = (request: Pick<WireRequest, "headers" | "remoteAddress">) =>
  request.headers[VIEWER_ADDRESS_HEADER] ?? request.remoteAddress;
