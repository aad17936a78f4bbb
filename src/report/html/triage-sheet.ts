/** A triage as one HTML page, for the incident channel. */
import { type Html, html, name } from "../../pictures/html.ts";
import { nextStepHtml, sheetText } from "../../pictures/sheet.ts";
import {
  countsText,
  headline,
  sinceText,
  type TriagedGate,
  type TriageResult,
  untriedText,
} from "../triage.ts";
import { triageFacts } from "../triage-markdown.ts";

const STATE = {
  open: "bad",
  "closed-to-everybody": "bad",
  degraded: "warn",
  "cannot-tell": "warn",
  healthy: "good",
} as const;
const SIGN = { bad: "✗", warn: "!", good: "✓" } as const;

export function triageHtml(result: TriageResult): string {
  const [worst] = result.gates;
  return sheetText({
    title: "triage",
    verdict: {
      state: worst === undefined ? "plain" : STATE[worst.verdict],
      says: [countsText(result), ...untriedText(result)].join("; "),
    },
    facts: [
      ["at", result.at],
      ["gates from", result.from === "account" ? "the account: there is no keyturn.yaml" : "keyturn.yaml"],
    ],
    next: worst?.next === undefined ? [] : [worst.next],
    written: result.at,
    body: result.gates.map(gateOf),
  });
}

function gateOf(gate: TriagedGate, at: number): Html {
  const state = STATE[gate.verdict];
  return html`<section id="gate-${at}" class="gate ${state}"><h2><span class="sign">${SIGN[state]}</span> ${name(gate.gate)}: ${headline(gate)}</h2>
<p>${name(gate.says)}${sinceText(gate)}</p><p>Affected: ${name(gate.affected)}</p>${gate.next !== undefined && nextStepHtml(gate.next)}
<ul>${triageFacts(gate).map((fact) => html`<li>${name(fact)}</li>`)}</ul></section>`;
}
