/** A planned request made ready: its cookies, sealed, what it must meet, and the mark that the origin may log. */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import { type Expectation, expectationOf } from "./expect.ts";
import type { Materials } from "./materials.ts";
import type { ProbePlan, ProbeRequest } from "./plan.ts";
import type { Target } from "./target.ts";

export interface Prepared {
  readonly request: ProbeRequest;
  readonly cookies: Sealed<EdgeRequest["cookies"]>;
  readonly expectation: Expectation;
  /** Two for each target: what the edge must keep from the origin, and the rest. */
  readonly mark: string;
}

/**
 * Makes requests ready one at a time, just before each is sent: signing then overlaps with waiting. `run` tells this
 * run's marks from those of others. Signs; sends nothing.
 */
export function preparation(
  plan: ProbePlan,
  materials: Materials,
  now: EpochSeconds,
  run: string,
): (request: ProbeRequest) => Prepared {
  const targets = new Map<Target, number>();
  for (const { target } of plan.requests) if (!targets.has(target)) targets.set(target, targets.size);
  // Methods make no difference to the edge's rules.
  const expectations = new Map<string, Expectation>();
  return (request) => {
    const cookies = materials.cookiesFor(request);
    const at = targets.get(request.target) ?? 0;
    // Without cookies and query nothing of the URL has a say.
    const isBare = probeCase(request.caseId).cookies === "none" && !request.url.includes("?");
    const kind = `${isBare ? request.target.protection : at} ${request.caseId}`;
    let expectation = expectations.get(kind);
    if (expectation === undefined) {
      expectation = expectationOf(request, cookies.reveal(), materials.trust, now);
      expectations.set(kind, expectation);
    }
    const mark = `${run}.${at}.${expectation.kind === "denied" ? "denied" : "other"}`;
    return { request, cookies, expectation, mark };
  };
}
