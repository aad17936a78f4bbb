/** Finds the distribution and gate of a URL, judges the given request, and sends requests to the edge. */

import { clockAhead, freshDate } from "../../answer-dates.ts";
import { selectCookies } from "../../browser/sent-cookies.ts";
import type { CapturedRequest } from "../../capture/capture.ts";
import type { DistributionSummary } from "../../cloudfront/distribution.ts";
import { behaviorFor, distributionFor } from "../../edge/behavior.ts";
import { splitSigningParameters } from "../../edge/credential.ts";
import { AccountTrust } from "../../edge/trust-account.ts";
import type { EdgeRequest } from "../../edge/verdict.ts";
import { isError, UsageError } from "../../errors.ts";
import type { Gate } from "../../gates/gate.ts";
import { inspectRequest } from "../../inspect/inspect-request.ts";
import { readS3Error } from "../../inspect/s3-words.ts";
import { urlToJudge } from "../../inspect/url-to-judge.ts";
import { mintCookies } from "../../mint/mint.ts";
import { cookiePairs } from "../../mint/write.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import { classify } from "../../probe/classify.ts";
import { type Network, routeTo } from "../../probe/execute.ts";
import { requireRequestedHosts } from "../../probe/network-flags.ts";
import { urlParts } from "../../probe/target.ts";
import { USER_AGENT } from "../../probe/user-agent.ts";
import { Sealed } from "../../sealed.ts";
import type { Cloud } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import { GATE_CHECKS } from "../audit.ts";
import { runChecks } from "../check.ts";
import { type GateSnapshot, readGateSnapshot } from "../gate-snapshot.ts";
import { takeInventory } from "../inventory.ts";
import type { ThrottledPool } from "../throttled-pool.ts";
import { askOriginForDoctor } from "./ask-origin.ts";
import type { DoctorAnswer, DoctorSnapshot, RequestCredentials } from "./snapshot.ts";

export interface DoctorRequest {
  readonly url: string;
  readonly capture?: CapturedRequest;
  /** The viewer's address, if known. */
  readonly ip?: string;
  /** Whether to mint cookies with the gate's key, to see if any would pass. */
  readonly mintsFresh: boolean;
  readonly network: Network;
}

export interface DoctorContext {
  readonly world: Pick<World, "clock" | "viewer" | "interrupt">;
  /** From keyturn.yaml, if there is one; the selected gate first. */
  readonly gates: readonly Gate[];
  readonly cloud: Cloud;
  readonly cloudIn: (region: string) => Promise<Cloud>;
  readonly pool: ThrottledPool;
}

const FRESH_SECONDS = 60;

export async function examine(request: DoctorRequest, around: DoctorContext): Promise<DoctorSnapshot> {
  const { url, network } = request;
  requireRequestedHosts(network, [url]);
  const { host: hostAndPort, path } = urlParts(url);
  const host = hostAndPort.replace(/:\d+$/, "").toLowerCase();
  const { cloud, gates, pool } = around;
  const summary = await summaryOf(cloud, host);
  const candidates = gates.filter(({ distributions }) => distributions.includes(summary?.id ?? ""));
  const inventory = await takeInventory(
    cloud.controlPlane,
    {
      distributions: [
        ...new Set([
          ...(summary === undefined ? [] : [summary.id]),
          ...candidates.flatMap(({ distributions }) => distributions),
        ]),
      ],
      keyGroups: [...new Set(candidates.flatMap(({ keyGroups }) => keyGroups))],
    },
    pool,
  );
  const distribution = inventory.distributions.get(summary?.id ?? "");
  const behavior = distribution === undefined ? undefined : behaviorFor(distribution, path);
  // Several gates may share a distribution: take the one whose key group the behavior trusts.
  const gate =
    candidates.find(({ keyGroups }) => keyGroups.some((id) => behavior?.trustedKeyGroups.includes(id))) ??
    candidates[0];
  const gateSnapshot =
    gate &&
    (await readGateSnapshot(
      gate,
      gates,
      inventory,
      cloud.vault,
      async (region) => (await around.cloudIn(region)).vault,
    ));
  const snapshot: DoctorSnapshot = {
    url: withoutSignature(url),
    host,
    path,
    inventory,
    distribution,
    behavior,
    gate: gateSnapshot,
    gateFindings:
      gateSnapshot === undefined ? [] : runChecks(GATE_CHECKS, gateSnapshot, `gate ${gate?.name}`),
    ...(await judged(request, around, gate)),
    answers: await askEdge(
      request,
      behavior?.trustedKeyGroups.length === 0 ? undefined : gateSnapshot,
      around,
    ),
  };
  return { ...snapshot, origin: await askOriginForDoctor(snapshot, network, around.world) };
}

async function summaryOf({ controlPlane }: Cloud, host: string): Promise<DistributionSummary | undefined> {
  const summaries: DistributionSummary[] = [];
  for await (const summary of controlPlane.listDistributions()) summaries.push(summary);
  return distributionFor(summaries, host);
}

async function judged(
  request: DoctorRequest,
  { world, cloud }: DoctorContext,
  gate: Gate | undefined,
): Promise<Pick<DoctorSnapshot, "given">> {
  const { capture } = request;
  if (capture === undefined) return {};
  const ip = request.ip ?? capture.ip;
  const { url = request.url, otherUrl } = urlToJudge(capture.url, request.url);
  const at = world.clock.now();
  const { sent, withheld } = selectCookies(capture.cookies, { url, now: at });
  const inQuery = splitSigningParameters(url).signing.find(([field]) => field === "keyPairId")?.[1];
  const keyPairId = inQuery ?? sent.find(({ name }) => name === COOKIE_NAMES.keyPairId)?.value;
  const found = await new AccountTrust(cloud.controlPlane).of(url, keyPairId);
  return {
    given: inspectRequest({
      capture,
      sent,
      withheld,
      url,
      at,
      found,
      otherUrl,
      ip,
      gate: gate?.name,
    }),
  };
}

async function askEdge(
  request: DoctorRequest,
  gate: GateSnapshot | undefined,
  around: DoctorContext,
): Promise<DoctorAnswer[]> {
  const { capture } = request;
  const answers: DoctorAnswer[] = [];
  const { url = request.url, otherUrl } = urlToJudge(capture?.url, request.url);
  // A URL other than the requested one is judged and reported, but nothing is sent to it.
  if (capture !== undefined && otherUrl === undefined) {
    const { sent } = selectCookies(capture.cookies, { url, now: around.world.clock.now() });
    // Leave out the user's own session: the edge's check ignores it.
    const signing: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));
    const pairs = sent
      .filter(({ name }) => signing.has(name))
      .map(({ name, value }) => [name, value] as const);
    answers.push(await ask("given", url, new Sealed(pairs), request, around));
  }
  const own = withoutSignature(request.url);
  answers.push(await ask("unsigned", own, new Sealed([]), request, around));
  const signing = gate?.secret.signing;
  if (!request.mintsFresh || gate === undefined || signing?.keyPairId === undefined) return answers;
  const fresh = mintCookies(
    {
      url: own,
      expires: Math.floor(around.world.clock.now()) + FRESH_SECONDS,
      hash: gate.gate.signer.hash,
      keyPairId: signing.keyPairId,
    },
    signing.privateKey,
  );
  answers.push(await ask("fresh", own, new Sealed(cookiePairs(fresh)), request, around));
  return answers;
}

async function ask(
  credentials: RequestCredentials,
  url: string,
  cookies: Sealed<EdgeRequest["cookies"]>,
  { network, capture }: DoctorRequest,
  { world }: DoctorContext,
): Promise<DoctorAnswer> {
  const header = cookies
    .reveal()
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  const method = capture?.method === "HEAD" ? "HEAD" : "GET";
  const sentAt = world.clock.now();
  try {
    const response = await world.viewer.send(
      {
        method,
        url,
        headers: [["User-Agent", USER_AGENT], ...(header === "" ? [] : [["Cookie", header] as const])],
        ...routeTo({ url }, network),
      },
      world.interrupt,
    );
    const classification = classify(response, { method, url });
    // A response that passed the edge has the origin's Date.
    const date = classification.edge === "denied" ? freshDate(response.headers) : undefined;
    const ahead = date === undefined ? undefined : clockAhead(date, sentAt, world.clock.now());
    const said = classification.layer === "s3" ? Buffer.from(response.body).toString("utf8") : "";
    const complaint = readS3Error(said);
    return {
      with: credentials,
      status: response.status,
      classification,
      complaint,
      clockAhead: ahead,
    };
  } catch (thrown) {
    if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
    return { with: credentials, unreachable: thrown.message };
  }
}

const SIGNING_QUERY = /^(?:Expires|Policy|Signature|Key-Pair-Id|Hash-Algorithm)(?:=|$)/;

/** A signed URL without its signature. */
function withoutSignature(url: string): string {
  const [base = "", ...query] = url.split("?");
  const own = query
    .join("?")
    .split("&")
    .filter((pair) => pair !== "" && !SIGNING_QUERY.test(pair));
  return own.length === 0 ? base : `${base}?${own.join("&")}`;
}

/** Throws ERR_USAGE for anything but an http(s) URL. */
export function requireUrl(given: string | undefined): string {
  if (given === undefined) {
    throw new UsageError("ERR_USAGE", "a URL is missing", ["keyturn doctor https://HOST/PATH"]);
  }
  if (!/^https?:\/\/[^/?#]/i.test(given)) {
    throw new UsageError("ERR_USAGE", "that is not an http or https URL", [
      "keyturn doctor https://HOST/PATH",
    ]);
  }
  return given.replace(/#.*$/s, "");
}
