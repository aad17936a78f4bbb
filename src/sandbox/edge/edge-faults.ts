/**
 * Causes of a 403 that is not a signing denial, or of a denial that does not look like one: one table, id -> effect. The
 * control endpoint, the page's switches and the tests all use it.
 */
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import type { SwitchLabel } from "../switches.ts";
import {
  apiGatewayForbidden,
  cachedForbidden,
  type EdgeResponse,
  functionForbidden,
  geoBlockPage,
  loadBalancerForbidden,
  s3AccessDenied,
  wafBlockPage,
} from "./edge-responses.ts";

export interface EdgeFault extends SwitchLabel {
  /** Rewrites the distribution, both at the edge and in the API's responses. */
  readonly configure?: (distribution: Distribution) => Distribution;
  /** Answers every request before the signature check. */
  readonly beforeSignatureCheck?: (requestId: string) => EdgeResponse;
  /** Answers requests to protected behaviors that passed the signature check, instead of the origin. */
  readonly insteadOfOrigin?: (requestId: string) => EdgeResponse;
}

const ERROR_PAGE = "/errors/denied.html";
const WEB_ACL =
  "arn:aws:wafv2:us-east-1:111122223333:global/webacl/block-all/11111111-2222-4333-8444-555555555555";
const FUNCTION = "arn:aws:cloudfront::111122223333:function/refuse";

export const EDGE_FAULTS = {
  "error-page-same-status": {
    title: "custom error page for 403, status kept",
    group: "Edge configuration",
    configure: withErrorPage(403),
  },
  "error-page-200": {
    title: "custom error page for 403, status 200",
    group: "Edge configuration",
    configure: withErrorPage(200),
  },
  "behavior-unprotected": {
    title: "protected behaviors trust no key group",
    group: "Edge configuration",
    configure: withBehaviors((behavior) => ({ ...behavior, trustedKeyGroups: [] })),
  },
  "behavior-shadowed": {
    title: "an earlier public behavior (*/re*) shadows the protected one",
    group: "Edge configuration",
    configure: (distribution) => {
      const shadowed = distribution.behaviors.find(isProtected);
      if (!shadowed) return distribution;
      const shadow = { ...shadowed, pathPattern: "*/re*", trustedKeyGroups: [] };
      return { ...distribution, behaviors: [shadow, ...distribution.behaviors] };
    },
  },
  "methods-narrowed": {
    title: "protected behaviors allow GET and HEAD only",
    group: "Edge configuration",
    configure: withBehaviors((behavior) => ({ ...behavior, allowedMethods: ["GET", "HEAD"] })),
  },
  "http-allowed": {
    title: "plain HTTP is allowed on protected behaviors",
    group: "Edge configuration",
    configure: withBehaviors((behavior) => ({ ...behavior, viewerProtocolPolicy: "allow-all" })),
  },
  "http-refused": {
    title: "plain HTTP is refused instead of redirected",
    group: "Edge configuration",
    configure: withBehaviors((behavior) => ({ ...behavior, viewerProtocolPolicy: "https-only" })),
  },
  "alias-missing": {
    title: "the gate's host name is not an alternate domain name of the distribution",
    group: "Edge configuration",
    configure: (distribution) => ({ ...distribution, aliases: distribution.aliases.slice(1) }),
  },
  "multi-tenant": {
    title: "the distribution is multi-tenant: only tenants' host names work",
    group: "Edge configuration",
    configure: (distribution) => ({ ...distribution, connectionMode: "tenant-only" }),
  },
  "waf-block": {
    title: "WAF blocks every request",
    group: "Edge answers",
    configure: (distribution) => ({ ...distribution, webAclId: WEB_ACL }),
    beforeSignatureCheck: wafBlockPage,
  },
  "geo-block": {
    title: "geo restriction blocks every request",
    group: "Edge answers",
    configure: (distribution) => ({ ...distribution, geoRestriction: "whitelist" }),
    beforeSignatureCheck: geoBlockPage,
  },
  "edge-function-403": {
    title: "an edge function answers 403",
    group: "Edge answers",
    configure: withBehaviors((behavior) => ({ ...behavior, viewerRequestFunctions: [FUNCTION] })),
    insteadOfOrigin: functionForbidden,
  },
  "cached-403": {
    title: "a cached 403 of the origin is served to everyone",
    group: "Edge answers",
    insteadOfOrigin: cachedForbidden,
  },
  "s3-403": { title: "an S3 origin denies", group: "Origin answers", insteadOfOrigin: s3AccessDenied },
  "api-gateway-403": {
    title: "an API Gateway origin denies",
    group: "Origin answers",
    insteadOfOrigin: apiGatewayForbidden,
  },
  "load-balancer-403": {
    title: "a load balancer denies",
    group: "Origin answers",
    insteadOfOrigin: loadBalancerForbidden,
  },
} as const satisfies Readonly<Record<string, EdgeFault>>;

export type EdgeFaultId = keyof typeof EDGE_FAULTS;

/** The distribution with these faults on. */
export function withEdgeFaults(distribution: Distribution, on: readonly EdgeFaultId[]): Distribution {
  return on.reduce((known, id) => (EDGE_FAULTS[id] as EdgeFault).configure?.(known) ?? known, distribution);
}

/** The response of the first fault that answers at that point, if any. */
export function faultResponse(
  on: readonly EdgeFaultId[],
  point: "beforeSignatureCheck" | "insteadOfOrigin",
): { readonly id: EdgeFaultId; readonly respond: (requestId: string) => EdgeResponse } | undefined {
  for (const id of on) {
    const respond = (EDGE_FAULTS[id] as EdgeFault)[point];
    if (respond) return { id, respond };
  }
  return undefined;
}

export const isProtected = (behavior: CacheBehavior) =>
  behavior.trustedKeyGroups.length > 0 || behavior.trustedSigners.length > 0;

function withErrorPage(responseCode: number): (distribution: Distribution) => Distribution {
  return (distribution) => ({
    ...distribution,
    customErrorResponses: [{ errorCode: 403, responseCode, responsePagePath: ERROR_PAGE }],
  });
}

function withBehaviors(change: (behavior: CacheBehavior) => CacheBehavior) {
  return (distribution: Distribution): Distribution => ({
    ...distribution,
    behaviors: distribution.behaviors.map((behavior) =>
      isProtected(behavior) ? change(behavior) : behavior,
    ),
  });
}
