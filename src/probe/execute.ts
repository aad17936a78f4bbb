/** Sends a plan's requests at a limited rate and classifies the responses. The only part of a probe that uses the network. */
import { isError } from "../errors.ts";
import type { Viewer, ViewerRequest } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import { answeredOf, failureOf, type ProbeOutcome } from "./outcome.ts";
import { pacedEach, type RequestRateLimit } from "./pace.ts";
import type { ProbeRequest } from "./plan.ts";
import type { PreparedRequest } from "./prepare.ts";
import { socketOf, urlParts } from "./target.ts";
import { USER_AGENT } from "./user-agent.ts";

/** How to connect. */
export interface Network {
  /** `--resolve`: host (and port, where given) -> where to connect instead. */
  readonly addresses: ReadonlyMap<string, NonNullable<ViewerRequest["address"]>>;
  /** PEM of a CA to trust in addition to the usual ones. */
  readonly ca?: string | undefined;
  readonly timeout: Seconds;
}

export interface SendOptions {
  readonly rateLimit: RequestRateLimit;
  readonly network: Network;
  /** Called after every response. */
  readonly answered?: (outcome: ProbeOutcome) => void;
  readonly signal?: AbortSignal;
}

/** Looked up in the origin's log afterwards. The edge forwards it only if its origin request policy says so. */
const MARK_HEADER = "x-keyturn-mark";
/** After this many failures in a row a host gets no more requests: each would cost the full timeout. */
const GIVE_UP_AFTER = { unknown: 2, answeredBefore: 10 };

/** One outcome per request, in the plan's order. Rejects only when interrupted; an unreachable host is an outcome. */
export async function executeProbe(
  requests: readonly ProbeRequest[],
  ready: (request: ProbeRequest) => Promise<PreparedRequest>,
  { viewer, clock }: { readonly viewer: Viewer; readonly clock: Clock },
  sending: SendOptions,
): Promise<ProbeOutcome[]> {
  const outcomes: ProbeOutcome[] = [];
  const hosts = new Map<string, Host>();
  await pacedEach(
    inTheirTurn(requests),
    sending.rateLimit,
    clock,
    async ([at, request]) => {
      const prepared = await ready(request);
      const place = placeOf(request);
      const known = hosts.get(place) ?? { failures: 0, reason: "", limit: GIVE_UP_AFTER.unknown };
      const outcome = isGivenUp(known)
        ? { ...prepared, unreachable: `not sent: ${known.reason}`, ...known.failed }
        : await ask(prepared, { viewer, clock }, sending);
      hosts.set(place, hostAfter(outcome, hosts.get(place) ?? known));
      outcomes[at] = outcome;
      sending.answered?.(outcome);
    },
    sending.signal,
    ([, request]) => {
      const known = hosts.get(placeOf(request));
      return known !== undefined && isGivenUp(known);
    },
  );
  return outcomes;
}

/** With their positions. Requests that wait for a key must not hold up the others. */
function inTheirTurn(requests: readonly ProbeRequest[]): (readonly [at: number, request: ProbeRequest])[] {
  const isLate = ([, { caseId }]: readonly [number, ProbeRequest]) =>
    probeCase(caseId).needsOtherKey === true;
  const all = [...requests.entries()];
  return [...all.filter((each) => !isLate(each)), ...all.filter(isLate)];
}

/** Scheme, host, port and address, because one of a host's addresses may be down while the others work. */
function placeOf({ url, target }: ProbeRequest): string {
  const { base } = urlParts(url);
  return target.address === undefined ? base : `${base} ${target.address}`;
}

interface Host {
  /** In a row. */
  readonly failures: number;
  readonly reason: string;
  readonly failed?: Pick<ProbeOutcome, "failure">;
  readonly limit: number;
}

const isGivenUp = ({ failures, limit }: Host) => failures >= limit;

function hostAfter({ answer, unreachable = "", failure }: ProbeOutcome, before: Host): Host {
  if (answer !== undefined) return { failures: 0, reason: "", limit: GIVE_UP_AFTER.answeredBefore };
  const reason = before.reason || unreachable;
  const failed = before.failed ?? { failure };
  return { ...before, failures: before.failures + 1, reason, failed };
}

async function ask(
  prepared: PreparedRequest,
  { viewer, clock }: { readonly viewer: Viewer; readonly clock: Clock },
  { network, signal }: SendOptions,
): Promise<ProbeOutcome> {
  const { request, mark } = prepared;
  const cookies = prepared.cookies.reveal();
  const sentAt = clock.now();
  try {
    const response = await viewer.send(
      {
        method: request.method,
        url: request.url,
        headers: [
          ["User-Agent", USER_AGENT],
          [MARK_HEADER, mark],
          ...request.headers,
          ...(cookies.length === 0
            ? []
            : [["Cookie", cookies.map(([name, value]) => `${name}=${value}`).join("; ")] as const]),
        ],
        body: request.body,
        ...routeTo({ url: request.url, address: request.target.address }, network),
      },
      signal,
    );
    return { ...prepared, answer: answeredOf(response, request, { sentAt, at: clock.now() }) };
  } catch (thrown) {
    if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
    return { ...prepared, unreachable: thrown.message, failure: failureOf(thrown) };
  }
}

export function routeTo(
  { url, address: own }: { readonly url: string; readonly address?: string | undefined },
  { addresses, ca, timeout }: Network,
): Pick<ViewerRequest, "address" | "ca" | "timeout"> {
  const address = own === undefined ? resolvedBy(addresses, url) : { host: own };
  return { timeout, address, ca };
}

/** As in curl: host names in any case, and the scheme's default port when the URL has none. */
function resolvedBy(addresses: Network["addresses"], url: string): ViewerRequest["address"] {
  if (addresses.size === 0) return undefined;
  const { name, port } = socketOf(url);
  return addresses.get(`${name}:${port}`) ?? addresses.get(name);
}
