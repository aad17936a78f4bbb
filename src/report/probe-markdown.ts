/** A probe as Markdown, for a repository, an auditor or GitHub's step summary: the matrix, the counts, the findings. */
import type { Finding } from "../finding.ts";
import { CASE_IDS, probeCase } from "../probe/cases.ts";
import type { JudgedOutcome } from "../probe/judge.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import { codeSpan, escapeMarkdown, findingsMarkdown, markdownTable } from "./markdown.ts";
import type { ProbeResult } from "./probe.ts";

export function probeMarkdown(
  judged: readonly JudgedOutcome[],
  findings: readonly Finding[],
  result: ProbeResult,
  at: EpochSeconds,
): string {
  const labels = [...new Set(judged.map(({ request }) => request.target.label))];
  const rows = CASE_IDS.filter((caseId) => judged.some(({ request }) => request.caseId === caseId)).map(
    (caseId) => [
      escapeMarkdown(probeCase(caseId).title),
      ...labels.map((label) =>
        cellOf(judged.filter(({ request }) => request.caseId === caseId && request.target.label === label)),
      ),
    ],
  );
  const places = Object.keys(result.edgeLocations).length;
  return [
    "# keyturn probe",
    "",
    `${formatInstant(at)}: ${result.asked} of ${result.planned} requests sent, ${places} edge locations seen. ` +
      controlsLine(judged),
    "",
    markdownTable(["case", ...labels.map(escapeMarkdown)], rows),
    "",
    ...result.notAsked.map(
      ({ case: name, because }) => `- skipped: ${escapeMarkdown(`${name}: ${because}`)}`,
    ),
    ...result.routesNotAsked.map(
      ({ route, because }) => `- skipped: ${escapeMarkdown(`${route}: ${because}`)}`,
    ),
    ...(result.originLog ?? []).map(
      ({ route, denied, deniedSeen }) =>
        `- ${escapeMarkdown(route)}: the origin's log shows ${deniedSeen} of the ${denied} denied requests`,
    ),
    ...(result.bypass?.asked ?? []).map(
      ({ route, withCookies, host, verdict, told }) =>
        `- straight to the origin, ${escapeMarkdown(route)}, ${withCookies ? "valid cookies" : "no cookies"}, as ${codeSpan(host)}: ${verdict} (${escapeMarkdown(told)})`,
    ),
    "",
    "## Findings",
    "",
    findings.length === 0 ? "None." : findingsMarkdown(findings),
    "",
    "Signed cookies are an edge gate, not authentication: the application still authorizes every request.",
    "",
  ].join("\n");
}

/** Says whether each control failed, not only that it was answered, since people grep for "control". */
function controlsLine(judged: readonly JudgedOutcome[]): string {
  const states = (["positive", "negative"] as const).map((control) => {
    const sent = judged.filter(
      ({ request, answer }) => probeCase(request.caseId).control === control && answer !== undefined,
    );
    const failed = sent.filter(({ judgement }) => judgement.verdict === "failed");
    const isMet = sent.some(({ judgement }) => judgement.verdict === "met");
    if (failed.length > 0) return `**${control} control FAILED**`;
    if (isMet) return `${control} control answered as expected`;
    return `**${control} control MISSING**`;
  });
  const isGood = states.every((state) => !state.startsWith("*"));
  return `${states.join("; ")}.${isGood ? "" : " **This proves nothing.**"}`;
}

const SIGN = { failed: "❌", "not-asked": "➖", unproved: "❔", observed: "ℹ️", met: "✅" } as const;
type Verdict = keyof typeof SIGN;

function cellOf(sent: readonly JudgedOutcome[]): string {
  const worst = (Object.keys(SIGN) as Verdict[]).find((verdict) =>
    sent.some(({ judgement }) => judgement.verdict === verdict),
  );
  if (worst === undefined) return "";
  const answers = sent
    .filter(({ judgement }) => judgement.verdict === worst)
    .map(({ answer }) =>
      answer === undefined ? "no answer" : (answer.code ?? `${answer.status} ${answer.layer}`),
    );
  return `${SIGN[worst]} ${escapeMarkdown([...new Set(answers)].join(", "))}`;
}
