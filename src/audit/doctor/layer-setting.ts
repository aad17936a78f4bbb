/** The setting behind a refusal that is not the signature check's, as the account shows it. */
import type { SettingLines } from "../../finding.ts";
import type { AnsweringLayer } from "../../probe/layer.ts";
import { layerLines } from "../../probe/setting.ts";
import type { DoctorSnapshot } from "./snapshot.ts";

/** Undefined for a layer that no setting of CloudFront or WAF decides, such as the application. */
export function layerSetting(
  layer: AnsweringLayer,
  { distribution, behavior, gate }: DoctorSnapshot,
): SettingLines | undefined {
  if (distribution === undefined || behavior === undefined) return undefined;
  return layerLines(layer, {
    distributionId: distribution.id,
    pathPattern: behavior.pathPattern,
    webAcl: webAclName(distribution.webAclId),
    originId: behavior.targetOriginId,
    verificationHeader: gate?.gate.origin?.verificationHeader,
    viewerRequestFunctions: behavior.viewerRequestFunctions,
  });
}

/** `arn:aws:wafv2:us-east-1:111122223333:global/webacl/NAME/ID`; an id of WAF Classic has no name. */
export const WEB_ACL = /\/webacl\/([^/]+)\/([^/]+)$/;

function webAclName(webAclId: string | undefined): string | undefined {
  return webAclId === undefined ? undefined : (WEB_ACL.exec(webAclId)?.[1] ?? webAclId);
}
