/** A planned request made ready: its cookies, sealed, what it must meet, and the mark that the origin may log. */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import { type Expectation, expectationOf } from "./expect.ts";
import type { Materials } from "./materials.ts";
import type { ProbePlan, ProbeRequest } from "./plan.ts";
import { splitUrl, type Target } from "./target.ts";

export interface Prepared {
  readonly request: ProbeRequest;
  readonly cookies: Sealed<EdgeRequest["cookies"]>;
  readonly expectation: Expectation;
  /** Two for each target: what the edge must keep from the origin, and the rest. */
  readonly mark: string;
}

/** Without a query, wildcards, escapes and whatever else is spelled in more than one way. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.:-]+\/[A-Za-z0-9/._~-]*$/;

/**
 * Makes requests ready one at a time, just before each is sent: signing then overlaps with waiting. `run` tells this
 * run's marks from those of others. Signs; sends nothing.
 */
export function preparation(
  plan: ProbePlan,
  materials: Materials,
  now: EpochSeconds,
  run: string,
): (request: ProbeRequest) => Promise<Prepared> {
  const targets = new Map<Target, number>();
  for (const { target } of plan.requests) if (!targets.has(target)) targets.set(target, targets.size);
  // Methods make no difference to the edge's rules.
  const expectations = new Map<string, Expectation>();
  return async (request) => {
    const cookies = await materials.cookiesFor(request);
    const at = targets.get(request.target) ?? 0;
    const kind = `${alike(request) ?? at} ${request.caseId}`;
    let expectation = expectations.get(kind);
    if (expectation === undefined) {
      expectation = expectationOf(request, cookies.reveal(), materials.trust, now);
      expectations.set(kind, expectation);
    }
    const mark = `${run}.${at}.${expectation.kind === "denied" ? "denied" : "other"}`;
    return { request, cookies, expectation, mark };
  };
}

/** Requests of one case with the same are judged alike by the edge's rules; undefined where the URL itself has a say. */
function alike({ caseId, target, url }: ProbeRequest): string | undefined {
  if (!PLAIN_URL.test(url)) return undefined;
  if (probeCase(caseId).cookies === "none") return target.protection;
  // Minted for the very URL that is asked for: which one it is makes no difference.
  return target.resource === undefined ? `${target.protection} ${splitUrl(url).base}` : undefined;
}
