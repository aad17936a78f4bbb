/** What no answer shows by itself and the run as a whole does: a hidden denial, and failures that follow from another. */
import { probeCase } from "./cases.ts";
import type { Judged, Judgement } from "./judge.ts";

/** Pure. Route by route: answers of one route are held against each other. */
export function reconsider(run: readonly Judged[]): Judged[] {
  const routes = byTarget(run);
  const changed = new Map<Judged, Judgement>();
  for (const asked of routes.values()) {
    for (const each of asked) {
      const judgement = hiddenDenial(each, asked) ?? consequence(each, asked);
      if (judgement !== undefined) changed.set(each, judgement);
    }
  }
  return run.map((each) => ({ ...each, judgement: changed.get(each) ?? each.judgement }));
}

/**
 * A custom error page may keep the status 403, and then looks like the application's own. But only the edge can tell a
 * bad signature from a good one: when every bad request got that 403 and the good one another answer, the edge did it.
 */
function hiddenDenial(each: Judged, asked: readonly Judged[]): Judgement | undefined {
  const { expectation, judgement, answer } = each;
  if (expectation.kind !== "denied" || judgement.verdict !== "failed" || answer?.status !== 403)
    return undefined;
  const isAmbiguous =
    judgement.fault === "denial-unrecognised" ||
    ((answer.layer === "application" || answer.layer === "cache") && answer.confidence === "likely");
  if (!isAmbiguous) return undefined;
  const good = asked.filter(isPositive).filter(({ request }) => request.method === each.request.method);
  const isSingledOut =
    good.length > 0 && good.every(({ answer: other }) => other !== undefined && other.status !== 403);
  return isSingledOut ? { verdict: "failed", fault: "denial-masked" } : undefined;
}

/** Where valid cookies are denied too, the code of another denial says nothing about its own cause. */
function consequence(each: Judged, asked: readonly Judged[]): Judgement | undefined {
  if (each.judgement.verdict !== "failed" || each.judgement.fault !== "denied-with-another-code")
    return undefined;
  const denied = asked.find(
    ({ request, answer }) => probeCase(request.caseId).control === "positive" && answer?.edge === "denied",
  );
  return denied === undefined
    ? undefined
    : { verdict: "unproved", because: "valid cookies are denied as well" };
}

const isPositive = ({ request }: Judged) => probeCase(request.caseId).control === "positive";

function byTarget(run: readonly Judged[]): Map<Judged["request"]["target"], Judged[]> {
  const routes = new Map<Judged["request"]["target"], Judged[]>();
  for (const each of run) {
    const known = routes.get(each.request.target);
    if (known === undefined) routes.set(each.request.target, [each]);
    else known.push(each);
  }
  return routes;
}
