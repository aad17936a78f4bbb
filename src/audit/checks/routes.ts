/** Compares routes with the cache behaviors that their requests actually match. */
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { behaviorLines, distributionLines } from "../../cloudfront/setting-lines.ts";
import { isRouteOf } from "../../gates/gate.ts";
import { patternCovers } from "../../gates/path-pattern.ts";
import { methodsWith } from "../../probe/setting.ts";
import type { Check, CheckResult } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import {
  behaviorName,
  type GuardedRoute,
  guardedRoutes,
  guardingBehaviors,
  otherGatesOn,
  trustsGate,
} from "../guarded-route.ts";
import { stepsAfterClosing } from "../steps-after-closing.ts";

export const ROUTE_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "route-unprotected",
    severity: "error",
    what: "requests for a protected route match a behavior with no trusted key group: everyone gets in",
    *look(snapshot) {
      for (const { distribution, route, behavior } of guardedRoutes(snapshot)) {
        if (trusts(behavior)) continue;
        yield {
          message: `requests for ${route.pattern} match behavior ${behavior.pathPattern}, which has no trusted key group`,
          evidence: [
            `${route.sample} is first matched by ${behavior.pathPattern}`,
            `behaviors in order: ${distribution.behaviors.map(described).join(", ")}`,
            ...stepsAfterClosing(distribution.id, route.pattern, snapshot.gate.name),
          ],
          ...protection(snapshot, distribution, route.pattern, behavior),
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "route-shadowed",
    severity: "error",
    what: "an earlier behavior without key groups catches part of a protected route",
    *look(snapshot) {
      for (const guarded of guardedRoutes(snapshot).filter(({ behavior }) => trusts(behavior))) {
        for (const open of openParts(snapshot, guarded).filter((each) => comesBefore(guarded, each))) {
          yield {
            message: `behavior ${open.pathPattern} comes before ${guarded.behavior.pathPattern} and serves part of ${guarded.route.pattern} unsigned`,
            evidence: [
              `${open.pathPattern} trusts no key group, and the first matching behavior decides`,
              "no public route is declared for it",
              ...stepsAfterClosing(guarded.distribution.id, open.pathPattern, snapshot.gate.name),
            ],
            remedy: `on ${guarded.distribution.id}, move ${open.pathPattern} after ${guarded.behavior.pathPattern}, add the key group to it, or declare it as a route without layers`,
            setting: trustLines(guarded.distribution, open, guarded.behavior.trustedKeyGroups),
            where: behaviorName(guarded.distribution, open),
          };
        }
      }
    },
  },
  {
    id: "route-partly-covered",
    severity: "error",
    what: "the protecting behavior's pattern is narrower than the route: the rest matches an open behavior",
    *look(snapshot) {
      for (const guarded of guardedRoutes(snapshot).filter(({ behavior }) => trusts(behavior))) {
        for (const open of openParts(snapshot, guarded).filter((each) => !comesBefore(guarded, each))) {
          yield {
            message: `behavior ${guarded.behavior.pathPattern} protects only part of ${guarded.route.pattern}; the rest matches ${open.pathPattern}, which is open`,
            evidence: [
              `${open.pathPattern} trusts no key group`,
              ...stepsAfterClosing(guarded.distribution.id, guarded.route.pattern, snapshot.gate.name),
            ],
            remedy: `widen ${guarded.behavior.pathPattern} of ${guarded.distribution.id} to ${guarded.route.pattern}, or narrow the route in keyturn.yaml`,
            setting: behaviorLines(guarded.distribution.id, guarded.route.pattern, {
              TrustedKeyGroups: guarded.behavior.trustedKeyGroups,
            }),
            where: behaviorName(guarded.distribution, open),
          };
        }
      }
    },
  },
  {
    id: "route-of-other-key-group",
    severity: "error",
    what: "a protected route's behavior trusts only other key groups: the gate's own cookies get InvalidKey",
    *look(snapshot) {
      for (const { distribution, route, behavior } of guardedRoutes(snapshot)) {
        if (behavior.trustedKeyGroups.length === 0 || trustsGate(snapshot, behavior)) continue;
        const own = snapshot.gate.keyGroups[0];
        yield {
          message: `requests for ${route.pattern} match behavior ${behavior.pathPattern}, which trusts none of the gate's key groups`,
          evidence: behavior.trustedKeyGroups.map((id) => groupLine(snapshot, id)),
          // Never advise removing the last group: that would open the behavior to everyone.
          remedy: `add key group ${own} to behavior ${behavior.pathPattern} of ${distribution.id}, or remove ${route.pattern} from gate ${snapshot.gate.name}`,
          setting: trustLines(distribution, behavior, [
            ...behavior.trustedKeyGroups,
            ...snapshot.gate.keyGroups.slice(0, 1),
          ]),
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "foreign-key-group-trusted",
    severity: "warning",
    what: "a behavior of the gate trusts a key group outside it: whoever holds that key gets in",
    *look(snapshot) {
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        const foreign = behavior.trustedKeyGroups.filter((id) => !snapshot.gate.keyGroups.includes(id));
        if (foreign.length === 0) continue;
        const isShared = trustsGate(snapshot, behavior);
        // If the route's own requests match it, that is the more serious finding.
        if (!isShared && guardedRoutes(snapshot).some((guarded) => guarded.behavior === behavior)) continue;
        const groups = foreign.length === 1 ? "a key group" : "key groups";
        yield {
          message: `behavior ${behavior.pathPattern} ${isShared ? "also trusts" : "catches part of the gate's routes and trusts"} ${groups} outside the gate`,
          evidence: foreign.map((id) => groupLine(snapshot, id)),
          remedy: isShared
            ? `remove ${foreign.join(", ")} from behavior ${behavior.pathPattern}, or add it to keyGroups of gate ${snapshot.gate.name}`
            : `declare the gate that ${foreign.join(", ")} belongs to, or add key group ${snapshot.gate.keyGroups[0]} to behavior ${behavior.pathPattern}`,
          setting: trustLines(
            distribution,
            behavior,
            isShared
              ? behavior.trustedKeyGroups.filter((id) => !foreign.includes(id))
              : [...behavior.trustedKeyGroups, ...snapshot.gate.keyGroups.slice(0, 1)],
          ),
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "trusted-signers",
    severity: "error",
    what: "legacy trusted signers: account key pairs, which no API can rotate or revoke",
    *look({ distributions }) {
      for (const distribution of distributions) {
        for (const behavior of distribution.behaviors.filter((each) => each.trustedSigners.length > 0)) {
          yield {
            message: `behavior ${behavior.pathPattern} accepts account key pairs (trusted signers)`,
            evidence: [
              `trusted signers: ${behavior.trustedSigners.join(", ")}`,
              "they belong to the root user and never appear in key groups",
            ],
            remedy: `set TrustedSigners of ${behavior.pathPattern} to Enabled=false, once nothing signs with an APKA key`,
            setting: behaviorLines(
              distribution.id,
              behavior.pathPattern,
              { TrustedSigners: behavior.trustedSigners },
              "remove",
            ),
            where: behaviorName(distribution, behavior),
          };
        }
      }
    },
  },
  {
    id: "http-allowed",
    severity: "error",
    what: "a protected behavior answers plain HTTP: cookies can be read and copied in transit",
    *look(snapshot) {
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        if (behavior.viewerProtocolPolicy !== "allow-all") continue;
        yield {
          message: `behavior ${behavior.pathPattern} accepts plain HTTP`,
          evidence: ["ViewerProtocolPolicy: allow-all"],
          remedy: `set ViewerProtocolPolicy of ${behavior.pathPattern} to https-only or redirect-to-https`,
          setting: behaviorLines(distribution.id, behavior.pathPattern, {
            ViewerProtocolPolicy: "redirect-to-https",
          }),
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "method-not-allowed",
    severity: "warning",
    what: "the behavior refuses a method that the route needs, with a 403 that looks like a signing denial",
    *look(snapshot) {
      for (const { distribution, route, behavior } of guardedRoutes(snapshot)) {
        const missing = route.methods.filter((method) => !behavior.allowedMethods.includes(method));
        if (missing.length === 0 || !trusts(behavior)) continue;
        yield {
          message: `behavior ${behavior.pathPattern} refuses ${missing.join(", ")}, which route ${route.pattern} declares`,
          evidence: [`AllowedMethods: ${behavior.allowedMethods.join(", ")}`],
          remedy: `add ${missing.join(", ")} to AllowedMethods of ${behavior.pathPattern} (CloudFront allows three sets: GET HEAD; GET HEAD OPTIONS; all)`,
          setting: behaviorLines(distribution.id, behavior.pathPattern, {
            AllowedMethods: methodsWith(route.methods),
          }),
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "error-page-masks-denial",
    severity: "warning",
    what: "a custom error response for 403 hides denials from probes, players and people",
    *look({ distributions }) {
      for (const { id, customErrorResponses } of distributions) {
        for (const { responseCode, responsePagePath } of customErrorResponses.filter(replaces403)) {
          yield {
            message: `a custom error response replaces every 403, including the signature check's`,
            evidence: [
              `403 becomes ${responseCode ?? 403}${responsePagePath === undefined ? "" : ` with ${responsePagePath}`}`,
              "403s from the origin get the same page",
            ],
            remedy: `remove the custom error response for 403 from ${id}, or accept that keyturn probe reports "masked"`,
            setting: distributionLines(id, { CustomErrorResponses: [{ ErrorCode: 403 }] }, "remove"),
            where: id,
          };
        }
      }
    },
  },
];

function trusts(behavior: CacheBehavior): boolean {
  return behavior.trustedKeyGroups.length > 0 || behavior.trustedSigners.length > 0;
}

/** Open behaviors that catch part of the route without a public route, of any gate, to explain them. */
function openParts(snapshot: GateSnapshot, { distribution, reached }: GuardedRoute): CacheBehavior[] {
  const declared = [snapshot.gate, ...otherGatesOn(snapshot, distribution)]
    .flatMap(({ routes }) => routes)
    .filter((route) => !route.layers.includes("edge") && isRouteOf(route, distribution.id));
  return reached.filter(
    (behavior) =>
      !trusts(behavior) && !declared.some(({ pattern }) => patternCovers(pattern, behavior.pathPattern)),
  );
}

function comesBefore({ distribution, behavior }: GuardedRoute, other: CacheBehavior): boolean {
  return distribution.behaviors.indexOf(other) < distribution.behaviors.indexOf(behavior);
}

/** How to protect a route: its own behavior lost its groups, another one is ahead of it, or it has none. */
function protection(
  { gate }: GateSnapshot,
  distribution: Distribution,
  route: string,
  open: CacheBehavior,
): Pick<CheckResult, "remedy" | "setting"> {
  const { id, behaviors } = distribution;
  const groups = gate.keyGroups.slice(0, 1);
  const add = `add key group ${groups[0]} to behavior ${open.pathPattern} of ${id}`;
  const setting = trustLines(distribution, open, groups);
  if (patternCovers(open.pathPattern, route) && patternCovers(route, open.pathPattern)) {
    return { remedy: add, setting };
  }
  const own = behaviors
    .slice(behaviors.indexOf(open) + 1)
    .find((later) => later.pathPattern !== "*" && trusts(later) && patternCovers(later.pathPattern, route));
  if (own === undefined) {
    return {
      remedy: `${add}, or put a behavior for ${route} ahead of it (patterns are case-sensitive)`,
      setting,
    };
  }
  return {
    remedy: `on ${id}, move behavior ${own.pathPattern} ahead of ${open.pathPattern}, or add key group ${groups[0]} to ${open.pathPattern} too`,
    setting: distributionLines(id, {
      CacheBehaviors: [
        { PathPattern: own.pathPattern, TrustedKeyGroups: own.trustedKeyGroups },
        { PathPattern: open.pathPattern },
      ],
    }),
  };
}

function trustLines({ id }: Distribution, { pathPattern }: CacheBehavior, groups: readonly string[]) {
  return behaviorLines(id, pathPattern, { TrustedKeyGroups: groups });
}

function described(behavior: CacheBehavior): string {
  return `${behavior.pathPattern} (${trusts(behavior) ? "signed" : "open"})`;
}

function groupLine({ inventory }: GateSnapshot, id: string): string {
  const group = inventory.keyGroups.get(id);
  return group === undefined
    ? `key group ${id} is not in this account`
    : `key group ${id} (${group.name}) holds ${group.items.join(", ")}`;
}

const replaces403 = (each: { errorCode: number; responseCode?: number; responsePagePath?: string }) =>
  each.errorCode === 403 && (each.responsePagePath !== undefined || (each.responseCode ?? 403) !== 403);
