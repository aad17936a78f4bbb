/** Turns an explanation into findings: the denial, its causes, the traps, and undocumented rules. */

import type { DenialReason } from "../edge/verdict.ts";
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { causesOf } from "./causes.ts";
import { hostWithoutEdge } from "./foreign-credentials.ts";
import type { Inspection } from "./inspection.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";
import { otherPolicy } from "./other-policies.ts";
import { s3Findings } from "./s3-words.ts";
import { inferred } from "./signature-causes.ts";
import { trapsOf } from "./traps.ts";

/** The denial is an error, everything else a note, so an allowed request exits with 0. */
export function inspectFindings(input: InspectionInput, inspection: Inspection): Finding[] {
  return [
    ...hostWithoutEdge(input),
    ...saidByOrigin(input),
    ...denial(input),
    ...otherPolicy(input),
    ...(input.explanation.reason === undefined ? [] : causesOf(input.explanation.reason, input)),
    ...trapsOf(input),
    ...unexplained(input),
    ...inspection.undocumented.map(({ rule, asks, doubt, outcomes }) =>
      causeFinding(
        "undocumented",
        "inferred",
        `${rule}: ${asks} ${doubt}`,
        "keyturn help edge-rules",
        outcomes.map(
          ({ means, isAssumed, outcome }) => `${isAssumed ? "assumed" : "or"}: ${means} -> ${outcome}`,
        ),
      ),
    ),
  ];
}

/** An origin answered: its message matters more than what the edge would have said. */
function saidByOrigin({ answered, capture, url }: InspectionInput): Finding[] {
  if (answered?.says === undefined) return [];
  const requestedUrl = capture.url ?? url;
  return s3Findings(answered.says, {
    passed: answered.edge === "passed",
    url: requestedUrl,
    headers: capture.headers,
  });
}

/** The true reasons; the wire code hides them. */
const SENTENCE: Readonly<Record<DenialReason, string>> = {
  "cookie-duplicated": "a cookie name occurs twice",
  "key-pair-id-missing": "no key pair ID reaches the edge",
  "key-pair-id-malformed": "the key pair ID is malformed",
  "key-not-trusted": "the key pair ID is not trusted for this request",
  "signature-missing": "the signature is missing",
  "signature-undecodable": "the signature cannot be decoded",
  "hash-algorithm-unsupported": "the hash algorithm is not supported",
  "policy-missing": "Policy and Expires are both missing",
  "policy-and-expires": "Policy and Expires are both present",
  "policy-undecodable": "the policy cannot be decoded",
  "policy-malformed": "the policy is malformed",
  "signature-mismatch": "the signature does not verify",
  expired: "the policy has expired",
  "not-yet-valid": "the policy is not valid yet",
  "ip-mismatch": "the viewer's address is not in the policy's range",
  "resource-mismatch": "the policy's Resource does not cover the URL",
};

function denial({ explanation, answered }: InspectionInput): Finding[] {
  const { verdict, code, reason, conditions } = explanation;
  if (verdict !== "deny" || code === undefined || reason === undefined) return [];
  const isKeyUnknown = conditions.some(({ name, state }) => name === "key" && state === "unknown");
  const observedCode = answered?.code === undefined ? [] : [`the captured response reports ${answered.code}`];
  return [
    {
      id: reason,
      severity: "error",
      basis: "observed",
      message: `${SENTENCE[reason]}: the edge answers 403 ${code}`,
      evidence:
        isKeyUnknown && observedCode.length === 0 && code !== "MissingKey"
          ? ["it would be InvalidKey if the key is untrusted too, which was not checked"]
          : observedCode,
    },
  ];
}

/** Denied although time, address and Resource match: only the signature is left, and no available key can check it. */
function unverifiedDenial(input: InspectionInput): Finding[] {
  const { explanation, answered } = input;
  const { verdict, conditions, signed, credential } = explanation;
  const others = conditions.filter(({ name }) => name !== "key" && name !== "signature");
  const isLeft = verdict === "unknown" && others.every(({ state }) => state === "met");
  if (answered?.code !== "AccessDenied" || !isLeft || signed?.kind === undefined || credential.url === "")
    return [];
  return inferred(input);
}

/** A 403 that no cookie explains, or a denial that contradicts the verdict. */
function unexplained(input: InspectionInput): Finding[] {
  const { explanation, answered, source, url } = input;
  if (answered === undefined) return [];
  const { verdict, code } = explanation;
  const evidence = answered.evidence;
  const probe = url === undefined ? undefined : `keyturn probe ${shellWord(url)}`;
  if (answered.edge === "denied") {
    if (verdict === "deny" && (answered.code === undefined || answered.code === code)) return [];
    return [
      ...unverifiedDenial(input),
      causeFinding(
        "answer-disagrees",
        "observed",
        verdict === "deny"
          ? `the edge answered ${answered.code}, not ${code}: an earlier step failed, or the edge received different cookies`
          : `the edge denied it with ${answered.code}, and nothing here explains why: the edge received different cookies, that location does not know the key yet, or the time or address differed`,
        source === undefined
          ? "add --account or --gate NAME to the same command to check whether the key is trusted"
          : probe,
        evidence,
      ),
    ];
  }
  if (answered.status < 400) {
    if (verdict !== "deny") return [];
    const message = `the request got ${answered.status} anyway: that behavior requires no signature, or the time, address or trusted keys differed`;
    return [causeFinding("answer-disagrees", "observed", message, probe, evidence)];
  }
  if (answered.edge === "unsure" && answered.by.startsWith("unsure")) {
    return [
      causeFinding(
        "not-the-signature",
        "inferred",
        `the ${answered.status} is not a denial by the signature check, and does not show who sent it`,
        probe,
        evidence,
      ),
    ];
  }
  return [
    causeFinding(
      "not-the-signature",
      "observed",
      `the ${answered.status} did not come from the signature check: ${answered.by}. No CloudFront cookie will change it`,
      probe,
      evidence,
    ),
  ];
}
