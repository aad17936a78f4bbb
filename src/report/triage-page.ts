/** A triage as a page for the incident channel: Markdown, or one HTML file that loads nothing and runs no script. */
import { printable } from "../text/printable.ts";
import { codeSpan, escapeMarkdown, markdownTable } from "./markdown.ts";
import { countsText, sinceText, type TriagedGate, type TriageResult, VERDICT_NAME } from "./triage.ts";

const NOTE =
  "Signed cookies guard the edge; they do not authenticate. The application must still authorize every request.";

export function triageMarkdown(result: TriageResult): string {
  const rows = result.gates.map((gate) => [
    escapeMarkdown(gate.gate),
    `**${VERDICT_NAME[gate.verdict]}**${escapeMarkdown(sinceText(gate))}`,
    escapeMarkdown(gate.says),
    escapeMarkdown(gate.affected),
    gate.next === undefined ? "" : codeSpan(gate.next),
  ]);
  const details = result.gates.flatMap((gate) =>
    factsOf(gate).length === 0
      ? []
      : [
          [
            `## ${escapeMarkdown(gate.gate)}`,
            "",
            ...factsOf(gate).map((fact) => `- ${escapeMarkdown(fact)}`),
          ].join("\n"),
        ],
  );
  return `${[
    "# keyturn triage",
    `${result.at}. ${countsText(result)}.`,
    markdownTable(["gate", "verdict", "what", "affected", "type next"], rows),
    ...details,
    NOTE,
  ].join("\n\n")}\n`;
}

function factsOf({ causes, silences, runbook, requests }: TriagedGate): string[] {
  return [
    ...(causes.length === 0 ? [] : [`findings: ${causes.join(", ")}`]),
    ...silences.map(({ source, message }) => `${source} not read: ${message}`),
    `canary requests: ${requests.met} of ${requests.sent} answered as they must be`,
    ...(runbook === undefined ? [] : [`runbook: keyturn runbook show ${runbook}`]),
  ];
}

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}" +
  "section{border-left:.4rem solid #888;padding:.1rem 1rem;margin:1rem 0}.open,.closed-to-everybody{border-color:#c62828}" +
  ".degraded,.cannot-tell{border-color:#e09000}.healthy{border-color:#2e7d32}pre{white-space:pre-wrap;overflow-wrap:anywhere}";

export function triageHtml(result: TriageResult): string {
  const sections = result.gates.map(
    (gate) => `<section class="${gate.verdict}">
<h2>${escapeHtml(gate.gate)}: ${escapeHtml(VERDICT_NAME[gate.verdict])}</h2>
<p>${escapeHtml(gate.says)}${escapeHtml(sinceText(gate))}</p>
<p>Affected: ${escapeHtml(gate.affected)}</p>${
      gate.next === undefined ? "" : `\n<pre><code>${escapeHtml(gate.next)}</code></pre>`
    }
<ul>
${factsOf(gate)
  .map((fact) => `<li>${escapeHtml(fact)}</li>`)
  .join("\n")}
</ul>
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>keyturn triage, ${escapeHtml(result.at)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(countsText(result))}</h1>
<p>${escapeHtml(result.at)}</p>
${sections.join("\n")}
<p>${escapeHtml(NOTE)}</p>
</body>
</html>
`;
}

const ENTITY: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITY[character] ?? "");
}
