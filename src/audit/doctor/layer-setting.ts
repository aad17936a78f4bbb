/** The setting behind a refusal that is not the signature check's, as lines for infrastructure code. */
import { behaviorLines, distributionLines, settingLines } from "../../cloudfront/setting-lines.ts";
import type { SettingLines } from "../../finding.ts";
import type { AnsweringLayer } from "../../probe/layer.ts";
import type { DoctorSnapshot } from "./snapshot.ts";

/** AllViewerExceptHostHeader, a managed policy that every account has under this id. */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Undefined for a layer that no setting of CloudFront or WAF decides, such as the application. */
export function layerSetting(
  layer: AnsweringLayer,
  { distribution, behavior, gate }: DoctorSnapshot,
): SettingLines | undefined {
  if (distribution === undefined || behavior === undefined) return undefined;
  const { id } = distribution;
  const { pathPattern } = behavior;
  switch (layer) {
    case "edge-waf":
      return webAclLines(webAclName(distribution.webAclId) ?? "of the distribution");
    case "edge-geo":
      return distributionLines(id, {
        Restrictions: { GeoRestriction: { RestrictionType: "none", Locations: [] } },
      });
    case "edge-method":
      return behaviorLines(id, pathPattern, {
        AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
      });
    case "edge-function":
      return behaviorLines(
        id,
        pathPattern,
        {
          FunctionAssociations: behavior.viewerRequestFunctions.map((arn) => ({
            EventType: "viewer-request",
            FunctionARN: arn,
          })),
        },
        "remove",
      );
    case "error-page":
      return distributionLines(id, { CustomErrorResponses: [{ ErrorCode: 403 }] }, "remove");
    case "cache":
      return distributionLines(id, { CustomErrorResponses: [{ ErrorCode: 403, ErrorCachingMinTTL: 0 }] });
    case "api-gateway":
      return behaviorLines(id, pathPattern, { OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST });
    case "origin-verification":
      return distributionLines(id, {
        Origins: [
          {
            Id: behavior.targetOriginId,
            OriginCustomHeaders: [
              {
                HeaderName: gate?.gate.origin?.verificationHeader ?? "x-origin-verify",
                HeaderValue: "THE-ORIGINS-VALUE",
              },
            ],
          },
        ],
      });
    default:
      return undefined;
  }
}

/** While the rule only counts, its requests pass and are still logged. */
function webAclLines(acl: string): SettingLines {
  return settingLines(`aws_wafv2_web_acl ${acl}`, `AWS::WAFv2::WebACL ${acl}`, {
    Rules: [{ Name: "THE-RULE", Action: { Count: {} } }],
  });
}

/** `arn:aws:wafv2:us-east-1:111122223333:global/webacl/NAME/ID`; an id of WAF Classic has no name. */
export function webAclName(webAclId: string | undefined): string | undefined {
  return webAclId === undefined ? undefined : (/\/webacl\/([^/]+)\//.exec(webAclId)?.[1] ?? webAclId);
}
