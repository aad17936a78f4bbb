/** Applies scheduled faults in front of the edge or the origin, as the two APIs do, but in plain HTTP. */
import type { Clock } from "../seams/world.ts";
import { withDate } from "./cloud-api.ts";
import type { FaultPlan, InjectedFault } from "./faults.ts";
import { ConnectionDropped, type WireHandler, type WireRequest, type WireResponse } from "./wire.ts";

/** An edge fault's `operation` is the request's method. */
export function withInjectedFaults(
  on: "edge" | "origin",
  handler: WireHandler,
  faults: FaultPlan,
  clock: Clock,
): WireHandler {
  const failing = async (fault: InjectedFault, request: WireRequest): Promise<WireResponse> => {
    switch (fault.kind) {
      case "drop-before":
        throw new ConnectionDropped();
      case "throttle":
        return plain(429, "too many requests");
      case "error-before":
        return plain(503, "service unavailable");
      case "delay":
        await clock.sleep(fault.seconds ?? 1);
        return handler(request);
      case "drop-after":
        await handler(request);
        throw new ConnectionDropped();
      case "error-after":
        await handler(request);
        return plain(500, "internal error");
      case "misdated":
        return withDate(await handler(request), clock.now() + (fault.seconds ?? 3600));
      default:
        // The rest are about AWS credentials, which neither of them uses.
        return handler(request);
    }
  };
  return (request) => {
    const fault = faults.take(on, request.method);
    return fault === undefined ? handler(request) : failing(fault, request);
  };
}

const plain = (status: number, body: string): WireResponse => ({
  status,
  headers: [["content-type", "text/plain"]],
  body,
});
