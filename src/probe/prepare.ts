/** A planned request made ready: its cookies, sealed, what it must meet, and the mark that the origin may log. */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import { type Expectation, expectationOf } from "./expect.ts";
import type { Materials } from "./materials.ts";
import type { ProbePlan, ProbeRequest } from "./plan.ts";

export interface Prepared {
  readonly request: ProbeRequest;
  readonly cookies: Sealed<EdgeRequest["cookies"]>;
  readonly expectation: Expectation;
  /** Two for each target: what the edge must keep from the origin, and the rest. */
  readonly mark: string;
}

/** `run` tells this run's marks from those of others. Signs; sends nothing. */
export function prepare(plan: ProbePlan, materials: Materials, now: EpochSeconds, run: string): Prepared[] {
  const targets = [...new Set(plan.requests.map(({ target }) => target))];
  return plan.requests.map((request) => {
    const cookies = materials.cookiesFor(request);
    const expectation = expectationOf(request, cookies.reveal(), materials.trust, now);
    const mark = `${run}.${targets.indexOf(request.target)}.${expectation.kind === "denied" ? "denied" : "other"}`;
    return { request, cookies, expectation, mark };
  });
}
