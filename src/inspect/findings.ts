/** What an explanation amounts to: the denial, its causes, the traps, and what nobody documents. */

import type { DenialReason } from "../edge/verdict.ts";
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { causesOf } from "./causes.ts";
import { hostWithoutEdge } from "./foreign-credentials.ts";
import { cause, type Inquiry } from "./inquiry.ts";
import type { Inspection } from "./inspection.ts";
import { otherPolicy } from "./other-policies.ts";
import { s3Findings } from "./s3-words.ts";
import { inferred } from "./signature-causes.ts";
import { trapsOf } from "./traps.ts";

/** The denial is an error, everything else a note: an allowed request ends with 0. */
export function findingsOf(inquiry: Inquiry, inspection: Inspection): Finding[] {
  return [
    ...hostWithoutEdge(inquiry),
    ...saidByOrigin(inquiry),
    ...denial(inquiry),
    ...otherPolicy(inquiry),
    ...(inquiry.explanation.reason === undefined ? [] : causesOf(inquiry.explanation.reason, inquiry)),
    ...trapsOf(inquiry),
    ...unexplained(inquiry),
    ...inspection.undocumented.map(({ rule, asks, doubt, outcomes }) =>
      cause(
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

/** An origin answered: what it says comes before what the edge would have said. */
function saidByOrigin({ answered, capture, url }: Inquiry): Finding[] {
  if (answered?.says === undefined) return [];
  const asked = capture.url ?? url;
  return s3Findings(answered.says, {
    passed: answered.edge === "passed",
    url: asked,
    headers: capture.headers,
  });
}

/** The true reasons, which the wire hides. */
const SENTENCE: Readonly<Record<DenialReason, string>> = {
  "cookie-duplicated": "one name came twice",
  "key-pair-id-missing": "no key pair ID reaches the edge",
  "key-pair-id-malformed": "what is sent as the key pair ID is no id",
  "key-not-trusted": "the key pair ID is not trusted for this request",
  "signature-missing": "the signature is missing",
  "signature-undecodable": "the signature cannot be decoded",
  "hash-algorithm-unsupported": "the hash algorithm is not supported",
  "policy-missing": "there is neither Policy nor Expires",
  "policy-and-expires": "there are both Policy and Expires",
  "policy-undecodable": "the policy cannot be decoded",
  "policy-malformed": "the policy is malformed",
  "signature-mismatch": "the signature does not verify",
  expired: "the policy has expired",
  "not-yet-valid": "the policy is not valid yet",
  "ip-mismatch": "the viewer's address is not in the policy's range",
  "resource-mismatch": "the policy's Resource does not cover the URL",
};

function denial({ explanation, answered }: Inquiry): Finding[] {
  const { verdict, code, reason, conditions } = explanation;
  if (verdict !== "deny" || code === undefined || reason === undefined) return [];
  const isKeyUnknown = conditions.some(({ name, state }) => name === "key" && state === "unknown");
  const seen = answered?.code === undefined ? [] : [`the answer at hand says ${answered.code}`];
  return [
    {
      id: reason,
      severity: "error",
      basis: "observed",
      message: `${SENTENCE[reason]}: the edge answers 403 ${code}`,
      evidence:
        isKeyUnknown && seen.length === 0 && code !== "MissingKey"
          ? ["it would be InvalidKey if the key is not trusted either, which was not checked"]
          : seen,
    },
  ];
}

/** Denied, and time, address and Resource are met: what is left is the signature, which no key at hand can check. */
function unverifiedDenial(inquiry: Inquiry): Finding[] {
  const { explanation, answered } = inquiry;
  const { verdict, conditions, signed, credential } = explanation;
  const others = conditions.filter(({ name }) => name !== "key" && name !== "signature");
  const isLeft = verdict === "unknown" && others.every(({ state }) => state === "met");
  if (answered?.code !== "AccessDenied" || !isLeft || signed?.kind === undefined || credential.url === "")
    return [];
  return inferred(inquiry);
}

/** A 403 that no cookie explains, or a denial that contradicts the verdict. */
function unexplained(inquiry: Inquiry): Finding[] {
  const { explanation, answered, source, url } = inquiry;
  if (answered === undefined) return [];
  const { verdict, code } = explanation;
  const evidence = answered.evidence;
  const probe = url === undefined ? undefined : `keyturn probe ${shellWord(url)}`;
  if (answered.edge === "denied") {
    if (verdict === "deny" && (answered.code === undefined || answered.code === code)) return [];
    return [
      ...unverifiedDenial(inquiry),
      cause(
        "answer-disagrees",
        "observed",
        verdict === "deny"
          ? `the edge answered ${answered.code}, not ${code}: something else was wrong before that step, or these are not the cookies that it was sent`
          : `the edge denied it with ${answered.code} although nothing here explains that: these are not the cookies that it was sent, the key is not known at that location yet, or the time or address was another`,
        source === undefined
          ? "add --account to the same command, or --gate NAME: whether the key is trusted"
          : probe,
        evidence,
      ),
    ];
  }
  if (answered.status < 400) {
    if (verdict !== "deny") return [];
    const message = `the request got ${answered.status} all the same: that behavior asks for no signature, or the time, the address or the trusted keys were others`;
    return [cause("answer-disagrees", "observed", message, probe, evidence)];
  }
  if (answered.edge === "unsure" && answered.by.startsWith("unsure")) {
    return [
      cause(
        "not-the-signature",
        "inferred",
        `the ${answered.status} is not in the words of the signature check, and does not show who made it`,
        probe,
        evidence,
      ),
    ];
  }
  return [
    cause(
      "not-the-signature",
      "observed",
      `the ${answered.status} was not made by the signature check: ${answered.by}. No cookie of CloudFront's will change it`,
      probe,
      evidence,
    ),
  ];
}
