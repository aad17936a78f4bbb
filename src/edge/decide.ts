/**
 * What the edge decides about one request: the one truth that `inspect`, `doctor`, the probe's expectations and the
 * sandbox share. Pure, and without exceptions on any input.
 */
import type { EpochSeconds } from "../time.ts";
import { readCredential, type UndocumentedRules } from "./credential.ts";
import { alternatives, DEFAULT_RULES, type EdgeRules, type RuleName } from "./rules.ts";
import { type DecisionState, STEPS } from "./steps.ts";
import type { DenialReason, EdgeRequest, Trust, Verdict, WireCode } from "./verdict.ts";

/**
 * Decides. `trust` is what the matched behavior trusts; undefined means that it requires no signature. `now` is when
 * the request arrived at the edge.
 */
export function decide(
  request: EdgeRequest,
  trust: Trust,
  now: EpochSeconds,
  rules: EdgeRules = DEFAULT_RULES,
): Verdict {
  const judged = (chosen: EdgeRules, doubts: UndocumentedRules) => judge(request, trust, now, chosen, doubts);
  return withDoubts(judged, rules, (one, other) => one.allowed === other.allowed && one.code === other.code);
}

/** The verdict without the rules that it depends on. */
type Judgement = Omit<Verdict, "undocumented">;

function judge(
  request: EdgeRequest,
  trust: Trust,
  now: EpochSeconds,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): Judgement {
  if (trust === undefined) return { allowed: true, carrier: "none" };
  const credential = readCredential(request, rules, doubts);
  const given: DecisionState = { credential, trust, ip: request.ip, now, rules, doubts };
  for (const [, step] of STEPS) {
    const reason = step(given);
    if (reason !== undefined) {
      return { allowed: false, code: wireCodeOf(reason, rules, doubts), reason, ...seenIn(given) };
    }
  }
  return { allowed: true, ...seenIn(given) };
}

/** What the steps found before they stopped, for explanations and logs. */
function seenIn({ credential, keyPairId, hash, signed }: DecisionState) {
  return {
    carrier: credential.carrier,
    keyPairId,
    hash,
    policyKind: signed?.kind,
    policy: signed?.policy,
  };
}

const NONE: readonly RuleName[] = [];

/**
 * Judges by the given rules, then once more for every other choice of each rule that was consulted: the outcome depends
 * on the rules that would change it. Tries one rule at a time, so a pair that matters only together is not found.
 */
export function withDoubts<Outcome extends object>(
  judged: (rules: EdgeRules, doubts: UndocumentedRules) => Outcome,
  rules: EdgeRules,
  isSame: (one: Outcome, other: Outcome) => boolean,
): Outcome & { readonly undocumented: readonly RuleName[] } {
  const doubts: UndocumentedRules = new Set();
  const outcome = judged(rules, doubts);
  if (doubts.size === 0) return { ...outcome, undocumented: NONE };
  const undocumented = [...doubts].filter((name) =>
    alternatives(rules, name).some((other) => !isSame(outcome, judged(other, new Set()))),
  );
  return { ...outcome, undocumented };
}

/** The wire code for each reason; where none is known, a rule chooses. */
const CODE: Readonly<Record<DenialReason, WireCode | CodeRule>> = {
  "cookie-duplicated": "AccessDenied",
  "key-pair-id-missing": "MissingKey",
  "key-pair-id-malformed": "MissingKey",
  "key-not-trusted": "InvalidKey",
  "signature-missing": "missing-signature",
  "signature-undecodable": "MalformedSignature",
  "hash-algorithm-unsupported": "unsupported-hash-algorithm",
  "policy-missing": "MalformedPolicy",
  "policy-and-expires": "MalformedPolicy",
  "policy-undecodable": "undecodable-policy",
  "policy-malformed": "MalformedPolicy",
  "signature-mismatch": "AccessDenied",
  expired: "AccessDenied",
  "not-yet-valid": "AccessDenied",
  "ip-mismatch": "AccessDenied",
  "resource-mismatch": "AccessDenied",
};
type CodeRule = "missing-signature" | "unsupported-hash-algorithm" | "undecodable-policy";

const isCodeRule = (code: WireCode | CodeRule): code is CodeRule => code in DEFAULT_RULES;

export function wireCodeOf(reason: DenialReason, rules: EdgeRules, doubts: UndocumentedRules): WireCode {
  const code = CODE[reason];
  if (!isCodeRule(code)) return code;
  doubts.add(code);
  return rules[code];
}
