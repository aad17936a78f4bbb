/** A probe as one HTML page: the matrix with expandable cells, what the counts prove, the findings. */
import type { Finding } from "../../finding.ts";
import { type Cell, type CellFact, matrixHtml } from "../../pictures/cells.ts";
import { findingList, remedyOf } from "../../pictures/finding-list.ts";
import { html, name } from "../../pictures/html.ts";
import { type Sheet, sheetText } from "../../pictures/sheet.ts";
import { tableOf } from "../../pictures/table.ts";
import { CASE_IDS, probeCase } from "../../probe/cases.ts";
import type { JudgedOutcome } from "../../probe/judge.ts";
import { LAYER_NAME } from "../../probe/layer.ts";
import { type EpochSeconds, formatInstant } from "../../time.ts";
import type { ProbeResult } from "../probe.ts";
import { answerText, WORST } from "../probe-matrix.ts";

export function probeHtml(
  judged: readonly JudgedOutcome[],
  findings: readonly Finding[],
  result: ProbeResult,
  at: EpochSeconds,
): string {
  const routes = [...new Set(judged.map(({ request }) => request.target.label))];
  const cases = CASE_IDS.filter((caseId) => judged.some(({ request }) => request.caseId === caseId));
  const rows = cases.map((caseId) => ({
    title: probeCase(caseId).title,
    cells: routes.map((label) =>
      cellOf(
        judged.filter(({ request }) => request.caseId === caseId && request.target.label === label),
        findings,
      ),
    ),
  }));
  const places = Object.entries(result.edgeLocations).sort();
  return sheetText({
    title: `probe of ${routes.length} ${routes.length === 1 ? "route" : "routes"}`,
    verdict: verdictOf(judged, result),
    facts: [
      ["sent", `${result.asked} of ${result.planned} requests`],
      ["controls", result.controlled ? "both answered" : "missing: the run proves nothing"],
      [
        "edge locations seen",
        places.length === 0
          ? "none named itself"
          : places.map(([pop, times], index) => html`${index > 0 && ", "}${name(pop)} (${times})`),
      ],
      ["at", formatInstant(at)],
    ],
    written: formatInstant(at),
    body: [
      html`<section id="matrix"><h2>Who answered what</h2><p class="none">Open a cell to see its request, the answer, the evidence and the fix.</p>${matrixHtml({ rows, columns: routes })}</section>`,
      findingList(findings, "Nothing was found: every answer was the right one."),
      besides(result),
    ],
  });
}

function verdictOf(
  judged: readonly JudgedOutcome[],
  { controlled, asked, planned }: ProbeResult,
): Sheet["verdict"] {
  const failed = judged.filter(({ judgement }) => judgement.verdict === "failed").length;
  if (failed > 0) return { state: "bad", says: `${failed} of ${asked} requests got the wrong response` };
  if (!controlled)
    return {
      state: "warn",
      says: "This proves nothing: a run needs responses to a valid and an unsigned request",
    };
  if (asked < planned)
    return {
      state: "warn",
      says: `Every request sent got the right response; ${planned - asked} were not sent`,
    };
  return { state: "good", says: "The edge denies what it must and lets valid cookies pass" };
}

function cellOf(judged: readonly JudgedOutcome[], findings: readonly Finding[]): Cell | undefined {
  const [worst] = judged.toSorted(
    (one, other) => WORST.indexOf(one.judgement.verdict) - WORST.indexOf(other.judgement.verdict),
  );
  if (worst === undefined) return undefined;
  const isShared = judged.every((each) => answerText(each) === answerText(worst));
  const answer = answerText(worst);
  const { verdict } = worst.judgement;
  return {
    verdict,
    answer: isShared || verdict === "met" ? answer : `${worst.request.method} ${answer}`,
    inside: judged.flatMap((each) => factsOf(each, findings)),
  };
}

function factsOf(
  { request, expectation, answer, judgement, unreachable }: JudgedOutcome,
  findings: readonly Finding[],
): CellFact[] {
  const { method, url, target } = request;
  const expected =
    expectation.kind === "denied" ? `denied: ${expectation.codes.join(" or ")}` : EXPECTED[expectation.kind];
  const fault = judgement.verdict === "failed" ? judgement.fault : undefined;
  const finding =
    findings.find(({ id, where }) => id === fault && where?.includes(target.label)) ??
    findings.find(({ id }) => id === fault);
  return [
    { label: "request", text: html`<code>${method} ${name(url)}</code>` },
    { label: "expected", text: expected },
    {
      label: "answer",
      text:
        answer === undefined
          ? (unreachable ?? "no answer")
          : html`${answer.status}${answer.code !== undefined && ` ${answer.code}`}, ${LAYER_NAME[answer.layer]}${answer.pop !== undefined && html` at ${name(answer.pop)}`}`,
    },
    ...("because" in judgement ? [{ label: "why", text: name(judgement.because) }] : []),
    ...(answer === undefined || answer.evidence.length === 0
      ? []
      : [
          {
            label: "evidence",
            text: html`<ul>${answer.evidence.map((each) => html`<li>${name(each)}</li>`)}</ul>`,
          },
        ]),
    ...(fault === undefined ? [] : [{ label: "finding", text: html`<code>${fault}</code>` }]),
    ...(finding?.remedy === undefined ? [] : [{ label: "fix", text: remedyOf(finding.remedy) }]),
  ];
}

const EXPECTED = {
  passed: "passes the edge",
  observed: "undocumented: reported, not judged",
  "application-refuses": "the application refuses",
  "https-only": "nothing but https",
} as const;

function besides({ notAsked, routesNotAsked, originLog = [], bypass }: ProbeResult) {
  const left = [
    ...notAsked.map(({ case: what, because }) => [name(what), name(because)]),
    ...routesNotAsked.map(({ route, because }) => [name(route), name(because)]),
  ];
  return html`<section id="besides"><h2>Also</h2>${tableOf({ caption: "Not sent", head: ["case or route", "because"], rows: left, empty: "Every case was sent." })}${
    originLog.length > 0 &&
    tableOf({
      caption: "The origin's own log",
      head: ["route", "denied", "of these seen there", "passed", "of these seen there "],
      rows: originLog.map((each) => [
        name(each.route),
        each.denied,
        each.deniedSeen,
        each.passed,
        each.passedSeen,
      ]),
    })
  }${
    bypass !== undefined &&
    tableOf({
      caption: `Straight to the origin, ${bypass.origin}`,
      head: ["route", "cookies", "as host", "verdict", "answer"],
      rows: bypass.asked.map(({ route, withCookies, host, verdict, told }) => [
        name(route),
        withCookies ? "valid" : "none",
        name(host),
        verdict,
        name(told),
      ]),
    })
  }</section>`;
}
