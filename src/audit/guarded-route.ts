/** Which cache behaviors the requests of a declared route match, in CloudFront's order. */

import type { CacheBehavior, Distribution } from "../cloudfront/distribution.ts";
import { behaviorFor } from "../edge/behavior.ts";
import { type Gate, type GateRoute, isRouteOf } from "../gates/gate.ts";
import { patternCovers, patternsOverlap } from "../gates/path-pattern.ts";
import type { GateSnapshot } from "./gate-snapshot.ts";

export interface GuardedRoute {
  readonly distribution: Distribution;
  readonly route: GateRoute;
  /** The behavior that the route's sample matches. */
  readonly behavior: CacheBehavior;
  /** Every behavior that requests of the route may match, in order; the last takes the rest. */
  readonly reached: readonly CacheBehavior[];
}

/** The routes that the edge must protect, on each distribution that has them. */
export function guardedRoutes({ gate, distributions }: GateSnapshot): GuardedRoute[] {
  return distributions.flatMap((distribution) =>
    gate.routes
      .filter((route) => route.layers.includes("edge") && isRouteOf(route, distribution.id))
      .flatMap((route) => {
        const behavior = behaviorFor(distribution, route.sample);
        if (behavior === undefined) return [];
        return [{ distribution, route, behavior, reached: behaviorsReached(distribution, route) }];
      }),
  );
}

function behaviorsReached({ behaviors }: Distribution, { pattern }: GateRoute): CacheBehavior[] {
  const reached: CacheBehavior[] = [];
  for (const behavior of behaviors) {
    // Shadowed by an earlier behavior. Combinations of several would need their union, which no known account depends on.
    if (reached.some((before) => patternCovers(before.pathPattern, behavior.pathPattern))) continue;
    if (!patternsOverlap(behavior.pathPattern, pattern)) continue;
    reached.push(behavior);
    if (patternCovers(behavior.pathPattern, pattern)) break;
  }
  return reached;
}

/**
 * The gate's behaviors that require a signature, each once: those that trust its key groups, with or without a declared
 * route, and those that its protected routes match, unless another gate in the file has them.
 */
export function guardingBehaviors(
  snapshot: GateSnapshot,
): { distribution: Distribution; behavior: CacheBehavior }[] {
  const reached = new Set(guardedRoutes(snapshot).flatMap((guarded) => guarded.reached));
  return snapshot.distributions.flatMap((distribution) => {
    const theirs = otherGatesOn(snapshot, distribution).flatMap(({ keyGroups }) => keyGroups);
    return distribution.behaviors
      .filter((behavior) => {
        const groups = behavior.trustedKeyGroups;
        if (groups.length === 0 || trustsGate(snapshot, behavior)) return groups.length > 0;
        return reached.has(behavior) && !groups.every((id) => theirs.includes(id));
      })
      .map((behavior) => ({ distribution, behavior }));
  });
}

export function trustsGate({ gate }: GateSnapshot, { trustedKeyGroups }: CacheBehavior): boolean {
  return trustedKeyGroups.some((id) => gate.keyGroups.includes(id));
}

/** Other gates in the file on the same distribution, each with its own behaviors. */
export function otherGatesOn({ otherGates }: GateSnapshot, { id }: Distribution): readonly Gate[] {
  return otherGates.filter(({ distributions }) => distributions.includes(id));
}

export function behaviorName({ id }: Distribution, { pathPattern }: CacheBehavior): string {
  return `${id} ${pathPattern}`;
}
