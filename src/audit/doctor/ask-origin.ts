/** Sends the doctor's URL straight to the gate's origin: a healthy edge guards nothing if the origin answers too. */
import { isError } from "../../errors.ts";
import type { Gate } from "../../gates/gate.ts";
import type { Network } from "../../probe/execute.ts";
import { askPastTheEdge, type OriginEvidence, routeToAskOrigin } from "../../probe/past-the-edge.ts";
import { type Target, targetsOfUrls } from "../../probe/target.ts";
import type { World } from "../../seams/world.ts";
import { type DoctorSnapshot, isDeclaredSigned, matchingRoutes } from "./snapshot.ts";

/** Undefined without origin.url, and for a URL that no signature guards. Rejects only when interrupted. */
export async function askOriginForDoctor(
  snapshot: DoctorSnapshot,
  network: Network,
  world: Pick<World, "viewer" | "clock" | "interrupt">,
): Promise<OriginEvidence | undefined> {
  const gate = snapshot.gate?.gate;
  const origin = gate?.origin?.url;
  if (gate === undefined || origin === undefined || !isDeclaredSigned(snapshot)) return undefined;
  return askPastTheEdge(origin, targetsOf(snapshot, gate), [], world, {
    rateLimit: { concurrency: 6, rate: Number.POSITIVE_INFINITY },
    network,
    signal: world.interrupt,
  });
}

/** The URL; and, if its application refuses strangers anyway, the gate's route that nothing but the edge guards. */
function targetsOf(snapshot: DoctorSnapshot, gate: Gate): Target[] {
  const routes = matchingRoutes(snapshot);
  const applicationAuthorizes = routes.some(({ layers }) => layers.includes("application"));
  const own = targetsOfUrls([snapshot.url]).map((target) => ({
    ...target,
    label: routes[0]?.pattern ?? target.label,
    applicationAuthorizes,
  }));
  const other = applicationAuthorizes ? guardedByEdgeAlone(gate) : undefined;
  return other === undefined ? own : [...own, other];
}

function guardedByEdgeAlone(gate: Gate): Target | undefined {
  try {
    const target = routeToAskOrigin(gate);
    return target?.applicationAuthorizes === false ? target : undefined;
  } catch (thrown) {
    // A gate without a host of its own: the given URL is enough.
    if (isError(thrown, "ERR_USAGE")) return undefined;
    throw thrown;
  }
}
