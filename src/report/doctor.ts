/** `keyturn doctor`, told: the chain link by link, then the likeliest cause; the findings follow it. */
import type { Diagnosis } from "../audit/doctor/diagnose.ts";
import { chainOf, type Link } from "../audit/doctor/links.ts";
import type { DoctorSnapshot } from "../audit/doctor/snapshot.ts";
import { visibleWidth, wrap } from "../text/layout.ts";
import type { Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface DoctorResult {
  /** Without query: that may hold anything. */
  readonly url: string;
  readonly chain: readonly Link[];
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
    chain: chainOf(snapshot),
    likeliest: likeliest?.id,
    answers: snapshot.answers.map(({ with: asked, status, classification, unreachable }) => ({
      with: asked,
      status,
      ...(classification !== undefined && { layer: classification.layer, edge: classification.edge }),
      code: classification?.code,
      unreachable,
    })),
  };
  return {
    outcome: likeliest === undefined ? "done" : "finding",
    result,
    findings: likeliest === undefined ? rest : [likeliest, ...rest],
    text: (style) => doctorText(result, style),
  };
}

function doctorText({ url, chain, likeliest }: DoctorResult, style: Style): string {
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
  const verdict =
    likeliest === undefined
      ? "Nothing wrong was seen with this URL."
      : `${style.bold(`Most likely: ${likeliest}.`)} It is the first of these:`;
  return [style.bold(url), ...lines, "", verdict].join("\n");
}
