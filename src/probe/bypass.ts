/** The same requests straight to the origin, bypassing the edge: it must refuse them before any application code runs. */
import type { Finding } from "../finding.ts";
import type { Viewer } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import { executeProbe, type SendOptions } from "./execute.ts";
import type { Materials } from "./materials.ts";
import type { ClassifiedAnswer, ProbeOutcome } from "./outcome.ts";
import type { ProbeRequest } from "./plan.ts";
import type { PreparedRequest } from "./prepare.ts";
import { repeatLine } from "./repeat.ts";
import { routeOf, type Target, urlParts } from "./target.ts";

export interface Bypass {
  readonly origin: string;
  readonly asked: readonly BypassOutcome[];
}

export interface BypassOutcome {
  readonly target: Target;
  readonly withCookies: boolean;
  /** The Host header sent: the viewer's, or the origin's own. */
  readonly host: string;
  /** `not-origin`: proves nothing; whatever answered, or failed to, may not be the origin. */
  readonly verdict: "refused" | "application-ran" | "open" | "not-origin";
  /** A few words: who refused, or what the answer was. */
  readonly told: string;
  readonly request: ProbeRequest;
}

/** No application serves this path: a server that answers it like a real one never looked at the path. */
const NO_SUCH_PATH = "/keyturn-probe/no-such-path";

/** `throughEdge`: the responses of the same routes through the edge. */
export async function probeBypass(
  origin: string,
  throughEdge: readonly ProbeOutcome[],
  materials: Materials,
  canSign: boolean,
  world: { readonly viewer: Viewer; readonly clock: Clock },
  sending: SendOptions,
): Promise<Bypass> {
  const { base } = urlParts(origin);
  const verified = verifiedTargets(throughEdge);
  const [first] = verified;
  if (first === undefined) return { origin: base, asked: [] };
  const nowhere = { ...first, url: urlParts(first.url).base + NO_SUCH_PATH };
  const requests = [
    requestOf(base, nowhere, "viewer"),
    requestOf(base, nowhere, "own"),
    ...verified.flatMap((target) => [
      requestOf(base, target, "viewer"),
      ...(canSign && target.protection === "edge" ? [requestOf(base, target, "viewer", "valid")] : []),
      requestOf(base, target, "own"),
    ]),
  ].map((request, number) => ({ ...request, number }));
  const ready = async (request: ProbeRequest): Promise<PreparedRequest> => ({
    request,
    // Minted for the viewer's URL, as a real viewer's cookies are.
    cookies: await materials.cookiesFor({ ...request, url: request.target.url }),
    expectation: { kind: "denied", codes: [], because: "straight to the origin" },
    mark: "keyturn-bypass",
  });
  const [viewers, own, ...outcomes] = await byHttpsWhereSent(
    await executeProbe(requests, ready, world, sending),
    (moved) => executeProbe(moved, ready, world, sending),
  );
  return {
    origin: base,
    asked: outcomes.map((outcome) => {
      const control = hostHeaderOf(outcome.request) === undefined ? own : viewers;
      return judgeBypass(outcome, control?.answer, printsOf(throughEdge, outcome.request.target.url));
    }),
  };
}

/** A redirect from plain HTTP to https neither refuses nor serves: follow it and judge the https response. */
async function byHttpsWhereSent(
  outcomes: readonly ProbeOutcome[],
  ask: (requests: readonly ProbeRequest[]) => Promise<ProbeOutcome[]>,
): Promise<readonly ProbeOutcome[]> {
  const moved = outcomes.flatMap(({ request, answer }) =>
    answer?.httpsInstead === undefined ? [] : [{ ...request, url: answer.httpsInstead }],
  );
  if (moved.length === 0) return outcomes;
  const retried = new Map((await ask(moved)).map((outcome) => [outcome.request.number, outcome]));
  return outcomes.map((outcome) => retried.get(outcome.request.number) ?? outcome);
}

/** Each once, without the edge's address: the origin has its own. */
function verifiedTargets(throughEdge: readonly ProbeOutcome[]): Target[] {
  const byUrl = new Map<string, Target>();
  for (const { request } of throughEdge) {
    const { address, ...target } = request.target;
    if (target.originVerifies) byUrl.set(target.url, { ...target, label: routeOf(request.target) });
  }
  return [...byUrl.values()];
}

function printsOf(throughEdge: readonly ProbeOutcome[], url: string): ReadonlySet<string> {
  return new Set(
    throughEdge.flatMap(({ request, answer }) =>
      request.target.url === url && answer?.edge === "passed" ? answer.print : [],
    ),
  );
}

/**
 * With the viewer's Host, as the edge may forward it, and with the origin's own, as anybody who knows its address
 * would send: a service with many hosts (API Gateway, S3) refuses the first and may answer the second.
 */
function requestOf(
  base: string,
  target: Target,
  whose: "viewer" | "own",
  caseId: "none" | "valid" = "none",
): Omit<ProbeRequest, "number"> {
  const { host, path, query } = urlParts(target.url);
  const headers = whose === "own" ? [] : [["Host", host] as const];
  return { target, caseId, method: "GET", url: `${base}${path}${query}`, headers };
}

const hostHeaderOf = ({ headers }: ProbeRequest) => headers.find(([name]) => name === "Host")?.[1];

/** Certificate errors stop us but not an attacker, who simply ignores them. */
const KEEPS_US_OUT =
  /^(?:ENOTFOUND|EAI_|ENETUNREACH|EPROTO|HPE_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_WRONG_)/;

/**
 * Pure. `control` is the answer to a path that does not exist, `throughEdge` holds the digests of the application's
 * answers to viewers.
 */
export function judgeBypass(
  outcome: ProbeOutcome,
  control: ClassifiedAnswer | undefined,
  throughEdge: ReadonlySet<string> = new Set(),
): BypassOutcome {
  const { request, answer, failure = "", unreachable = "" } = outcome;
  const host = hostHeaderOf(request) ?? urlParts(request.url).host;
  const base = { target: request.target, withCookies: request.caseId === "valid", host, request };
  if (answer === undefined) {
    return KEEPS_US_OUT.test(failure)
      ? { ...base, verdict: "not-origin", told: unreachable }
      : { ...base, verdict: "refused", told: "no connection" };
  }
  const summary = `${answer.status} by ${WHO[answer.layer] ?? "the application"}`;
  if (answer.requestId !== undefined) return { ...base, verdict: "not-origin", told: AN_EDGE };
  if (answer.status >= 500 && answer.layer !== "origin-verification")
    return { ...base, verdict: "not-origin", told: `${summary}: a failure, not a refusal` };
  // S3 reveals this only to callers with access; for a Host that is not a bucket it proves nothing.
  const isUnknownBucket = answer.evidence.some((line) => line.includes("NoSuchBucket"));
  if (answer.layer === "s3" && answer.status === 404 && !isUnknownBucket)
    return { ...base, verdict: "open", told: summary };
  if (WHO[answer.layer] !== undefined && answer.status >= 400)
    return { ...base, verdict: "refused", told: summary };
  // Refused whether or not the path exists, so something in front of the application did it.
  const isUniform = answer.print === control?.print && !throughEdge.has(answer.print);
  // A server that only knows the viewer's Host serves nothing under its own.
  const isElsewhere = isUniform && hostHeaderOf(request) === undefined;
  if (answer.status < 400 || (answer.status === 404 && !isElsewhere))
    return { ...base, verdict: "open", told: summary };
  return isUniform
    ? { ...base, verdict: "refused", told: `${answer.status}, before the path is considered` }
    : { ...base, verdict: "application-ran", told: summary };
}

/** More examples of one kind add nothing. */
const MOST_EXAMPLES = 4;
const AN_EDGE = "CloudFront answers there";
const WHO: Readonly<Partial<Record<ClassifiedAnswer["layer"], string>>> = {
  "origin-verification": "origin verification",
  "load-balancer": "the load balancer",
  "api-gateway": "API Gateway",
  "lambda-url": "the Lambda function URL",
  s3: "S3",
};

export function bypassFindings({ origin, asked }: Bypass): Finding[] {
  const kinds = {
    open: {
      id: "origin-open",
      severity: "error",
      message: "the origin answers requests that bypass the edge: anybody can go around the gate",
      remedy: "make the origin refuse requests without its verification header, or restrict it to CloudFront",
    },
    "application-ran": {
      id: "origin-runs-application",
      severity: "error",
      message: "only the application refuses requests that bypass the edge, after its code has run",
      remedy: "verify the origin header before any application code runs, or use OAC, a VPC origin or mTLS",
    },
    edge: {
      id: "origin-url-is-an-edge",
      severity: "warning",
      message: "the origin address given is CloudFront itself, so the origin is unproven",
      remedy: "give the origin's address: --direct-origin URL",
    },
    unheard: {
      id: "origin-not-heard",
      severity: "warning",
      message: "no response from the origin itself shows whether it refuses",
      remedy: "check --direct-origin (or the gate's origin.url), and trust its certificate with --ca",
    },
  } as const;
  const kindOf = ({ verdict, told }: BypassOutcome) =>
    verdict === "not-origin" ? (told === AN_EDGE ? "edge" : "unheard") : verdict;
  return (["open", "application-ran", "edge", "unheard"] as const).flatMap((kind): Finding[] => {
    const outcomes = asked.filter((each) => kindOf(each) === kind);
    const [first] = outcomes;
    if (first === undefined) return [];
    const lines = outcomes.map(({ target, withCookies, host, told, request }) => {
      const { base } = urlParts(request.url);
      const where = base === origin ? origin : `${base} (${origin} redirects there)`;
      return `${target.label}, ${withCookies ? "valid cookies" : "no cookies"}, straight to ${where} as ${host}: ${told}`;
    });
    const { id, severity, message, remedy } = kinds[kind];
    const more = lines.length - MOST_EXAMPLES;
    const examples = [...lines.slice(0, MOST_EXAMPLES), ...(more > 0 ? [`and ${more} more like these`] : [])];
    const evidence = [...examples, `again: ${repeatLine(first.request)}`];
    const where = [...new Set(outcomes.map(({ target }) => target.label))].join(", ");
    return [{ id, severity, message, basis: "observed", evidence, remedy, where }];
  });
}
