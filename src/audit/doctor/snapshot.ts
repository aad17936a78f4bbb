/** What the doctor sees of one URL: the chain from host to secret, the request it was given, and what the edge answered. */

import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { matchesPathPattern, normalisePath } from "../../edge/behavior.ts";
import type { Finding } from "../../finding.ts";
import { type GateRoute, isRouteOf } from "../../gates/gate.ts";
import type { Inspection } from "../../inspect/inspection.ts";
import type { Classification } from "../../probe/layer.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import type { Inventory } from "../inventory.ts";

export interface DoctorSnapshot {
  /** Without CloudFront's own query parameters: with them it would be a credential. */
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly inventory: Inventory;
  /** Undefined: no distribution of the account answers to the host. */
  readonly distribution?: Distribution;
  readonly behavior?: CacheBehavior;
  /** Of keyturn.yaml, where a gate has the distribution. */
  readonly gate?: GateSnapshot;
  /** What the audit says of that gate. */
  readonly gateFindings: readonly Finding[];
  /** The cookies or the signed URL that were given, judged. */
  readonly given?: { readonly inspection: Inspection; readonly findings: readonly Finding[] };
  readonly answers: readonly EdgeAnswer[];
}

/** `given`: with the cookies that were given. `unsigned`: without any. `fresh`: with cookies minted just now. */
export type RequestCredentials = "given" | "unsigned" | "fresh";

export interface EdgeAnswer {
  readonly with: RequestCredentials;
  readonly status?: number;
  readonly classification?: Classification;
  /** Why there was no answer. */
  readonly unreachable?: string;
}

export function answerTo(snapshot: DoctorSnapshot, asked: RequestCredentials): EdgeAnswer | undefined {
  return snapshot.answers.find((answer) => answer.with === asked);
}

/** Does the gate declare that the edge refuses unsigned requests for this path? */
export function isDeclaredSigned(snapshot: DoctorSnapshot): boolean {
  return matchingRoutes(snapshot).some(({ layers }) => layers.includes("edge"));
}

/** The declared routes that the URL is of. */
export function matchingRoutes({ gate, path, distribution }: DoctorSnapshot): readonly GateRoute[] {
  const asked = normalisePath(path);
  const isAsked = (route: GateRoute) =>
    matchesPathPattern(route.pattern, asked) && isRouteOf(route, distribution?.id ?? "");
  return gate?.gate.routes.filter(isAsked) ?? [];
}
