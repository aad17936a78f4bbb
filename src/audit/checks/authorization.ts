/** The viewer's Authorization header next to CloudFront's own: S3 accepts one credential and refuses two. */
import type { CacheBehavior, Distribution, NameSelection, Origin } from "../../cloudfront/distribution.ts";
import { behaviorLines } from "../../cloudfront/setting-lines.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { behaviorName, guardingBehaviors } from "../guarded-route.ts";

/** Managed policies, which every account has under the same ids. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf";

export const AUTHORIZATION_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "authorization-forwarded",
    severity: "warning",
    what: "the viewer's Authorization header reaches an S3 origin that CloudFront signs for (OAC)",
    *look(snapshot) {
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        const policy = forwarderOf(snapshot, behavior);
        const [origin] = originsOf(distribution, behavior).filter(
          ({ kind, accessControlId }) => kind === "s3" && accessControlId !== undefined,
        );
        if (policy === undefined || origin === undefined) continue;
        yield {
          message: `behavior ${behavior.pathPattern} forwards Authorization to the S3 origin ${origin.id}, which has an origin access control`,
          evidence: [
            policy,
            `${origin.domainName}, origin access control ${origin.accessControlId}`,
            'S3 answers "Only one auth mechanism allowed" or "Unsupported Authorization Type" if the viewer\'s header is forwarded',
          ],
          setting: behaviorLines(distribution.id, behavior.pathPattern, {
            ...(policy.startsWith("cache") ? { CachePolicyId: CACHING_OPTIMIZED } : {}),
            OriginRequestPolicyId: CORS_S3_ORIGIN,
          }),
          remedy: `give ${behavior.pathPattern} policies that forward no Authorization; for S3 the managed CORS-S3Origin does`,
          where: behaviorName(distribution, behavior),
          inferred: true,
        };
      }
    },
  },
];

/** The policy that forwards the header, for display; undefined if none does. */
function forwarderOf({ inventory }: GateSnapshot, behavior: CacheBehavior): string | undefined {
  const kinds = [
    ["cache policy", behavior.cachePolicyId],
    ["origin request policy", behavior.originRequestPolicyId],
  ] as const;
  for (const [kind, id] of kinds) {
    const policy = inventory.policies.get(id ?? "");
    if (policy !== undefined && takesAuthorization(policy.headers)) return `${kind} ${policy.name}`;
  }
  return undefined;
}

/** Header names are case-insensitive. */
function takesAuthorization({ which, names }: NameSelection): boolean {
  const isNamed = names.some((name) => name.toLowerCase() === "authorization");
  if (which === "all-except") return !isNamed;
  return which === "all" || (which === "named" && isNamed);
}

function originsOf(distribution: Distribution, { targetOriginId }: CacheBehavior): readonly Origin[] {
  const group = distribution.originGroups?.find(({ id }) => id === targetOriginId);
  const ids = group?.originIds ?? [targetOriginId];
  return distribution.origins.filter(({ id }) => ids.includes(id));
}
