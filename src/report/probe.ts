/** The report of `keyturn probe`: the matrix, the counts, what they prove and what they do not. */
import { EXIT } from "../exit-codes.ts";
import type { Finding } from "../finding.ts";
import { type Bypass, bypassFindings } from "../probe/bypass.ts";
import { probeCase } from "../probe/cases.ts";
import { probeFindings } from "../probe/findings.ts";
import type { JudgedOutcome } from "../probe/judge.ts";
import type { OriginLogAnswer } from "../probe/origin-log.ts";
import type { ProbePlan } from "../probe/plan.ts";
import type { ProbeRun } from "../probe/run.ts";
import { wrap } from "../text/layout.ts";
import { firstText } from "./findings.ts";
import { legend, matrixText } from "./probe-matrix.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface ProbeResult {
  readonly asked: number;
  readonly planned: number;
  /** Both controls were answered, so a denial is meaningful. */
  readonly controlled: boolean;
  readonly notAsked: readonly { readonly case: string; readonly because: string }[];
  readonly routesNotAsked: readonly { readonly route: string; readonly because: string }[];
  readonly edgeLocations: Readonly<Record<string, number>>;
  readonly originLog?: readonly {
    readonly route: string;
    readonly denied: number;
    readonly deniedSeen: number;
    readonly passed: number;
    readonly passedSeen: number;
  }[];
  readonly bypass?: {
    readonly origin: string;
    readonly asked: readonly {
      route: string;
      withCookies: boolean;
      host: string;
      verdict: string;
      told: string;
    }[];
  };
  readonly requests: readonly ProbeResultRow[];
}

interface ProbeResultRow {
  readonly route: string;
  readonly case: string;
  readonly method: string;
  readonly url: string;
  readonly expected: string;
  readonly verdict: JudgedOutcome["judgement"]["verdict"];
  readonly finding?: string;
  readonly because?: string;
  readonly status?: number;
  readonly layer?: string;
  readonly code?: string;
  readonly confidence?: string;
  readonly evidence?: readonly string[];
  readonly readableAcrossOrigins?: boolean;
  readonly edgeLocation?: string;
  readonly requestId?: string;
}

/** `before`: findings from setting up the run. */
export function probeReport(run: ProbeRun, before: readonly Finding[]): Report<ProbeResult> {
  const findings = [
    ...probeFindings(run.judged, run.origin),
    ...(run.bypass === undefined ? [] : bypassFindings(run.bypass)),
    ...before,
  ];
  const result = resultOf(run);
  const isUnreachable = run.judged.some(({ judgement }) => judgement.verdict === "not-asked");
  const onlyUnreachable =
    isUnreachable && !run.judged.some(({ judgement }) => judgement.verdict === "failed");
  return {
    outcome: outcomeOf(findings),
    result,
    findings,
    text: (style) => textOf(run, result, findings, style),
    closing: (style) => firstText(findings, style),
    exitCode: onlyUnreachable ? EXIT.remote : undefined,
  };
}

function resultOf({ plan, judged, origin, bypass }: ProbeRun): ProbeResult {
  const edgeLocations: Record<string, number> = {};
  for (const { answer } of judged) {
    if (answer?.pop !== undefined) edgeLocations[answer.pop] = (edgeLocations[answer.pop] ?? 0) + 1;
  }
  const isAnswered = (control: "positive" | "negative") =>
    judged.some(
      ({ request, answer }) => probeCase(request.caseId).control === control && answer !== undefined,
    );
  return {
    asked: judged.filter(({ judgement }) => judgement.verdict !== "not-asked").length,
    planned: plan.requests.length,
    controlled: isAnswered("positive") && isAnswered("negative"),
    notAsked: plan.left.map(({ caseId, because }) => ({ case: caseId, because })),
    routesNotAsked: plan.leftRoutes.map(({ label, because }) => ({ route: label, because })),
    edgeLocations,
    originLog: origin?.counts?.map(({ target, ...counts }) => ({ route: target.label, ...counts })),
    bypass: bypass && {
      origin: bypass.origin,
      asked: bypass.asked.map(({ target, withCookies, host, verdict, told }) => ({
        route: target.label,
        withCookies,
        host,
        verdict,
        told,
      })),
    },
    requests: judged.map(rowOf),
  };
}

function rowOf({ request, expectation, judgement, answer, unreachable }: JudgedOutcome): ProbeResultRow {
  return {
    route: request.target.label,
    case: request.caseId,
    method: request.method,
    url: request.url,
    expected: expectation.kind === "denied" ? expectation.codes.join(" or ") : expectation.kind,
    verdict: judgement.verdict,
    finding: judgement.verdict === "failed" ? judgement.fault : undefined,
    ...("because" in judgement ? { because: judgement.because } : {}),
    ...(answer === undefined
      ? { because: unreachable }
      : {
          status: answer.status,
          layer: answer.layer,
          code: answer.code,
          confidence: answer.confidence,
          evidence: answer.evidence,
          readableAcrossOrigins: answer.readable,
          edgeLocation: answer.pop,
          requestId: answer.requestId,
        }),
  };
}

/** The matrix alone can fill a screen, with ticks in it. */
function headline(findings: readonly Finding[], style: Style): readonly string[] {
  const errors = errorIds(findings);
  if (errors.length === 0) return [];
  return [style.bad(`${style.sign.fail} not as expected: ${errors.join(", ")}`), ""];
}

const errorIds = (findings: readonly Finding[]) => [
  ...new Set(findings.filter(({ severity }) => severity === "error").map(({ id }) => id)),
];

function textOf(run: ProbeRun, result: ProbeResult, findings: readonly Finding[], style: Style): string {
  const isAnswered = run.judged.some(({ answer }) => answer !== undefined);
  const lines = isAnswered
    ? [
        ...headline(findings, style),
        matrixText(run.judged, style),
        "",
        style.dim(legend(run.judged, style)),
        "",
      ]
    : [];
  const count = `${result.asked} of ${result.planned} requests ${result.asked < result.planned ? "answered" : "sent"}`;
  const places = Object.entries(result.edgeLocations)
    .sort()
    .map(([pop, times]) => `${pop} ${times}`);
  lines.push(count + (places.length === 0 ? "" : `; edge locations seen: ${places.join(", ")}`));
  for (const [because, cases] of leftByReason(run.plan))
    lines.push(`skipped: ${cases.join(", ")}: ${because}`);
  for (const { label, because } of run.plan.leftRoutes) lines.push(`skipped: ${label}: ${because}`);
  if (run.origin?.counts?.some(({ denied, passed }) => denied + passed > 0))
    lines.push(originLine(run.origin.counts));
  if (run.bypass !== undefined && run.bypass.asked.length > 0) lines.push(bypassLine(run.bypass));
  if (run.judged.some(({ answer }) => answer?.edge === "denied" && !answer.readable)) {
    lines.push("denials carry no CORS headers: code on another site sees status 0 instead");
  }
  const wrapped = lines.map((line) => (line.includes("\n") ? line : wrap(line, style.columns, 0, 2)));
  return [...wrapped, "", wrap(conclusion(run, result, findings), style.columns)].join("\n");
}

function leftByReason({ left }: ProbePlan): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { caseId, because } of left) reasons.set(because, [...(reasons.get(because) ?? []), caseId]);
  return reasons;
}

function originLine(counts: NonNullable<OriginLogAnswer["counts"]>): string {
  const total = (count: "denied" | "deniedSeen" | "passed" | "passedSeen") =>
    counts.reduce((sum, each) => sum + each[count], 0);
  const denied = total("denied");
  const others = `${total("passedSeen")} of the ${total("passed")} requests that the application answered`;
  if (denied === 0) return `the origin's log shows ${others}`;
  return `the origin's log shows ${total("deniedSeen") || "none"} of the ${denied} denied requests, and ${others}`;
}

function bypassLine({ origin, asked }: Bypass): string {
  const refused = asked.filter(({ verdict }) => verdict === "refused");
  const how = [...new Set(refused.map(({ told }) => told))].join("; ");
  const reasons = refused.length === 0 ? "" : ` (${how})`;
  return `straight to the origin, ${origin}: ${refused.length} of ${asked.length} refused${reasons}`;
}

function conclusion(
  { judged }: ProbeRun,
  { controlled, asked, planned }: ProbeResult,
  findings: readonly Finding[],
): string {
  const failed = judged.filter(({ judgement }) => judgement.verdict === "failed").length;
  if (failed > 0) return `${failed} of ${asked} requests got the wrong response.`;
  if (!controlled) return "This proves nothing: a run needs responses to a valid and an unsigned request.";
  if (asked < planned) return `Every request sent got the right response; ${planned - asked} got no answer.`;
  const errors = errorIds(findings);
  if (errors.length > 0) return `The edge answered every request correctly, but: ${errors.join(", ")}.`;
  return "The edge denies what it must and lets valid cookies pass. (A gate, not authentication: the application still authorizes.)";
}
