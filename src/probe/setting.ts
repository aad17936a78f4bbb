/** The setting behind an answer, as lines for infrastructure code: keyturn never changes distributions. */
import {
  behaviorLines,
  type DistributionSetting,
  distributionLines,
  settingLines,
} from "../cloudfront/setting-lines.ts";
import type { SettingLines } from "../finding.ts";
import type { AnsweringLayer } from "./layer.ts";
import type { Target } from "./target.ts";

/** AllViewerExceptHostHeader, a managed policy that every account has under this id. */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const SETS = [
  ["GET", "HEAD"],
  ["GET", "HEAD", "OPTIONS"],
  ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
];

/** What is known of the place where an answer comes from: from the account, or from keyturn.yaml alone. */
export interface SettingPlace {
  /** Undefined for the distribution in question. */
  readonly distributionId?: string | undefined;
  /** Undefined if only the URL is known: then no lines about a behavior. */
  readonly pathPattern?: string | undefined;
  readonly webAcl?: string | undefined;
  readonly originId?: string | undefined;
  readonly verificationHeader?: string | undefined;
  /** ARNs. */
  readonly viewerRequestFunctions?: readonly string[];
}

/** Undefined for a layer that no setting of CloudFront or WAF decides, such as the application. */
export function layerLines(layer: AnsweringLayer, place: SettingPlace): SettingLines | undefined {
  const { distributionId: id, pathPattern, originId, verificationHeader = "x-origin-verify" } = place;
  const behavior = (setting: DistributionSetting, act?: "remove") =>
    pathPattern === undefined ? undefined : behaviorLines(id, pathPattern, setting, act);
  switch (layer) {
    case "edge-waf":
      return webAclLines(place.webAcl ?? "of the distribution");
    case "edge-geo":
      return distributionLines(id, {
        Restrictions: { GeoRestriction: { RestrictionType: "none", Locations: [] } },
      });
    case "edge-method":
      return behavior({ AllowedMethods: methodsWith(["DELETE"]) });
    case "edge-function":
      return behavior(
        {
          FunctionAssociations: (place.viewerRequestFunctions ?? [undefined]).map((arn) => ({
            EventType: "viewer-request",
            ...(arn === undefined ? {} : { FunctionARN: arn }),
          })),
        },
        "remove",
      );
    case "error-page":
      return distributionLines(id, { CustomErrorResponses: [{ ErrorCode: 403 }] }, "remove");
    case "cache":
      return distributionLines(id, { CustomErrorResponses: [{ ErrorCode: 403, ErrorCachingMinTTL: 0 }] });
    case "api-gateway":
      return behavior({ OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST });
    case "origin-verification": {
      const header = { HeaderName: verificationHeader, HeaderValue: "THE-ORIGINS-VALUE" };
      return distributionLines(id, {
        Origins: [{ ...(originId === undefined ? {} : { Id: originId }), OriginCustomHeaders: [header] }],
      });
    }
    default:
      return undefined;
  }
}

/** A rule that only counts lets its requests pass, and they are still logged. Without a match, the default decides. */
function webAclLines(acl: string): SettingLines {
  const either = "whichever of these blocks";
  return settingLines(`aws_wafv2_web_acl ${acl}: ${either}`, `AWS::WAFv2::WebACL ${acl}: ${either}`, {
    DefaultAction: { Allow: {} },
    Rules: [{ Name: "THE-RULE", Action: { Count: {} } }],
  });
}

/** The smallest of CloudFront's sets that has all of them. */
export function methodsWith(wanted: readonly string[]): readonly string[] {
  return SETS.find((set) => wanted.every((method) => set.includes(method))) ?? SETS[2] ?? [];
}

/** Faults that show in the answer of a single layer. */
const LAYER_OF: Readonly<Record<string, AnsweringLayer>> = {
  "blocked-by-waf": "edge-waf",
  "blocked-by-geo": "edge-geo",
  "denial-masked": "error-page",
  "answered-by-function": "edge-function",
  "refusal-from-cache": "cache",
  "valid-refused-by-api-gateway": "api-gateway",
  "edge-not-verified-by-origin": "origin-verification",
};

/**
 * Uses keyturn.yaml's description of the routes where the fault was seen, at the first one's distribution; bare URLs
 * have less. Undefined if no setting is behind the fault, or only the account shows which.
 */
export function faultLines(fault: string, targets: readonly Target[]): SettingLines | undefined {
  const places = targets.flatMap(({ declared }) => declared ?? []);
  const [first] = places;
  const layer = LAYER_OF[fault];
  if (layer !== undefined) return layerLines(layer, first ?? {});
  const setting = first === undefined ? undefined : behaviorSetting(fault, targets, first.keyGroups);
  if (first === undefined || setting === undefined) return undefined;
  const patterns = new Set(
    places.filter(({ distributionId: id }) => id === first.distributionId).map((each) => each.pathPattern),
  );
  const ordered = [...patterns].filter((pattern) => pattern !== "*");
  return distributionLines(first.distributionId, {
    ...(patterns.has("*") ? { DefaultCacheBehavior: setting } : {}),
    ...(ordered.length === 0
      ? {}
      : { CacheBehaviors: ordered.map((pattern) => ({ PathPattern: pattern, ...setting })) }),
  });
}

function behaviorSetting(
  fault: string,
  targets: readonly Target[],
  keyGroups: readonly string[],
): DistributionSetting | undefined {
  switch (fault) {
    case "unsigned-allowed":
      return { TrustedKeyGroups: keyGroups };
    case "public-route-denied":
      return { TrustedKeyGroups: [] };
    case "http-allowed":
      return { ViewerProtocolPolicy: "redirect-to-https" };
    case "method-not-allowed":
      return { AllowedMethods: methodsWith(targets.flatMap(({ methods }) => methods)) };
    default:
      return undefined;
  }
}
