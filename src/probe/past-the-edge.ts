/** Asks a gate's origin directly for one protected route, as a probe does for all: is the gate open behind the edge? */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { Sealed } from "../sealed.ts";
import type { Viewer } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import { bypassFindings, probeBypass } from "./bypass.ts";
import type { SendOptions } from "./execute.ts";
import { prepareMaterials } from "./materials.ts";
import type { ProbeOutcome } from "./outcome.ts";
import { type Target, targetsOfGate } from "./target.ts";

export interface OriginEvidence {
  /** False if no answer was the origin's own, so nothing is known. */
  readonly isHeard: boolean;
  /** `origin-open` and similar; empty if the origin refuses. */
  readonly findings: readonly Finding[];
}

/**
 * One protected route that the edge guards alone, if there is one: if the application authorizes as well, its own
 * 401 would hide that the origin serves everybody. Throws ERR_USAGE for a gate without a host.
 */
export function routeToAskOrigin(gate: Gate): Target | undefined {
  const guarded = targetsOfGate(gate).filter(({ protection }) => protection === "edge");
  return guarded.find(({ applicationAuthorizes }) => !applicationAuthorizes) ?? guarded[0];
}

/**
 * Four unsigned requests for one route: with the viewer's Host and with the origin's own, and each also for a path that
 * does not exist. `throughEdge`: how viewers were answered, if known.
 */
export async function askPastTheEdge(
  origin: string,
  targets: readonly Target[],
  throughEdge: readonly ProbeOutcome[],
  world: { readonly viewer: Viewer; readonly clock: Clock },
  sending: SendOptions,
): Promise<OriginEvidence> {
  const asked = targets.flatMap((target) => {
    const seen = throughEdge.filter(({ request }) => request.target.url === target.url);
    return seen.length === 0 ? [unseen(target)] : seen;
  });
  const materials = prepareMaterials({ hash: "SHA1" }, world.clock.now());
  const bypass = await probeBypass(origin, asked, materials, false, world, sending);
  return {
    isHeard: bypass.asked.some(({ verdict }) => verdict !== "not-origin"),
    findings: bypassFindings(bypass),
  };
}

function unseen(target: Target): ProbeOutcome {
  return {
    request: { target, number: 0, caseId: "none", method: "GET", url: target.url, headers: [] },
    cookies: new Sealed([]),
    expectation: { kind: "denied", codes: [], because: "not sent through the edge" },
    mark: "",
  };
}
