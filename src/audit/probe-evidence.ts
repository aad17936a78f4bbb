/** What a probe shows about each route's layers, as evidence in addition to the settings. */
import type { ProbeRun } from "../probe/run.ts";
import type { EpochSeconds } from "../time.ts";

export interface ObservedAnswer {
  readonly state: "yes" | "no" | "not-seen";
  /** The counts in a few words. */
  readonly says: string;
}
export interface RouteEvidence {
  readonly edge: ObservedAnswer;
  readonly originVerification: ObservedAnswer;
  readonly application: ObservedAnswer;
}
export interface ProbeEvidence {
  readonly at: EpochSeconds;
  /** By URL: the same path may belong to another route on another distribution. */
  readonly byUrl: ReadonlyMap<string, RouteEvidence>;
}

/** Pure. */
export function probeEvidence(run: ProbeRun, at: EpochSeconds): ProbeEvidence {
  const urls = new Set(run.judged.map(({ request }) => request.target.url));
  return {
    at,
    byUrl: new Map(
      [...urls].map((url) => [
        url,
        {
          edge: edgeEvidence(run, url),
          originVerification: originEvidence(run, url),
          application: applicationEvidence(run, url),
        },
      ]),
    ),
  };
}

/** Whether the signature check itself denied every request that it should. */
function edgeEvidence({ judged }: ProbeRun, url: string): ObservedAnswer {
  const denials = judged.filter(
    ({ request, expectation }) => expectation.kind === "denied" && request.target.url === url,
  );
  const answered = denials.filter(
    ({ answer, judgement }) => answer !== undefined && judgement.verdict !== "observed",
  );
  if (answered.length === 0) return { state: "not-seen", says: "no request that must be denied was sent" };
  const met = answered.filter(({ judgement }) => judgement.verdict === "met").length;
  return {
    state: met === answered.length ? "yes" : "no",
    says: `${met} of ${answered.length} forbidden requests denied by the edge`,
  };
}

/** Straight to the origin, bypassing the edge. */
function originEvidence({ bypass }: ProbeRun, url: string): ObservedAnswer {
  const attempts = bypass?.asked.filter(({ target }) => target.url === url) ?? [];
  if (attempts.length === 0) return { state: "not-seen", says: "the origin was not probed directly" };
  const answered = attempts.filter(({ verdict }) => verdict !== "not-origin");
  if (answered.length === 0) return { state: "not-seen", says: "the origin's own address proved nothing" };
  const refused = attempts.filter(({ verdict }) => verdict === "refused").length;
  return {
    state: refused === attempts.length ? "yes" : "no",
    says: `${refused} of ${attempts.length} requests straight to the origin refused`,
  };
}

/** Good cookies without a session: the application itself must refuse. */
function applicationEvidence({ judged }: ProbeRun, url: string): ObservedAnswer {
  const valid = judged.filter(
    ({ request, answer }) => request.caseId === "valid" && request.target.url === url && answer !== undefined,
  );
  if (valid.length === 0) return { state: "not-seen", says: "no request with good cookies was answered" };
  const refused = valid.filter(
    ({ answer }) => answer?.layer === "application" && (answer.status === 401 || answer.status === 403),
  ).length;
  return {
    state: refused === valid.length ? "yes" : "no",
    says: `${refused} of ${valid.length} requests with good cookies and no session refused by the application`,
  };
}
