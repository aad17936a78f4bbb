/** What only the whole run shows: HEAD compared with its GET, masked denials, and failures that merely follow from others. */
import { probeCase } from "./cases.ts";
import { type JudgedOutcome, type Judgement, judge } from "./judge.ts";
import type { ProbeOutcome } from "./outcome.ts";

/** Pure. Judges a run by comparing the responses of each target. */
export function judgeRun(run: readonly ProbeOutcome[]): JudgedOutcome[] {
  const routes = byTarget(run).map((judged) => {
    const read = judged.map((each) => withBodyOfGet(each, judged));
    const first = read.map((outcome) => ({ ...outcome, judgement: judge(outcome) }));
    const second = first.map((each) => ({
      ...each,
      judgement:
        silentHost(each, first) ??
        hiddenDenial(each, first) ??
        wrongClock(each, first) ??
        consequence(each, first) ??
        each.judgement,
    }));
    return second.map((each) => ({ ...each, judgement: judgementOfGet(each, second) ?? each.judgement }));
  });
  const judged = new Map(routes.flat().map((each) => [each.request.number, each]));
  return run.map(({ request }) => judged.get(request.number) as JudgedOutcome);
}

/** HEAD has no body to recognize: with equal status and headers it counts as the same response as its GET. */
function withBodyOfGet(each: ProbeOutcome, judged: readonly ProbeOutcome[]): ProbeOutcome {
  const { answer } = each;
  const get = getOf(each, judged);
  if (answer?.layer !== "unsure" || get?.answer?.head !== answer.head) return each;
  const { layer, edge } = get.answer;
  const evidence = [`status ${answer.status} like GET, whose body identifies it`, ...get.answer.evidence];
  return { ...each, answer: { ...answer, layer, edge, confidence: "likely", evidence } };
}

function getOf<Kind extends ProbeOutcome>(each: Kind, judged: readonly Kind[]): Kind | undefined {
  if (each.request.method !== "HEAD") return undefined;
  return judged.find(({ request }) => request.caseId === each.request.caseId && request.method === "GET");
}

/**
 * A custom error page looks like the application's own answer. But only the edge can tell a bad signature from a good
 * one: if every bad request got the same answer and the good one a different answer, the edge sent it.
 */
function hiddenDenial(each: JudgedOutcome, judged: readonly JudgedOutcome[]): Judgement | undefined {
  const { expectation, judgement, answer, request } = each;
  if (expectation.kind !== "denied" || judgement.verdict !== "failed" || answer === undefined)
    return undefined;
  const provesLayer = judgement.fault.endsWith("-allowed") || judgement.fault === "denial-unrecognised";
  if (!provesLayer || answer.layer === "edge-no-origin" || answer.status === 401) return undefined;
  const alike = judged.filter(({ request: other }) => other.method === request.method);
  const bad = alike.filter(({ expectation: other }) => other.kind === "denied");
  const good = alike.filter(isPositive).flatMap(({ answer: other }) => other ?? []);
  const isUniform = bad.length > 1 && bad.every(({ answer: other }) => other?.print === answer.print);
  const isSingledOut = good.length > 0 && good.every(({ print }) => print !== answer.print);
  return isUniform && isSingledOut ? { verdict: "failed", fault: "denial-masked" } : undefined;
}

/** No answer over plain HTTP is good, unless the host answers nothing at all. */
function silentHost(each: JudgedOutcome, judged: readonly JudgedOutcome[]): Judgement | undefined {
  if (each.answer !== undefined || judged.some(({ answer }) => answer !== undefined)) return undefined;
  return { verdict: "not-asked", because: each.unreachable ?? "no answer" };
}

/** Cookies that start in an hour pass and current ones do not, so the edge's clock is ahead of ours. */
function wrongClock(each: JudgedOutcome, judged: readonly JudgedOutcome[]): Judgement | undefined {
  const isEarly = ({ request, answer }: JudgedOutcome) =>
    request.caseId === "not-yet-valid" && answer?.edge === "passed";
  const isOver = (other: JudgedOutcome) => isPositive(other) && other.answer?.code === "AccessDenied";
  if (!isEarly(each) && !isOver(each)) return undefined;
  return judged.some(isEarly) && judged.some(isOver)
    ? { verdict: "failed", fault: "clock-behind" }
    : undefined;
}

/** If valid cookies are denied too, no other denial proves its own cause. */
function consequence(each: JudgedOutcome, judged: readonly JudgedOutcome[]): Judgement | undefined {
  const { judgement } = each;
  if (judgement.verdict !== "failed" || judgement.fault !== "denied-with-another-code") return undefined;
  const isDenied = judged.some((other) => isPositive(other) && other.answer?.edge === "denied");
  return isDenied ? { verdict: "unproved", because: "valid cookies are denied too" } : undefined;
}

/** Responses to HEAD cannot be told apart, because they have no body: a fault seen on GET applies to HEAD too. */
function judgementOfGet(each: JudgedOutcome, judged: readonly JudgedOutcome[]): Judgement | undefined {
  const get = getOf(each, judged);
  const isSame = get?.answer?.status === each.answer?.status;
  const bothFailed = each.judgement.verdict === "failed" && get?.judgement.verdict === "failed";
  return isSame && bothFailed ? get.judgement : undefined;
}

const isPositive = ({ request }: ProbeOutcome) => probeCase(request.caseId).control === "positive";

function byTarget(run: readonly ProbeOutcome[]): ProbeOutcome[][] {
  const targets = [...new Set(run.map(({ request }) => request.target))];
  const judged = new Map<unknown, ProbeOutcome[]>(targets.map((target) => [target, []]));
  for (const each of run) judged.get(each.request.target)?.push(each);
  return [...judged.values()];
}
