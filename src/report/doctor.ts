/** The report of `keyturn doctor`: the chain link by link, then the likeliest cause and the findings. */
import type { Diagnosis } from "../audit/doctor/diagnose.ts";
import { type ChainLink, chainOf } from "../audit/doctor/links.ts";
import type { DoctorSnapshot } from "../audit/doctor/snapshot.ts";
import type { Finding } from "../finding.ts";
import { runbookOf } from "../help/pages-by-id.ts";
import { visibleWidth, wrap } from "../text/layout.ts";
import { shellWord } from "../text/shell-word.ts";
import { findingsText, firstText, remedyText } from "./findings.ts";
import type { Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface DoctorResult {
  /** Without the query, which may hold anything. */
  readonly url: string;
  readonly chain: readonly ChainLink[];
  /** Id of the finding. */
  readonly likeliest?: string;
  readonly answers: readonly {
    readonly with: string;
    readonly status?: number;
    readonly layer?: string;
    readonly code?: string;
    readonly edge?: string;
    readonly unreachable?: string;
  }[];
}

export function doctorReport(snapshot: DoctorSnapshot, { likeliest, rest }: Diagnosis): Report<DoctorResult> {
  const result: DoctorResult = {
    url: snapshot.url.split("?")[0] ?? snapshot.url,
    chain: withCulprit(chainOf(snapshot), likeliest),
    likeliest: likeliest?.id,
    answers: snapshot.answers.map(({ with: credential, status, classification, unreachable }) => ({
      with: credential,
      status,
      layer: classification?.layer,
      edge: classification?.edge,
      code: classification?.code,
      unreachable,
    })),
  };
  const findings = likeliest === undefined ? rest : [likeliest, ...rest];
  const isWell = result.chain.every(({ state }) => state !== "fail");
  return {
    outcome: likeliest === undefined && isWell ? "done" : "finding",
    result,
    findings,
    findingsOn: "text",
    text: (style) =>
      [
        doctorText(result, findings, style),
        findingsText(findings, style, runbookOf),
        lastText(result, findings, style),
      ]
        .filter((part) => part !== "")
        .join("\n\n"),
  };
}

/** The link that the likeliest cause names gets no tick, even if the link alone looks fine. */
function withCulprit(chain: readonly ChainLink[], likeliest: Finding | undefined): ChainLink[] {
  const where = likeliest?.severity === "error" ? likeliest.where : undefined;
  const places = where?.split(/[, ]+/) ?? [];
  const culprit = places.findLast((place) =>
    chain.some(({ says }) => says.split(/[\s(),:]+/).includes(place)),
  );
  return chain.map((link) => {
    const isNamed = culprit !== undefined && link.says.split(/[\s(),:]+/).includes(culprit);
    return isNamed && link.state === "ok" && !/^(?:host|distribution)$/.test(link.name)
      ? { ...link, state: "fail" }
      : link;
  });
}

function doctorText(
  { url, chain, likeliest }: DoctorResult,
  findings: readonly Finding[],
  style: Style,
): string {
  const widest = Math.max(...chain.map(({ name }) => name.length));
  const signs = {
    ok: style.good(style.sign.ok),
    fail: style.bad(style.sign.fail),
    unknown: style.dim(style.sign.skip),
  };
  const signWidth = Math.max(...Object.values(signs).map(visibleWidth));
  const lines = chain.map(({ name, state, says }) => {
    const sign = signs[state] + " ".repeat(signWidth - visibleWidth(signs[state]));
    const hanging = signWidth + widest + 4;
    return `${sign}  ${name.padEnd(widest)}${wrap(says, style.columns, hanging, hanging).slice(signWidth + widest + 2)}`;
  });
  const failed = chain.find(({ state }) => state === "fail");
  const verdict =
    likeliest === undefined
      ? failed === undefined
        ? wellText(findings)
        : `${style.bold(`"${failed.name}" failed`)}, and none of the checks explains it.`
      : `${style.bold(`Most likely: ${likeliest}.`)} See the first finding:`;
  return [style.bold(url), ...lines, "", verdict].join("\n");
}

/** Repeated, because other findings may have scrolled it off a small terminal. Only a cause: a mere warning is none. */
function lastText(
  { likeliest, chain, url }: DoctorResult,
  findings: readonly Finding[],
  style: Style,
): string {
  if (likeliest !== undefined) return firstText(findings, style);
  return chain.some(({ state }) => state === "fail")
    ? `${style.bold("Who answers there:")}\n${remedyText(`keyturn probe ${shellWord(url)}`, style)}`
    : "";
}

function wellText(findings: readonly Finding[]): string {
  return findings.some(({ severity }) => severity !== "note")
    ? "This URL works. Its gate has other faults:"
    : "Found nothing wrong with this URL.";
}
