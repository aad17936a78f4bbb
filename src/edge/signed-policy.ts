/** The signed bytes and their meaning: the Policy as sent, or the canned one rebuilt from URL and Expires. */
import { decodeBase64 } from "../policy/base64.ts";
import { type PolicyProblem, parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import type { Credential, UndocumentedRules } from "./credential.ts";
import type { EdgeRules } from "./rules.ts";
import type { DenialReason, PolicyKind } from "./verdict.ts";

export interface SignedPolicy {
  readonly kind?: PolicyKind;
  /** What the signature covers; absent if unknown. */
  readonly bytes?: Uint8Array;
  /** The parsed policy; also present beside a fault if readable. */
  readonly policy?: Policy;
  /** AWS:SourceIp came without a mask: `policy` says /32. */
  readonly isBareIp?: boolean;
  readonly fault?: DenialReason;
  /** The exact problem. */
  readonly problem?: PolicyProblem;
  /** The problem as a sentence. */
  readonly sentence?: string;
}

export function readSignedPolicy(
  { policy, expires }: Credential["fields"],
  url: string,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): SignedPolicy {
  if (policy && expires) {
    doubts.add("expires-and-policy");
    const choice = rules["expires-and-policy"];
    if (choice === "refused") return { fault: "policy-and-expires" };
    return choice === "policy" ? readCustom(policy, rules, doubts) : readCanned(expires, url);
  }
  if (policy) return readCustom(policy, rules, doubts);
  return expires ? readCanned(expires, url) : { fault: "policy-missing" };
}

function readCustom(encoded: string, rules: EdgeRules, doubts: UndocumentedRules): SignedPolicy {
  const kind = "custom";
  const bytes = decodeBase64(encoded);
  if (bytes === undefined) return { kind, fault: "policy-undecodable" };
  const parsed = parsePolicy(bytes);
  if (parsed.ok) {
    const { policy, oddities } = parsed;
    const isMalformed = oddities.some((oddity) => {
      const rule = oddity === "ip-without-mask" ? "bare-ip" : "unknown-member";
      doubts.add(rule);
      return rules[rule] === "malformed";
    });
    const isBareIp = oddities.includes("ip-without-mask");
    return { kind, bytes, policy, isBareIp, fault: isMalformed ? "policy-malformed" : undefined };
  }
  const { problem, sentence } = parsed;
  const fault = faultOf(problem, rules, doubts);
  return { kind, bytes, fault, problem, sentence };
}

function faultOf(problem: PolicyProblem, rules: EdgeRules, doubts: UndocumentedRules): DenialReason {
  if (problem === "source-ip-malformed") {
    doubts.add("unreadable-source-ip");
    return rules["unreadable-source-ip"] === "never" ? "ip-mismatch" : "policy-malformed";
  }
  return "policy-malformed";
}

/** At most 9223372036854775807 (DG:private-content-creating-signed-url-canned-policy). */
const LAST_SECOND = 9_223_372_036_854_775_807n;

/**
 * Byte-exact: if one byte of the URL differs, the signature covers something else. Not policy/build.ts's
 * cannedPolicy, which refuses unwise input: the edge rebuilds the policy from whatever it receives.
 */
function readCanned(expires: string, url: string): SignedPolicy {
  const kind = "canned";
  const isNumber = /^[1-9]\d{0,18}$/.test(expires) && BigInt(expires) <= LAST_SECOND;
  if (!isNumber) {
    const sentence = "Expires is not a positive 64-bit number";
    return { kind, fault: "policy-malformed", problem: "epoch-not-integer", sentence };
  }
  const policy: Policy = { resource: url, dateLessThan: Number(expires) };
  const bytes = Buffer.from(
    `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`,
  );
  if (expires.length === 13 || expires.length === 14) {
    const sentence = "Expires is in milliseconds, not seconds";
    return { kind, bytes, policy, fault: "policy-malformed", problem: "epoch-milliseconds", sentence };
  }
  return { kind, bytes, policy };
}
