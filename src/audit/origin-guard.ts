/** What restricts an origin to CloudFront, as far as CloudFront's settings show. */
import type { CacheBehavior, Distribution, Origin } from "../cloudfront/distribution.ts";
import type { GateSnapshot } from "./gate-snapshot.ts";
import { guardingBehaviors } from "./guarded-route.ts";

interface OriginBehind {
  readonly distribution: Distribution;
  readonly origin: Origin;
  readonly httpAllowed: boolean;
}

/** The origins of a behavior; an origin group counts as its members. */
export function originsOf(distribution: Distribution, { targetOriginId }: CacheBehavior): Origin[] {
  const group = distribution.originGroups?.find(({ id }) => id === targetOriginId);
  const ids = group?.originIds ?? [targetOriginId];
  return distribution.origins.filter(({ id }) => ids.includes(id));
}

/** The origins of behaviors that require signatures, each once. */
export function originsBehind(snapshot: GateSnapshot): OriginBehind[] {
  const found = new Map<Origin, OriginBehind>();
  for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
    for (const origin of originsOf(distribution, behavior)) {
      const httpAllowed =
        found.get(origin)?.httpAllowed === true || behavior.viewerProtocolPolicy === "allow-all";
      found.set(origin, { distribution, origin, httpAllowed });
    }
  }
  return [...found.values()];
}

/** Undefined if the origin is closed; otherwise says what is missing. */
export function missingOriginGuard(origin: Origin, header: string | undefined): string | undefined {
  if (origin.kind === "vpc" || origin.mutualTls || origin.accessControlId !== undefined) return undefined;
  if (origin.kind === "s3") {
    return origin.legacyAccessIdentity === undefined ? "no origin access control" : undefined;
  }
  if (header !== undefined) {
    return hasHeader(origin, header) ? undefined : `CloudFront does not send ${header} to it`;
  }
  return "no verification header is declared, and no access control, VPC origin or origin mTLS is set";
}

export function hasHeader(origin: Origin, header: string): boolean {
  return origin.customHeaderNames.some((name) => name.toLowerCase() === header.toLowerCase());
}
