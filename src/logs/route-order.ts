/**
 * A gate's routes in the order in which CloudFront decides: for each distribution, by the first cache behavior that serves
 * the route (DG:DownloadDistValuesCacheBehavior). Among routes of one behavior, the longest pattern comes first.
 */
import type { Distribution } from "../cloudfront/distribution.ts";
import { behaviorFor } from "../edge/behavior.ts";
import { type Gate, type GateRoute, isRouteOf } from "../gates/gate.ts";
import type { LogRoute } from "./view.ts";

type Served = Pick<Distribution, "id" | "domainName" | "aliases" | "behaviors">;

export function routesInOrder(
  gate: Pick<Gate, "routes"> | undefined,
  distributions: readonly Served[],
  given: readonly string[],
): readonly LogRoute[] {
  const routes = gate?.routes ?? [];
  const asked = given.map((pattern) => ({ pattern, isProtected: true })).toSorted(longestFirst);
  return [...asked, ...hostRoutes(routes, distributions), ...otherRoutes(routes, distributions)];
}

const longestFirst = (one: { readonly pattern: string }, other: { readonly pattern: string }) =>
  other.pattern.length - one.pattern.length;

/** Hosts identify the distribution: needed only if there are several, or a route is not on all of them. */
function hostRoutes(routes: readonly GateRoute[], distributions: readonly Served[]): LogRoute[] {
  const isOnAll = routes.every((route) => distributions.every(({ id }) => isRouteOf(route, id)));
  if (distributions.length < 2 && isOnAll) return [];
  return distributions.flatMap((distribution) => {
    const hosts = [distribution.domainName, ...distribution.aliases];
    if (hosts.some((host) => host.includes("*"))) return [];
    const own = routes.filter((route) => isRouteOf(route, distribution.id));
    return inOrder(own, distribution).map((route) => ({ ...logRoute(route), hosts }));
  });
}

/** For any host; routes of distributions with known hosts are already listed with them. */
function otherRoutes(routes: readonly GateRoute[], distributions: readonly Served[]): LogRoute[] {
  const isPlaced = ({ distributions: ids }: GateRoute) =>
    ids !== undefined &&
    distributions.length > 0 &&
    distributions
      .filter(({ id }) => ids.includes(id))
      .every(({ domainName, aliases }) => ![domainName, ...aliases].some((host) => host.includes("*")));
  const rest = routes.filter((route) => !isPlaced(route));
  const [first] = distributions;
  return (first === undefined ? rest.toSorted(longestFirst) : inOrder(rest, first)).map(logRoute);
}

function inOrder(routes: readonly GateRoute[], distribution: Served): readonly GateRoute[] {
  const placeOf = ({ sample, pattern }: GateRoute) => {
    const behavior =
      distribution.behaviors.find(({ pathPattern }) => pathPattern === pattern) ??
      behaviorFor(distribution, sample);
    return behavior === undefined ? distribution.behaviors.length : distribution.behaviors.indexOf(behavior);
  };
  return routes.toSorted((one, other) => placeOf(one) - placeOf(other) || longestFirst(one, other));
}

const logRoute = ({ pattern, layers }: GateRoute): LogRoute => ({
  pattern,
  isProtected: layers.includes("edge"),
});
