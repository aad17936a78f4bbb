/** The same requests straight to the origin, past the edge: it must refuse them before any application code runs. */
import type { Finding } from "../finding.ts";
import type { Clock, Viewer } from "../seams.ts";
import { executeProbe, type Sending } from "./execute.ts";
import type { Materials } from "./materials.ts";
import type { Answered, Outcome } from "./outcome.ts";
import type { ProbeRequest } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { repeatLine } from "./repeat.ts";
import { splitUrl, type Target } from "./target.ts";

export interface Bypass {
  readonly origin: string;
  readonly asked: readonly BypassOutcome[];
}

export interface BypassOutcome {
  readonly target: Target;
  readonly withCookies: boolean;
  readonly verdict: "refused" | "application-ran" | "open" | "not-origin";
  /** A few words: who refused, or what was answered. */
  readonly told: string;
  readonly request: ProbeRequest;
}

/** No application has it: what answers it the same way as a real path has not looked at the path. */
const NO_SUCH_PATH = "/keyturn-probe/no-such-path";

export async function probeBypass(
  origin: string,
  targets: readonly Target[],
  materials: Materials,
  canSign: boolean,
  world: { readonly viewer: Viewer; readonly clock: Clock },
  sending: Sending,
): Promise<Bypass> {
  const { base } = splitUrl(origin);
  const verified = targets.filter(({ originVerifies }) => originVerifies);
  const [first] = verified;
  if (first === undefined) return { origin: base, asked: [] };
  const requests = [
    requestOf(base, { ...first, url: splitUrl(first.url).base + NO_SUCH_PATH }, false, 0),
    ...verified.flatMap((target, at) => [
      requestOf(base, target, false, 2 * at + 1),
      ...(canSign && target.protection === "edge" ? [requestOf(base, target, true, 2 * at + 2)] : []),
    ]),
  ];
  const ready = async (request: ProbeRequest): Promise<Prepared> => ({
    request,
    // Minted for the viewer's URL: that is what somebody with good cookies has.
    cookies: await materials.cookiesFor({ ...request, url: request.target.url }),
    expectation: { kind: "denied", codes: [], because: "straight to the origin" },
    mark: "keyturn-bypass",
  });
  const [control, ...outcomes] = await executeProbe(requests, ready, world, sending);
  return { origin: base, asked: outcomes.map((outcome) => judgeBypass(outcome, control?.answer)) };
}

function requestOf(base: string, target: Target, withCookies: boolean, number: number): ProbeRequest {
  const { host, path, query } = splitUrl(target.url);
  return {
    number,
    target,
    caseId: withCookies ? "valid" : "none",
    method: "GET",
    url: `${base}${path}${query}`,
    headers: [["Host", host]],
  };
}

/** Pure. `control` is the answer to a path that does not exist. */
export function judgeBypass(outcome: Outcome, control: Answered | undefined): BypassOutcome {
  const { request, answer } = outcome;
  const told = { target: request.target, withCookies: request.caseId === "valid", request };
  if (answer === undefined) return { ...told, verdict: "refused", told: "no connection" };
  const said = `${answer.status} by ${WHO[answer.layer] ?? "the application"}`;
  if (answer.requestId !== undefined)
    return { ...told, verdict: "not-origin", told: "CloudFront answers there" };
  if (WHO[answer.layer] !== undefined && answer.status >= 400)
    return { ...told, verdict: "refused", told: said };
  if (answer.status < 400 || answer.status === 404) return { ...told, verdict: "open", told: said };
  // Refused alike whether the path exists or not: whoever did it stands in front of the application.
  const isUniform = answer.print === control?.print;
  return isUniform
    ? { ...told, verdict: "refused", told: `${answer.status} before any path is looked at` }
    : { ...told, verdict: "application-ran", told: said };
}

const WHO: Readonly<Partial<Record<Answered["layer"], string>>> = {
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
      message: "the origin answers requests that do not come through the edge: the gate can be walked around",
      remedy:
        "let the origin refuse requests without its verification header, or close it to everybody but CloudFront",
    },
    "application-ran": {
      id: "origin-runs-application",
      severity: "error",
      message: "a request past the edge is refused by the application only, after its code ran",
      remedy: "verify the origin header (or OAC, a VPC origin, mTLS) before any application code",
    },
    "not-origin": {
      id: "origin-url-is-an-edge",
      severity: "warning",
      message: "the address given as the origin is CloudFront itself: nothing is shown about the origin",
      remedy: "name the origin's own address: --direct-origin URL",
    },
  } as const;
  return (["open", "application-ran", "not-origin"] as const).flatMap((verdict): Finding[] => {
    const seen = asked.filter((each) => each.verdict === verdict);
    const [first] = seen;
    if (first === undefined) return [];
    const lines = seen.map(
      ({ target, withCookies, told }) =>
        `${target.label}, ${withCookies ? "valid cookies" : "no cookies"}, straight to ${origin}: ${told}`,
    );
    const { id, severity, message, remedy } = kinds[verdict];
    const evidence = [...lines, `again: ${repeatLine(first.request)}`];
    const where = [...new Set(seen.map(({ target }) => target.label))].join(", ");
    return [{ id, severity, message, basis: "observed", evidence, remedy, where }];
  });
}
