/** Turns judged responses into findings: one per kind of fault, with where it was seen and the command that repeats it. */
import { clockFindings } from "../answer-dates.ts";
import type { Finding } from "../finding.ts";
import { probeCase } from "./cases.ts";
import { CHECK_THE_WAY, FAULT_ORDER, faultNamed } from "./faults.ts";
import type { JudgedOutcome } from "./judge.ts";
import { LAYER_NAME } from "./layer.ts";
import type { OriginLogAnswer } from "./origin-log.ts";
import { repeatLine } from "./repeat.ts";
import { faultLines } from "./setting.ts";
import { unreachableFindings } from "./unreachable-hosts.ts";

/** More examples of one kind add nothing. */
const MOST_EXAMPLES = 3;

const SINGLED_OUT =
  "every bad request got this response and valid cookies got another: only the edge can tell them apart";

/** Most important first. Empty only if both controls were answered and nothing failed. */
export function probeFindings(run: readonly JudgedOutcome[], origin?: OriginLogAnswer): Finding[] {
  const faults = [
    ...faultsOf(run),
    ...unreachableFindings(run),
    ...missingControls(run),
    ...originFindings(origin),
  ].sort((one, other) => rank(one.id) - rank(other.id));
  return [...faults, ...machineClock(run)];
}

function faultsOf(run: readonly JudgedOutcome[]): Finding[] {
  const groups = new Map<string, JudgedOutcome[]>();
  for (const each of run) {
    const fault = faultOf(each);
    if (fault === undefined || isConsequence(each, fault, run)) continue;
    groups.set(fault, [...(groups.get(fault) ?? []), each]);
  }
  return [...groups].map(([fault, seen]) => findingOf(fault, seen));
}

/** A gate that lets nobody in, or everybody, gets half of the matrix right. */
function missingControls(run: readonly JudgedOutcome[]): Finding[] {
  const guarded = run.filter(({ request }) => request.target.protection === "edge");
  if (guarded.length === 0) return [simpleFinding("no-guarded-route", [])];
  // The hosts that did not answer are findings already.
  if (guarded.every(({ judgement }) => judgement.verdict === "not-asked")) return [];
  return (["positive", "negative"] as const).flatMap((control) => {
    const controls = guarded.filter(({ request }) => probeCase(request.caseId).control === control);
    if (controls.some(({ answer }) => answer !== undefined)) return [];
    const finding = simpleFinding(`no-${control}-control`, []);
    return controls.length === 0 ? [finding] : [{ ...finding, remedy: CHECK_THE_WAY }];
  });
}

function originFindings(origin: OriginLogAnswer | undefined): Finding[] {
  if (origin === undefined) return [];
  if (origin.counts === undefined) return [simpleFinding("origin-log-unreadable", [origin.because])];
  const called = origin.counts.filter(({ deniedSeen }) => deniedSeen > 0);
  const blind = origin.counts.filter(({ passed, passedSeen }) => passed > 0 && passedSeen === 0);
  const isUntested =
    origin.counts.some(({ denied }) => denied > 0) && origin.counts.every(({ passed }) => passed === 0);
  const labels = (of: typeof called) => of.map(({ target }) => target.label).join(", ");
  return [
    ...(called.length === 0
      ? []
      : [
          simpleFinding(
            "denied-but-origin-called",
            called.map(
              ({ target, denied, deniedSeen }) =>
                `${target.label}: the origin's log shows ${deniedSeen} of the ${denied} denied requests`,
            ),
            labels(called),
          ),
        ]),
    ...(blind.length === 0
      ? []
      : [
          simpleFinding(
            "origin-log-blind",
            blind.map(
              ({ target, passed }) =>
                `${target.label}: the log shows none of the ${passed} requests that the application answered`,
            ),
            labels(blind),
          ),
        ]),
    ...(isUntested ? [UNTESTED_LOG] : []),
  ];
}

/** A note, not a fault: the denials are proven, and only the log's confirmation is missing. */
const UNTESTED_LOG: Finding = {
  ...simpleFinding("origin-log-blind", [
    "every response to a viewer came from a cache or from something other than the application",
  ]),
  severity: "note",
  remedy: "choose a sample that is not cached",
};

function simpleFinding(id: string, evidence: readonly string[], where?: string): Finding {
  const { message, remedy, severity = "error" } = faultNamed(id);
  return { id, severity, message, basis: "observed", evidence, remedy, where };
}

function faultOf({ judgement }: JudgedOutcome): string | undefined {
  return judgement.verdict === "failed" ? judgement.fault : undefined;
}

/** On an open route, bad cookies that pass are the same fault. */
function isConsequence(each: JudgedOutcome, fault: string, run: readonly JudgedOutcome[]): boolean {
  if (!fault.endsWith("-allowed") || fault === "unsigned-allowed" || fault === "http-allowed") return false;
  return run.some(
    ({ request, judgement }) =>
      request.target === each.request.target &&
      judgement.verdict === "failed" &&
      judgement.fault === "unsigned-allowed",
  );
}

function rank(fault: string): number {
  const at = FAULT_ORDER.indexOf(fault);
  return at === -1 ? FAULT_ORDER.indexOf("unsigned-allowed") + 0.5 : at;
}

function findingOf(fault: string, faults: readonly JudgedOutcome[]): Finding {
  const { message, remedy, severity = "error" } = faultNamed(fault);
  const [first] = faults;
  const setting = faultLines(
    fault,
    faults.map(({ request }) => request.target),
  );
  const labels = [...new Set(faults.map(({ request }) => request.target.label))];
  const isInferred = fault === "denial-masked" && first?.answer?.layer !== "error-page";
  return {
    id: fault,
    severity,
    message,
    basis: isInferred ? "inferred" : "observed",
    evidence: [
      ...new Set(faults.slice(0, MOST_EXAMPLES).map(describeJudged)),
      ...(faults.length > MOST_EXAMPLES ? [`and ${faults.length - MOST_EXAMPLES} more like these`] : []),
      ...(isInferred ? [SINGLED_OUT] : (first?.answer?.evidence ?? [])),
      ...(first === undefined ? [] : [`again: ${repeatLine(first.request)}`]),
    ],
    remedy: remedy.replace("URL", first?.request.target.url ?? "URL"),
    setting,
    where: labels.length > MOST_EXAMPLES ? `${labels.length} routes` : labels.join(", "),
  };
}

/** Uses only the edge's own answers: a response that passed it has the origin's Date. */
function machineClock(run: readonly JudgedOutcome[]): readonly Finding[] {
  const own = run.flatMap(({ answer }) => (answer?.edge === "denied" ? [answer] : []));
  const off = own.flatMap(({ clockAhead }) => clockAhead ?? []);
  return clockFindings(
    off[0],
    "the edge's",
    `according to the Date of ${off.length} of ${own.length} denials`,
  );
}

/** `GET /api/*, expired: 200 by the application`. */
function describeJudged({ request, answer, judgement, expectation }: JudgedOutcome): string {
  const subject = `${request.method} ${request.target.label}, ${probeCase(request.caseId).title}`;
  if (answer === undefined) return judgement.verdict === "not-asked" ? judgement.because : subject;
  const who = answer.code ?? `${answer.status} by ${LAYER_NAME[answer.layer]}`;
  const wanted = expectation.kind === "denied" ? ` (expected ${expectation.codes.join(" or ")})` : "";
  return `${subject}: ${who}${wanted}`;
}
