/** The report of `keyturn probe --flow`: the steps of a viewer's session, each with its evidence. */
import type { FlowRun, FlowStep } from "../probe/flow.ts";
import { wrap } from "../text/layout.ts";
import { firstText } from "./findings.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface FlowResult {
  readonly gate: string;
  readonly steps: readonly FlowStep[];
  /** The steps with a verdict. */
  readonly judged: number;
}

export function flowReport(gate: string, { steps, findings }: FlowRun): Report<FlowResult> {
  const judged = steps.filter(({ verdict }) => verdict === "met" || verdict === "failed").length;
  return {
    outcome: outcomeOf(findings),
    result: { gate, steps, judged },
    findings,
    text: (style) => flowText(gate, steps, style),
    closing: (style) => firstText(findings, style),
  };
}

function flowText(gate: string, steps: readonly FlowStep[], style: Style): string {
  const failed = steps.filter(({ verdict }) => verdict === "failed").length;
  const left = steps.filter(({ verdict }) => verdict === "left").length;
  const tested = steps.length - left;
  return [
    style.bold(`login flow of gate ${gate}`),
    "",
    ...steps.map((step) => stepText(step, style)),
    "",
    failed > 0
      ? `${failed} of ${tested} steps failed.`
      : `All ${tested} steps passed${left > 0 ? `; ${left} could not be tested` : ""}.`,
  ].join("\n");
}

function stepText({ title, verdict, told }: FlowStep, style: Style): string {
  const { ok, fail, bullet, skip } = style.sign;
  const sign = {
    met: style.good(ok),
    failed: style.bad(fail),
    said: style.dim(bullet),
    left: style.warn(skip),
  }[verdict];
  const width = Math.max(ok.length, fail.length) + 1;
  const gap = " ".repeat(width - { met: ok, failed: fail, said: bullet, left: skip }[verdict].length);
  return `${sign}${gap}${title}\n${wrap(style.dim(told), style.columns, width + 2)}`;
}
