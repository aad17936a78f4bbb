/** One line per condition of the edge, in the edge's order: met, failed or not checked, and why. */

import type { StepName } from "../edge/steps.ts";
import type { ConditionState } from "../inspect/explain.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { printable } from "../text/printable.ts";
import { formatDuration } from "../time.ts";
import type { Style } from "./style.ts";

/** Steps that count as one for people. */
const LINES: readonly (readonly [label: string, steps: readonly StepName[]])[] = [
  ["key", ["duplicates", "key-pair-id", "key"]],
  ["policy", ["policy"]],
  ["signature", ["signature-encoding", "hash", "signature"]],
  ["time", ["time"]],
  ["address", ["ip"]],
  ["resource", ["resource"]],
];

export function conditionLines(inspection: Inspection, style: Style): string[][] {
  if (inspection.conditions.length === 0) return [];
  return LINES.map(([label, steps]) => {
    const of = inspection.conditions.filter(({ name }) => steps.includes(name));
    const worst =
      of.find(({ state }) => state === "failed") ?? of.find(({ state }) => state === "unknown") ?? of.at(-1);
    const state = worst?.state ?? "unknown";
    return [signOf(state, style), label, printable(sentence(label, state, worst?.reason, inspection))];
  });
}

function signOf(state: ConditionState, style: Style): string {
  if (state === "met") return style.good(style.sign.ok);
  return state === "failed" ? style.bad(style.sign.fail) : style.dim(style.sign.skip);
}

function sentence(
  label: string,
  state: ConditionState,
  reason: Inspection["reason"],
  inspection: Inspection,
): string {
  if (state === "failed" && reason !== undefined) return FAILED[reason](inspection);
  return (state === "met" ? MET : UNKNOWN)[label]?.(inspection) ?? "";
}

type Say = (inspection: Inspection) => string;

const MET: Readonly<Record<string, Say>> = {
  key: ({ keyPairId }) => `${keyPairId} is trusted`,
  policy: ({ policyKind }) =>
    policyKind === "canned"
      ? "canned: rebuilt from the URL and the expiry time"
      : "custom: one statement, readable",
  signature: ({ hash }) => `verifies with ${hash}`,
  time: ({ policy }) => `${formatDuration(policy?.dateLessThan.fromNow ?? 0)} left`,
  address: ({ policy, request }) =>
    policy?.ipAddress === undefined ? "any" : `${request.ip} is in ${policy.ipAddress}`,
  resource: ({ policy, policyKind }) => {
    if (policyKind === "canned") return "the URL itself: verified by the signature";
    return policy?.resource === undefined ? "any" : "covers the URL";
  },
};

const UNKNOWN: Readonly<Record<string, Say>> = {
  key: ({ form }) =>
    form === "policy" ? "none given" : "not checked: give --public-key, --gate or --account",
  policy: () => "not checked",
  signature: ({ form, policyKind, request }) => {
    if (form === "policy") return "none given";
    if (policyKind === "canned" && request.url === undefined)
      return "not checked: give --url, which it covers";
    return "not checked";
  },
  time: () => "not checked",
  address: ({ policy }) =>
    policy === undefined ? "not checked" : "not checked: give --ip, the viewer's address",
  resource: ({ policy }) =>
    policy === undefined ? "not checked" : "not checked: give --url, as the viewer requests it",
};

const FAILED: Readonly<Record<NonNullable<Inspection["reason"]>, Say>> = {
  "cookie-duplicated": () => "a name occurs twice with different values",
  "key-pair-id-missing": ({ carrier }) => (carrier === "none" ? "no signature at all" : "no key pair ID"),
  "key-pair-id-malformed": () => "the key pair ID is malformed",
  "key-not-trusted": ({ keyPairId }) => `${keyPairId} is not trusted here`,
  "signature-missing": () => "missing",
  "signature-undecodable": () => "not in CloudFront's base64",
  "hash-algorithm-unsupported": () => "Hash-Algorithm is neither SHA1 nor SHA256",
  "policy-missing": () => "neither Policy nor Expires",
  "policy-and-expires": () => "both Policy and Expires",
  "policy-undecodable": () => "not in CloudFront's base64",
  "policy-malformed": ({ policyProblem }) => policyProblem ?? "malformed",
  "signature-mismatch": ({ hash }) => `does not verify with ${hash}`,
  expired: ({ policy }) => `expired ${formatDuration(-(policy?.dateLessThan.fromNow ?? 0))} ago`,
  "not-yet-valid": ({ policy }) => `begins in ${formatDuration(policy?.dateGreaterThan?.fromNow ?? 0)}`,
  "ip-mismatch": ({ policy, request }) =>
    request.ip === undefined
      ? "AWS:SourceIp matches no address"
      : `${request.ip} is not in ${policy?.ipAddress ?? "AWS:SourceIp"}`,
  "resource-mismatch": () => "does not cover the URL",
};
