/** Inspects one captured request: the inspection and its findings. Pure. */

import type { BlockedCookie } from "../browser/sent-cookies.ts";
import type { CapturedCookie, CapturedRequest } from "../capture/capture.ts";
import { DEFAULT_RULES, type EdgeRules } from "../edge/rules.ts";
import type { FoundTrust } from "../edge/trust-account.ts";
import type { Finding } from "../finding.ts";
import type { EpochSeconds } from "../time.ts";
import { type Explanation, explainRequest } from "./explain.ts";
import { inspectFindings } from "./findings.ts";
import { type Inspection, inspectionOf } from "./inspection.ts";
import type { InspectionInput, ResponseSender } from "./inspection-input.ts";

export interface InspectedRequest {
  readonly capture: CapturedRequest;
  /** The captured cookies that the viewer sends; all unless browser rules were applied. */
  readonly sent?: readonly CapturedCookie[];
  readonly withheld?: readonly BlockedCookie[];
  readonly url?: string;
  readonly ip?: string;
  readonly at: EpochSeconds;
  readonly found: FoundTrust;
  readonly gate?: string;
  readonly answered?: ResponseSender;
  readonly otherUrl?: InspectionInput["otherUrl"];
}

export function inspectRequest(given: InspectedRequest): {
  readonly inspection: Inspection;
  readonly findings: Finding[];
} {
  const { capture, at, found, withheld = [], answered, gate } = given;
  const method = capture.method ?? "GET";
  const explainUnder = (rules: EdgeRules) => explanationOf(given, rules);
  const explanation = explainUnder(DEFAULT_RULES);
  const input: InspectionInput = {
    capture,
    explanation,
    method,
    at,
    withheld,
    // Without CloudFront's parameters, which would make the URL a credential.
    url: given.url === undefined ? undefined : explanation.credential.url,
    ip: given.ip,
    gate,
    source: found.source,
    noDistribution: found.noDistribution,
    answered,
    otherUrl: given.otherUrl,
  };
  const inspection = inspectionOf(input, explainUnder);
  return { inspection, findings: inspectFindings(input, inspection) };
}

/** Only the verdict, for a line in a list. */
export function explanationOf(given: InspectedRequest, rules: EdgeRules = DEFAULT_RULES): Explanation {
  const { capture, sent = capture.cookies, url, ip, at, found } = given;
  return explainRequest(
    {
      cookies: sent.map(({ name, value }) => [name, value]),
      policyOnly: capture.form === "policy",
      trust: found.trust,
      url,
      ip,
    },
    at,
    rules,
  );
}
