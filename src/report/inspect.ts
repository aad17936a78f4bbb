/** The report of `inspect`: what was read, every condition, the verdict, then findings. */

import type { Finding } from "../finding.ts";
import type { Inspected } from "../inspect/inspect-input.ts";
import type { DisplayedInstant, Inspection } from "../inspect/inspection.ts";
import type { ResponseSender } from "../inspect/inspection-input.ts";
import { s3Findings } from "../inspect/s3-words.ts";
import { table, wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { shellWord } from "../text/shell-word.ts";
import { formatDuration } from "../time.ts";
import { conditionLines } from "./inspect-conditions.ts";
import { surveyText } from "./inspect-survey.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export function inspectReport(inspected: Inspected, { showSecrets }: { showSecrets: boolean }): Report {
  const { findings } = inspected;
  const outcome = outcomeOf(findings);
  if ("survey" in inspected) {
    const { survey } = inspected;
    const result = {
      ...survey,
      explained: survey.explained && shown(survey.explained, showSecrets),
    };
    const text = (style: Style) =>
      [
        surveyText(survey, style),
        ...(survey.explained ? [inspectText(survey.explained, showSecrets, style)] : []),
      ].join("\n\n");
    return { outcome, findings, result, text };
  }
  const { inspection } = inspected;
  return {
    outcome,
    findings,
    result: shown(inspection, showSecrets),
    text: (style) => inspectText(inspection, showSecrets, style),
  };
}

/** For a response alone: who sent it, and what a denial's code can mean. */
export function answerReport(
  answered: ResponseSender,
  file: string,
  url?: string,
  clock: readonly Finding[] = [],
): Report {
  const sentence =
    answered.says &&
    s3Findings(answered.says, {
      passed: answered.edge === "passed",
      url,
    });
  const denied: readonly Finding[] =
    sentence !== undefined
      ? sentence
      : answered.edge === "denied"
        ? [
            {
              id: "denied-by-signature-check",
              severity: "error",
              basis: "observed",
              message: `the edge's signature check denied the request${answered.code === undefined ? "" : `: ${CODE_MEANS[answered.code]}`}`,
              evidence: answered.evidence,
              remedy: `pbpaste | keyturn inspect - --response ${file === "-" ? "answer.txt" : shellWord(file)}`,
            },
          ]
        : [];
  const findings = [...denied, ...clock];
  return {
    outcome: outcomeOf(findings),
    findings,
    result: { answered },
    text: (style) =>
      [
        `${style.bold(String(answered.status))} answered by: ${answered.by}`,
        ...(answered.edge === "denied" ? [] : answered.evidence),
      ]
        .map((line, index) => wrap(line, style.columns, index === 0 ? 0 : 2, 2))
        .join("\n"),
  };
}

const CODE_MEANS: Readonly<Record<NonNullable<ResponseSender["code"]>, string>> = {
  MissingKey: "no key pair ID reached it, or a malformed one",
  InvalidKey: "the key pair ID is not in the key groups that the behavior trusts",
  AccessDenied: "expired, not yet valid, wrong address, wrong URL, or the signature does not verify",
  MalformedPolicy: "the policy is missing, or CloudFront cannot read it",
  MalformedSignature: "the signature is not in CloudFront's base64",
};

/** Values are credentials: shown only on request. */
const shown = ({ values, ...rest }: Inspection, showSecrets: boolean) =>
  showSecrets ? { ...rest, values: values.reveal() } : rest;

function inspectText(inspection: Inspection, showSecrets: boolean, style: Style): string {
  const blocks = [
    ...(needsNoBanner(inspection) ? [] : [unverifiedText(inspection, style)]),
    table(facts(inspection).map(([label, value]) => [style.dim(label), printable(value)])),
    ...(showSecrets
      ? [
          table(
            Object.entries(inspection.values.reveal()).map(([name, value]) => [
              style.dim(name),
              printable(value),
            ]),
          ),
        ]
      : []),
    table(conditionLines(inspection, style)),
    verdictText(inspection, style),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Verified, or nothing to verify. */
const needsNoBanner = ({ verified, conditions, carrier }: Inspection): boolean =>
  verified || conditions.length === 0 || carrier === "none";

function unverifiedText(inspection: Inspection, style: Style): string {
  const { form, keyPairId, trustedBy, policyKind, request, noDistribution, conditions } = inspection;
  const why = () => {
    if (form === "policy") return "a policy without its signature proves nothing";
    if (policyKind === "canned" && request.url === undefined)
      return "a canned policy needs the URL; give --url";
    if (noDistribution !== undefined) return `no distribution of the account serves ${noDistribution}`;
    if (trustedBy === undefined) return "no key given to verify the signature; anyone can write this";
    if (keyPairId === undefined) return "no key named to verify the signature";
    const isTrusted = conditions.some(({ name, state }) => name === "key" && state === "met");
    return isTrusted
      ? "the signature could not be verified: part of the set is missing or unreadable"
      : `${keyPairId} is not among the keys of ${trustedBy}`;
  };
  return style.warn(wrap(`${style.sign.warn} unverified: ${why()}`, style.columns, 0, 2));
}

function facts(inspection: Inspection): [label: string, value: string][] {
  const { request, source, carrier, policyKind, policy, keyPairId, hash, sizes } = inspection;
  const lines: [string, string | undefined][] = [
    ["input", source],
    ["request", request.url === undefined ? undefined : `${request.method} ${request.url}`],
    ["viewer", request.ip],
    ["at", request.at],
    ["signed by", carrier === "none" ? undefined : carrierText(carrier, policyKind)],
    ["key pair ID", keyPairId],
    ["trusted by", inspection.trustedBy],
    ["hash", carrier === "none" ? undefined : hash],
    ["Resource", policy && (policy.resource ?? (policyKind === "custom" ? "none: every file" : undefined))],
    ["not before", policy?.dateGreaterThan && momentText(policy.dateGreaterThan)],
    ["expires", policy && momentText(policy.dateLessThan)],
    ["IpAddress", policy?.ipAddress],
    ["sizes", sizesText(sizes)],
    ["answered", inspection.answered && `${inspection.answered.status} by ${inspection.answered.by}`],
  ];
  return lines.filter((line): line is [string, string] => line[1] !== undefined && line[1] !== "");
}

function carrierText(carrier: "cookies" | "query", kind: Inspection["policyKind"]): string {
  const where = carrier === "cookies" ? "cookies" : "the URL's query";
  return kind === undefined ? where : `${where}, ${kind} policy`;
}

function momentText({ epoch, utc, fromNow }: DisplayedInstant): string {
  const relative = fromNow < 0 ? `${formatDuration(-fromNow)} ago` : `in ${formatDuration(fromNow)}`;
  const local = localTime(epoch);
  return [utc, ...(local === undefined ? [] : [`${local} here`]), relative].join("  ");
}

/** With the offset of this machine's time zone; undefined if that is UTC. */
function localTime(epoch: number): string | undefined {
  const offset = -new Date(epoch * 1000).getTimezoneOffset();
  if (!Number.isFinite(offset) || offset === 0) return undefined;
  const shifted = new Date((epoch + offset * 60) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${shifted} ${offset < 0 ? "-" : "+"}${pad(hours)}:${pad(minutes)}`;
}

function sizesText({ policy, signature, cookies }: Inspection["sizes"]): string {
  const parts = [
    ...(policy === undefined ? [] : [`policy ${policy}`]),
    ...(signature === undefined ? [] : [`signature ${signature}`]),
    ...(cookies === undefined ? [] : [`in all ${cookies}`]),
  ];
  return parts.length === 0 ? "" : `${parts.join(", ")} bytes`;
}

function verdictText({ verdict, code, verified }: Inspection, style: Style): string {
  if (verdict === "deny") return style.bad(style.bold(`DENY  the edge would answer 403 ${code}`));
  if (verdict === "unknown") {
    return style.warn(style.bold("NOT DECIDED  nothing that was checked denies it"));
  }
  const why = verified ? "the edge would let it pass" : "the behavior requires no signature";
  return style.good(style.bold(`ALLOW  ${why}`));
}
