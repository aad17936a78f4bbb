/** What `inspect` tells a person: what was read, every condition, the verdict; findings follow it. */
import type { Inspection, Moment } from "../edge/inspection.ts";
import type { Finding } from "../finding.ts";
import { formatDuration } from "../time.ts";
import { conditionLines } from "./inspect-conditions.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";
import { table, wrap } from "./text.ts";

export function inspectReport(inspection: Inspection, findings: readonly Finding[]): Report<Inspection> {
  return {
    outcome: outcomeOf(findings),
    result: inspection,
    findings,
    text: (style) => inspectText(inspection, style),
  };
}

export function inspectText(inspection: Inspection, style: Style): string {
  const blocks = [
    ...(inspection.verified || inspection.carrier === "none" ? [] : [unverifiedText(inspection, style)]),
    table(facts(inspection).map(([label, value]) => [style.dim(label), value])),
    table(conditionLines(inspection, style)),
    verdictText(inspection, style),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function unverifiedText({ form }: Inspection, style: Style): string {
  const why =
    form === "policy"
      ? "a policy without its signature proves nothing"
      : "no key was given that could check the signature; anybody can write this";
  return style.warn(wrap(`${style.sign.warn} unverified: ${why}`, style.columns, 0, 2));
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
    ["hash", carrier === "none" ? undefined : hash],
    ["Resource", policy && (policy.resource ?? (policyKind === "custom" ? "none: every file" : undefined))],
    ["not before", policy?.dateGreaterThan && momentText(policy.dateGreaterThan)],
    ["expires", policy && momentText(policy.dateLessThan)],
    ["IpAddress", policy?.ipAddress],
    ["sizes", sizesText(sizes)],
  ];
  return lines.filter((line): line is [string, string] => line[1] !== undefined && line[1] !== "");
}

function carrierText(carrier: "cookies" | "query", kind: Inspection["policyKind"]): string {
  const where = carrier === "cookies" ? "cookies" : "the URL's query";
  return kind === undefined ? where : `${where}, ${kind} policy`;
}

function momentText({ epoch, utc, fromNow }: Moment): string {
  const relative = fromNow < 0 ? `${formatDuration(-fromNow)} ago` : `in ${formatDuration(fromNow)}`;
  const local = localTime(epoch);
  return [utc, ...(local === undefined ? [] : [`${local} here`]), relative].join("  ");
}

/** With the offset of this machine's zone; undefined where that is UTC. */
function localTime(epoch: number): string | undefined {
  const offset = -new Date(epoch * 1000).getTimezoneOffset();
  if (!Number.isFinite(offset) || offset === 0) return undefined;
  const shifted = new Date((epoch + offset * 60) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${shifted} ${offset < 0 ? "-" : "+"}${pad(hours)}:${pad(minutes)}`;
}

function sizesText({ policy, signature, cookies }: Inspection["sizes"]): string {
  return [
    ...(policy === undefined ? [] : [`policy ${policy} bytes`]),
    ...(signature === undefined ? [] : [`signature ${signature} characters`]),
    ...(cookies === undefined ? [] : [`CloudFront's cookies ${cookies} bytes`]),
  ].join(", ");
}

function verdictText({ verdict, code, verified, carrier }: Inspection, style: Style): string {
  if (verdict === "deny") return style.bad(style.bold(`DENY  CloudFront would answer 403 ${code}`));
  if (verdict === "unknown") {
    return style.warn(style.bold("NOT DECIDED  nothing that could be checked refuses it"));
  }
  const note = carrier === "none" ? "  the behavior asks for no signature" : "";
  return style.good(style.bold(`ALLOW${verified ? "  the edge would let it pass" : note}`));
}
