/** Who enforces what: each route's layers as declared, as configured, and as probed. */

import type { Distribution } from "../cloudfront/distribution.ts";
import { behaviorFor } from "../edge/behavior.ts";
import type { Finding } from "../finding.ts";
import { type GateRoute, isRouteOf, type Layer } from "../gates/gate.ts";
import { urlOf } from "../probe/target.ts";
import type { EpochSeconds } from "../time.ts";
import type { GateSnapshot } from "./gate-snapshot.ts";
import { missingOriginGuard, originsOf } from "./origin-guard.ts";
import type { ObservedAnswer, ProbeEvidence, RouteEvidence } from "./probe-evidence.ts";

const LAYERS = ["edge", "origin-verification", "application"] as const satisfies readonly Layer[];

export interface LayerCell {
  readonly layer: Layer;
  readonly declared: boolean;
  /** From CloudFront's settings. */
  readonly configured: ObservedAnswer;
  /** From a probe's responses. */
  readonly probed: ObservedAnswer;
}
export interface MatrixRow {
  readonly route: string;
  readonly methods: readonly string[];
  readonly distribution: string;
  readonly cells: readonly LayerCell[];
}
export interface EnforcementMatrix {
  readonly gate: string;
  readonly auditedAt: EpochSeconds;
  /** Absent if no probe ran. */
  readonly probedAt?: EpochSeconds;
  readonly rows: readonly MatrixRow[];
}

/** Pure. */
export function enforcementMatrix(snapshot: GateSnapshot, probe?: ProbeEvidence): EnforcementMatrix {
  return {
    gate: snapshot.gate.name,
    auditedAt: snapshot.now,
    probedAt: probe?.at,
    rows: snapshot.distributions.flatMap((distribution) =>
      snapshot.gate.routes
        .filter((route) => isRouteOf(route, distribution.id))
        .map((route) => ({
          route: route.pattern,
          methods: route.methods,
          distribution: distribution.id,
          cells: LAYERS.map((layer) => ({
            layer,
            declared: route.layers.includes(layer),
            configured: CONFIGURED[layer](snapshot, distribution, route),
            probed: probedSeen(layer, probe?.byUrl.get(urlOf(snapshot.gate, distribution.id, route) ?? "")),
          })),
        })),
    ),
  };
}

type Look = (snapshot: GateSnapshot, distribution: Distribution, route: GateRoute) => ObservedAnswer;

const CONFIGURED: Readonly<Record<Layer, Look>> = {
  edge({ gate }, distribution, { sample }) {
    const behavior = behaviorFor(distribution, sample);
    if (behavior === undefined) return { state: "not-seen", says: "no behavior" };
    const trusted = behavior.trustedKeyGroups.filter((id) => gate.keyGroups.includes(id));
    if (trusted.length > 0) {
      return { state: "yes", says: `behavior ${behavior.pathPattern} trusts the gate's key group` };
    }
    return {
      state: "no",
      says:
        behavior.trustedKeyGroups.length > 0
          ? `behavior ${behavior.pathPattern} trusts other key groups`
          : `behavior ${behavior.pathPattern} trusts none`,
    };
  },
  "origin-verification"({ gate }, distribution, { sample }) {
    const behavior = behaviorFor(distribution, sample);
    const origins = behavior === undefined ? [] : originsOf(distribution, behavior);
    const open = origins.flatMap(
      (origin) => missingOriginGuard(origin, gate.origin?.verificationHeader) ?? [],
    );
    if (origins.length === 0) return { state: "not-seen", says: "no origin" };
    return open.length > 0
      ? { state: "no", says: open.join("; ") }
      : { state: "yes", says: `CloudFront identifies itself to ${origins.map(({ id }) => id).join(", ")}` };
  },
  application: () => ({ state: "not-seen", says: "CloudFront's settings do not show it" }),
};

function probedSeen(layer: Layer, evidence: RouteEvidence | undefined): ObservedAnswer {
  if (evidence === undefined) return { state: "not-seen", says: "not probed" };
  if (layer === "edge") return evidence.edge;
  return layer === "application" ? evidence.application : evidence.originVerification;
}

/** Declared but missing is an error; present but undeclared is a note. */
export function matrixFindings({ gate, rows }: EnforcementMatrix): Finding[] {
  return rows.flatMap(({ route, distribution, cells }) =>
    cells.flatMap(({ layer, declared, configured, probed }): Finding[] => {
      const where = `gate ${gate}, ${distribution} ${route}`;
      const evidence = [`settings: ${configured.says}`, `probe: ${probed.says}`];
      if (declared && (configured.state === "no" || probed.state === "no")) {
        return [
          {
            id: "layer-missing",
            severity: "error",
            basis: probed.state === "no" ? "observed" : "inferred",
            message: `${route} declares ${layer}, but it is not in place`,
            evidence,
            remedy: layer === "edge" ? `keyturn audit --gate ${gate}` : `keyturn probe --gate ${gate}`,
            where,
          },
        ];
      }
      // An origin closed for one route is closed for all, so only edge and application are worth a note.
      const isThere = configured.state === "yes" || probed.state === "yes";
      if (declared || !isThere || layer === "origin-verification") return [];
      return [
        {
          id: "layer-undeclared",
          severity: "note",
          basis: "observed",
          message: `${route} is protected by ${layer} but does not declare it`,
          evidence,
          remedy: `add ${layer} to the layers of ${route} in keyturn.yaml`,
          where,
        },
      ];
    }),
  );
}
