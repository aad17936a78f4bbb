/**
 * Why the edge would allow or deny a request, as a value. Judges every condition separately, including those after the
 * one that denies, and copes with unknowns. The steps and their order are those of `decide`.
 */

import { type Credential, readCredential, type UndocumentedRules } from "../edge/credential.ts";
import { wireCodeOf, withDoubts } from "../edge/decide.ts";
import { DEFAULT_RULES, type EdgeRules, type RuleName } from "../edge/rules.ts";
import type { SignedPolicy } from "../edge/signed-policy.ts";
import { type DecisionState, STEPS, type StepName } from "../edge/steps.ts";
import type {
  DenialReason,
  EdgeRequest,
  Trust,
  TrustedKeys,
  Verdict,
  Verify,
  WireCode,
} from "../edge/verdict.ts";
import type { Policy } from "../policy/policy.ts";
import type { EpochSeconds } from "../time.ts";

/** What is known about a request. */
export interface ExplainedRequest {
  readonly url?: string;
  readonly cookies: EdgeRequest["cookies"];
  readonly ip?: string;
  /** A bare policy: signature and key pair ID do not count as missing. */
  readonly policyOnly?: boolean;
  /** What the behavior trusts, as for `decide`; `unknown` if not given. */
  readonly trust: Trust | "unknown";
}

export type ConditionState = "met" | "failed" | "unknown";

export interface Condition {
  readonly name: StepName;
  readonly state: ConditionState;
  readonly reason?: DenialReason;
}

export interface Explanation {
  /** `unknown`: every possible check passed, but some were not possible. */
  readonly verdict: "allow" | "deny" | "unknown";
  /** The wire code of a denial, unless an earlier condition, unknown here, fails too. */
  readonly code?: WireCode;
  readonly reason?: DenialReason;
  readonly carrier: Verdict["carrier"];
  readonly keyPairId?: string;
  readonly hash?: Verdict["hash"];
  /** Decoded. */
  readonly signature?: Uint8Array;
  /** Verifies with the key that the request names; absent if that key is untrusted or unknown. */
  readonly verify?: Verify;
  readonly signed?: SignedPolicy;
  readonly policy?: Policy;
  readonly credential: Credential;
  /** Was the signature checked against a key, whatever the result? */
  readonly isVerified: boolean;
  /** In the edge's order; empty if the behavior requires no signature. */
  readonly conditions: readonly Condition[];
  readonly undocumented: readonly RuleName[];
}

export function explainRequest(
  subject: ExplainedRequest,
  now: EpochSeconds,
  rules: EdgeRules = DEFAULT_RULES,
): Explanation {
  return withDoubts(
    (chosen, doubts) => examine(subject, now, chosen, doubts),
    rules,
    (one, other) => one.verdict === other.verdict && one.code === other.code,
  );
}

function examine(
  subject: ExplainedRequest,
  now: EpochSeconds,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): Omit<Explanation, "undocumented"> {
  const { url = "", cookies, ip = "" } = subject;
  const credential = readCredential({ url, cookies, ip }, rules, doubts);
  const { carrier } = credential;
  if (subject.trust === undefined) {
    return { verdict: "allow", carrier, credential, isVerified: false, conditions: [] };
  }
  const trust = subject.trust === "unknown" ? TRUSTS_ANYONE : subject.trust;
  const given: DecisionState = { credential, trust, ip, now, rules, doubts };
  const conditions: Condition[] = [];
  for (const [name, step] of STEPS) {
    const reason = step(given);
    const isKnown = !isUnknown(name, given, subject);
    if (!isKnown) conditions.push({ name, state: "unknown" });
    else conditions.push(reason === undefined ? { name, state: "met" } : { name, state: "failed", reason });
  }
  const refusal = conditions.find(({ state }) => state === "failed")?.reason;
  const { keyPairId, hash, signed, signature } = given;
  return {
    ...outcomeOf(conditions, refusal, rules, doubts),
    carrier,
    keyPairId,
    hash,
    signature,
    verify: subject.trust === "unknown" ? undefined : given.verify,
    signed,
    policy: signed?.policy && policyOf(signed, subject),
    credential,
    isVerified: conditions.some(({ name, state }) => name === "signature" && state !== "unknown"),
    conditions,
  };
}

function outcomeOf(
  conditions: readonly Condition[],
  refusal: DenialReason | undefined,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): Pick<Explanation, "verdict" | "code" | "reason"> {
  if (refusal !== undefined) {
    return { verdict: "deny", code: wireCodeOf(refusal, rules, doubts), reason: refusal };
  }
  return { verdict: conditions.some(({ state }) => state === "unknown") ? "unknown" : "allow" };
}

/** Lets the steps run without a known key; their verdict on key and signature is ignored. */
const TRUSTS_ANYONE: TrustedKeys = { get: () => () => true };

/** Steps that lacked input, so their result means nothing. */
function isUnknown(name: StepName, given: DecisionState, subject: ExplainedRequest): boolean {
  const { signed } = given;
  const isCannedWithoutUrl = signed?.kind === "canned" && subject.url === undefined;
  switch (name) {
    case "key-pair-id":
    case "signature-encoding":
      return subject.policyOnly === true;
    case "key":
      return subject.trust === "unknown" || given.keyPairId === undefined;
    case "signature":
      return (
        subject.trust === "unknown" ||
        isCannedWithoutUrl ||
        !(given.verify && given.hash && given.signature && signed?.bytes)
      );
    case "time":
      return signed?.policy === undefined;
    case "ip":
      return !signed?.policy || (signed.policy.ipAddress !== undefined && subject.ip === undefined);
    case "resource":
      return !signed?.policy || (signed.policy.resource !== undefined && subject.url === undefined);
    default:
      return false;
  }
}

/** Without a URL, a canned policy has no Resource. */
function policyOf({ kind, policy }: SignedPolicy, { url }: ExplainedRequest): Policy {
  const { resource, ...rest } = policy as Policy;
  return kind === "canned" && url === undefined ? rest : (policy as Policy);
}
