/** Causes other than the signature check, which no CloudFront cookie can fix. */
import type { Finding } from "../../finding.ts";
import { s3Findings } from "../../inspect/s3-words.ts";
import { BLOCKED, REFUSED_BEHIND } from "../../probe/judge.ts";
import { type AnsweringLayer, LAYER_NAME } from "../../probe/layer.ts";
import { shellWord } from "../../text/shell-word.ts";
import { layerSetting, WEB_ACL } from "./layer-setting.ts";
import { answerTo, type DoctorAnswer, type DoctorSnapshot, matchingRoutes } from "./snapshot.ts";

export function anotherLayer(snapshot: DoctorSnapshot): Finding[] {
  const answer = answerTo(snapshot, "given") ?? answerTo(snapshot, "fresh") ?? answerTo(snapshot, "unsigned");
  const classification = answer?.classification;
  if (answer?.status === undefined || classification === undefined || classification.edge === "denied")
    return [];
  const said = saidByS3(answer, snapshot.url);
  if (said !== undefined) return [said];
  const isRefusal = answer.status >= 400 && !(answer.status === 404 && classification.edge === "passed");
  const isMasked = classification.layer === "error-page" || classification.layer === "edge-redirect";
  if (!isRefusal && !isMasked) return [];
  const isApplications = classification.layer === "application" && classification.edge === "passed";
  if (isApplications && refusesWithoutSession(answer) && authorizes(snapshot)) {
    return [
      {
        id: "application-refuses",
        severity: "note",
        basis: "observed",
        message: `the edge lets the request pass and the application refuses with ${answer.status}, as declared: keyturn sends no session`,
        evidence: classification.evidence,
      },
    ];
  }
  return [
    {
      id: faultOf(classification.layer, answer.with === "unsigned"),
      severity: "error",
      basis: classification.confidence === "certain" ? "observed" : "inferred",
      message:
        classification.edge === "passed"
          ? `the edge lets the request pass; the ${answer.status} comes from: ${LAYER_NAME[classification.layer]}`
          : `the ${answer.status} comes from: ${LAYER_NAME[classification.layer]}${classification.layer === "edge-refusal" ? "" : ", not the signature check"}`,
      evidence: classification.evidence,
      remedy: remedyOf(classification.layer, snapshot),
      setting: layerSetting(classification.layer, snapshot),
    },
  ];
}

/** A missing object is not the gate's fault: the credential passed. */
function saidByS3({ status, classification, complaint }: DoctorAnswer, url: string): Finding | undefined {
  if (complaint === undefined || classification === undefined) return undefined;
  const isPassed = classification.edge === "passed";
  const [finding] = s3Findings(complaint, { url, passed: isPassed });
  if (finding === undefined) return undefined;
  return {
    ...finding,
    severity: status === 404 && isPassed ? "note" : "error",
    evidence: [...finding.evidence, ...classification.evidence],
    remedy: finding.remedy?.startsWith("keyturn doctor ")
      ? `keyturn probe ${shellWord(url)}`
      : finding.remedy,
  };
}

/** The probe's id for the same answer. */
function faultOf(layer: AnsweringLayer, isUnsigned: boolean): string {
  if (layer === "error-page") return isUnsigned ? "denial-masked" : "valid-masked";
  if (layer === "unsure") return isUnsigned ? "denial-unrecognised" : "valid-answer-unrecognised";
  return BLOCKED[layer] ?? REFUSED_BEHIND[layer] ?? OTHER_FAULT[layer] ?? `answered-by-${layer}`;
}

const OTHER_FAULT: Readonly<Partial<Record<AnsweringLayer, string>>> = {
  cache: "refusal-from-cache",
  application: "valid-refused-by-application",
};

const refusesWithoutSession = ({ status }: DoctorAnswer) => status === 401 || status === 403;
const authorizes = (snapshot: DoctorSnapshot) =>
  matchingRoutes(snapshot).some(({ layers }) => layers.includes("application"));

function remedyOf(layer: AnsweringLayer, { url, distribution }: DoctorSnapshot): string {
  if (layer === "edge-waf" && distribution?.webAclId !== undefined) return wafRemedy(distribution.webAclId);
  return LAYER_REMEDY[layer] ?? `keyturn probe ${shellWord(url)}`;
}

/** keyturn writes no web ACL. An id of WAF Classic has no line of its own. */
function wafRemedy(webAclId: string): string {
  const [, name, id] = WEB_ACL.exec(webAclId) ?? [];
  const first = `undo the latest change to web ACL ${name ?? webAclId} first`;
  if (name === undefined || id === undefined) return `${first}. ${EITHER_BLOCKS}`;
  const line = `aws wafv2 get-web-acl --scope CLOUDFRONT --region us-east-1 --name ${shellWord(name)} --id ${shellWord(id)}`;
  return `${first}. \`${line}\` lists its rules and default action. ${EITHER_BLOCKS}`;
}

const EITHER_BLOCKS =
  "If a rule blocks, set it to count, then narrow it; if no rule matches, the default action blocks. The sampled requests in AWS WAF name the rule, by time and your address";

const LAYER_REMEDY: Partial<Record<string, string>> = {
  "edge-waf":
    "undo the latest change to the distribution's web ACL first: a rule or its default action blocks, and the sampled requests in AWS WAF show which, by time and your address",
  "edge-geo": "try from a country that the distribution's geo restriction allows",
  "edge-method": "add the method to AllowedMethods of the behavior",
  "edge-function": "check the logs of the viewer-request function: it generated the response",
  "edge-redirect": "use https: the viewer protocol policy redirects",
  "error-page": "remove the custom error response for 403 while you investigate: it hides who refused",
  s3: "check the origin access control and the bucket policy; without s3:ListBucket a missing object is a 403 too",
  "api-gateway":
    "use AllViewerExceptHostHeader, since a forwarded Host header causes this 403; otherwise check the API's authorizer",
  "lambda-url": "grant CloudFront lambda:InvokeFunctionUrl and lambda:InvokeFunction",
  "origin-verification": "compare the verification header that CloudFront sends with what the origin expects",
  application:
    "log in again, or check the user's rights: the application refused, and signed cookies are not a login",
  redirect: "log in again: the application redirects to its login page",
};
