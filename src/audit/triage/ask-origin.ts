/** Requests one protected route straight from the gate's origin: signing guards nothing if it answers. */
import type { Gate } from "../../gates/gate.ts";
import type { Network } from "../../probe/execute.ts";
import { askPastTheEdge, type OriginEvidence, routeToAskOrigin } from "../../probe/past-the-edge.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import type { EdgeEvidence } from "./evidence.ts";

/** A firewall that drops everything but CloudFront is the good case, and must not take the whole time. */
const longest = ({ timeout }: Network): Seconds => Math.min(5, timeout / 2);

/** Undefined if keyturn.yaml has no origin.url, or no route is protected. `edge`: how viewers were answered. */
export async function askOriginForTriage(
  gate: Gate,
  edge: EdgeEvidence,
  network: Network,
  world: Pick<World, "viewer" | "clock">,
  signal: AbortSignal,
): Promise<OriginEvidence | undefined> {
  const url = gate.origin?.url;
  const target = url === undefined ? undefined : routeToAskOrigin(gate);
  if (url === undefined || target === undefined) return undefined;
  return askPastTheEdge(url, [target], edge.judged, world, {
    rateLimit: { concurrency: 4, rate: Number.POSITIVE_INFINITY },
    network: { ...network, timeout: longest(network) },
    signal,
  });
}
