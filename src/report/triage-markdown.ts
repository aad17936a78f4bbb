/** A triage as Markdown, for the incident channel. */
import { codeSpan, escapeMarkdown, markdownTable } from "./markdown.ts";
import {
  countsText,
  headline,
  silenceText,
  sinceText,
  type TriagedGate,
  type TriageResult,
  untriedText,
} from "./triage.ts";

const NOTE =
  "Signed cookies guard the edge; they do not authenticate. The application must still authorize every request.";

export function triageMarkdown(result: TriageResult): string {
  const rows = result.gates.map((gate) => [
    escapeMarkdown(gate.gate),
    `**${headline(gate)}**${escapeMarkdown(sinceText(gate))}`,
    escapeMarkdown(gate.says),
    escapeMarkdown(gate.affected),
    gate.next === undefined ? "" : codeSpan(gate.next),
  ]);
  const details = result.gates.flatMap((gate) =>
    triageFacts(gate).length === 0
      ? []
      : [
          [
            `## ${escapeMarkdown(gate.gate)}`,
            "",
            ...triageFacts(gate).map((fact) => `- ${escapeMarkdown(fact)}`),
          ].join("\n"),
        ],
  );
  return `${[
    "# keyturn triage",
    [`${result.at}. ${countsText(result)}.`, ...untriedText(result).map(escapeMarkdown)].join("\n"),
    markdownTable(["gate", "verdict", "what", "affected", "type next"], rows),
    ...details,
    NOTE,
  ].join("\n\n")}\n`;
}

/** Besides verdict and next line. */
export function triageFacts({
  causes,
  silences,
  runbook,
  requests,
  warnings,
  warningsNext,
}: TriagedGate): string[] {
  return [
    ...(causes.length === 0 ? [] : [`findings: ${causes.join(", ")}`]),
    ...(warnings === undefined ? [] : [`audit warns: ${warnings.join(", ")}; ${warningsNext}`]),
    ...silences.map(silenceText),
    `canary requests: ${requests.met} of ${requests.sent} answered as expected`,
    ...(runbook === undefined ? [] : [`runbook: keyturn runbook show ${runbook}`]),
  ];
}
