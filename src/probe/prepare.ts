/** A planned request, ready to send: sealed cookies, expectation, and the mark that the origin may log. */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import { type Expectation, expectationOf } from "./expect.ts";
import type { Materials } from "./materials.ts";
import type { ProbePlan, ProbeRequest } from "./plan.ts";
import { type Target, urlParts } from "./target.ts";

export interface PreparedRequest {
  readonly request: ProbeRequest;
  readonly cookies: Sealed<EdgeRequest["cookies"]>;
  readonly expectation: Expectation;
  /** Two per target: one for requests that the edge must keep from the origin, one for the rest. */
  readonly mark: string;
}

/** No query, wildcard, escape or anything else with more than one spelling. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.:-]+\/[A-Za-z0-9/._~-]*$/;

/**
 * Makes requests ready one at a time, just before each is sent: signing then overlaps with waiting. `run`
 * distinguishes this run's marks from those of others. Signs; sends nothing.
 */
export function preparation(
  plan: ProbePlan,
  materials: Materials,
  now: EpochSeconds,
  run: string,
): (request: ProbeRequest) => Promise<PreparedRequest> {
  const targets = new Map<Target, number>();
  for (const { target } of plan.requests) if (!targets.has(target)) targets.set(target, targets.size);
  // The edge's rules ignore the method.
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

/** Requests with equal keys get equal verdicts; undefined if the URL itself matters. */
function alike({ caseId, target, url }: ProbeRequest): string | undefined {
  if (!PLAIN_URL.test(url)) return undefined;
  if (probeCase(caseId).cookies === "none") return target.protection;
  // Minted for the exact URL requested, so the URL makes no difference.
  return target.resource === undefined ? `${target.protection} ${urlParts(url).base}` : undefined;
}
