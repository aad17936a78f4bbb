/** What the doctor knows about one URL: the chain from host to secret, the given request, and the edge's responses. */

import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { normalisePath } from "../../edge/behavior.ts";
import type { Finding } from "../../finding.ts";
import { type GateRoute, isRouteOf } from "../../gates/gate.ts";
import { matchesPathPattern } from "../../gates/path-pattern.ts";
import type { Inspection } from "../../inspect/inspection.ts";
import type { OriginError } from "../../inspect/origin-error.ts";
import { type Classification, LAYER_NAME } from "../../probe/layer.ts";
import type { OriginEvidence } from "../../probe/past-the-edge.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import type { Inventory } from "../inventory.ts";

export interface DoctorSnapshot {
  /** Without CloudFront's query parameters, which would make it a credential. */
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly inventory: Inventory;
  /** Undefined if no distribution in the account serves the host. */
  readonly distribution?: Distribution;
  readonly behavior?: CacheBehavior;
  /** The gate in keyturn.yaml that has the distribution. */
  readonly gate?: GateSnapshot;
  /** The audit's findings for that gate. */
  readonly gateFindings: readonly Finding[];
  /** The verdict on the given cookies or signed URL. */
  readonly given?: { readonly inspection: Inspection; readonly findings: readonly Finding[] };
  readonly answers: readonly DoctorAnswer[];
  /** The origin's answers to requests that bypassed the edge; absent without origin.url, and if no signature is declared. */
  readonly origin?: OriginEvidence;
}

/** `given`: the given cookies. `unsigned`: none. `fresh`: cookies minted just now. */
export type RequestCredentials = "given" | "unsigned" | "fresh";

export interface DoctorAnswer {
  readonly with: RequestCredentials;
  readonly status?: number;
  readonly classification?: Classification;
  /** How far this machine's clock is ahead of the edge's, if it is certainly off; negative: behind. */
  readonly clockAhead?: number;
  /** What S3 says in the body of its refusal. */
  readonly complaint?: OriginError;
  /** Why there was no response. */
  readonly unreachable?: string;
}

export function answerTo(
  snapshot: DoctorSnapshot,
  credentials: RequestCredentials,
): DoctorAnswer | undefined {
  return snapshot.answers.find((answer) => answer.with === credentials);
}

/** Whether the gate declares that the edge denies unsigned requests for this path. */
export function isDeclaredSigned(snapshot: DoctorSnapshot): boolean {
  return matchingRoutes(snapshot).some(({ layers }) => layers.includes("edge"));
}

/** The declared routes that match the URL. */
export function matchingRoutes({ gate, path, distribution }: DoctorSnapshot): readonly GateRoute[] {
  const normalized = normalisePath(path);
  const isAsked = (route: GateRoute) =>
    matchesPathPattern(route.pattern, normalized) && isRouteOf(route, distribution?.id ?? "");
  return gate?.gate.routes.filter(isAsked) ?? [];
}

export function describeDoctorAnswer({ status, classification, unreachable: why }: DoctorAnswer): string {
  if (why !== undefined) return why;
  const by = classification === undefined ? "unknown" : LAYER_NAME[classification.layer];
  return `${status} by ${by}${classification?.code === undefined ? "" : ` (${classification.code})`}`;
}
