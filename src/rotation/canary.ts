/** One canary check per distribution: an unsigned request and an unknown id, which the edge must deny, and the key to prove. */
import type { KeyObject } from "node:crypto";
import { isError } from "../errors.ts";
import { mintCookies } from "../mint/mint.ts";
import { cookiePairs } from "../mint/write.ts";
import { classify } from "../probe/classify.ts";
import type { Classification } from "../probe/layer.ts";
import type { Viewer, ViewerResponse } from "../seams/viewer.ts";
import type { AwsClock } from "./aws-clock.ts";
import type { CanaryCheckOutcome } from "./proof.ts";
import type { ProofName } from "./record.ts";
import type { Settings } from "./settings.ts";

/** A key and its id at the edge. */
export interface CanaryKey {
  readonly keyPairId: string;
  readonly privateKey: KeyObject;
}

/** Well-formed but never assigned: CloudFront's ids are K and 13 characters, never these. */
const UNKNOWN_ID = "K00KEYTURN0000";
/** Longer than clocks disagree, too short for a canary cookie to be abused. */
const CANARY_LIFE = 300;

type Needs = { readonly clock: Pick<AwsClock, "now" | "asking">; readonly viewer: Viewer };
type Settled = Pick<Settings, "canaries" | "hash">;

/** How many extra times to send the key, to reach a location that was behind. */
const MORE = 8;

/**
 * The edge must pass `accepted` and deny `denied`, or an unknown id if `denied` is absent. Good only if every distribution
 * answered as it should, including the negative controls. `behind`: edge locations to reach again.
 */
export async function sendCanaryCheck(
  { clock, viewer }: Needs,
  settings: Settled,
  keys: { readonly accepted: CanaryKey; readonly denied?: CanaryKey | undefined },
  { behind = [], signal }: { readonly behind?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<CanaryCheckOutcome> {
  const expires = Math.floor(clock.now()) + CANARY_LIFE;
  const cookieOf = ({ keyPairId, privateKey }: CanaryKey, url: string) =>
    cookiePairs(mintCookies({ url, expires, hash: settings.hash, keyPairId }, privateKey))
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
  const refused = keys.denied ?? { ...keys.accepted, keyPairId: UNKNOWN_ID };
  const canaries = Object.entries(settings.canaries);
  const ask = ([distribution, url]: readonly [string, string], role: Role) => {
    const key = role === "accepted" ? keys.accepted : role === "unsigned" ? undefined : refused;
    const cookie = key && cookieOf(key, url);
    return askOnce({ clock, viewer }, { distribution, url, role, cookie }, signal);
  };
  const control = keys.denied === undefined ? "unknown" : "removed";
  const requests = (["unsigned", control, "accepted"] as const).flatMap((role) =>
    canaries.map((canary) => ask(canary, role)),
  );
  const answers = await Promise.all(requests);
  // The key to prove: the new one while it is being added, the old one once it is removed.
  const inQuestion = keys.denied === undefined ? "accepted" : "removed";
  for (let time = 0; time < MORE && !hasMet(answers, inQuestion, behind); time += 1) {
    answers.push(...(await Promise.all(canaries.map((canary) => ask(canary, inQuestion)))));
  }
  return judge(answers, keys, inQuestion);
}

function hasMet(answers: readonly CanaryAnswer[], role: Role, locations: readonly string[]): boolean {
  return locations.every((each) =>
    answers.some((answer) => answer.role === role && answer.location === each),
  );
}

type Role = "unsigned" | "unknown" | "removed" | "accepted";
interface CanaryRequest {
  readonly distribution: string;
  readonly url: string;
  readonly role: Role;
  readonly cookie: string | undefined;
}
interface CanaryAnswer extends CanaryRequest {
  /** Absent if there was no response. */
  readonly classification?: Classification;
  readonly location: string | undefined;
  readonly requestId: string | undefined;
}

async function askOnce(
  { clock, viewer }: Needs,
  canary: CanaryRequest,
  signal?: AbortSignal,
): Promise<CanaryAnswer> {
  const request = {
    method: "GET",
    url: canary.url,
    headers: canary.cookie === undefined ? [] : [["cookie", canary.cookie] as const],
  };
  const answeredAt = clock.asking("the edge");
  try {
    const response = await viewer.send(request, signal);
    const classification = classify(response, { method: "GET", url: canary.url });
    // A response that passed carries the Date of the origin or of the cache.
    if (classification.edge === "denied") answeredAt(headerOf(response, "date"));
    return {
      ...canary,
      classification,
      location: headerOf(response, "x-amz-cf-pop"),
      requestId: headerOf(response, "x-amz-cf-id"),
    };
  } catch (thrown) {
    if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
    return { ...canary, location: undefined, requestId: undefined };
  }
}

function judge(
  answers: readonly CanaryAnswer[],
  keys: { readonly accepted: CanaryKey },
  inQuestion: Role,
): CanaryCheckOutcome {
  const complain = (answer: CanaryAnswer) => failureOf(answer, keys.accepted.keyPairId);
  const relevant = answers.filter(({ role }) => role === inQuestion);
  const behind = locationsOf(relevant.filter((answer) => complain(answer) !== undefined));
  const outcome = {
    locations: locationsOf(answers),
    requestIds: answers.flatMap(({ requestId }) => requestId ?? []).slice(0, 12),
    knowing: locationsOf(relevant).filter((each) => !behind.includes(each)),
    behind,
  };
  const complaints = answers.flatMap((answer) => complain(answer) ?? []);
  if (complaints.length === 0) return { good: true, ...outcome };
  const [worst = complaints[0]] = complaints.filter(({ isControl }) => isControl);
  return {
    good: false,
    complaint: worst?.text ?? "the canary check failed",
    controlFailed: worst?.isControl ? true : undefined,
    ...outcome,
  };
}

const locationsOf = (answers: readonly CanaryAnswer[]) => [
  ...new Set(answers.flatMap(({ location }) => location ?? [])),
];

function failureOf(
  answer: CanaryAnswer,
  keyPairId: string,
): { text: string; isControl: boolean } | undefined {
  const { classification, role, distribution, url } = answer;
  const where = `distribution ${distribution} (${url})`;
  if (classification === undefined) return { text: `${where} did not answer`, isControl: false };
  if (role === "accepted") {
    if (classification.edge === "passed") return undefined;
    const code = classification.code === undefined ? classification.evidence[0] : classification.code;
    return { text: `${where} did not accept ${keyPairId}: ${code ?? "unsure"}`, isControl: false };
  }
  if (classification.edge === "denied") {
    if (role !== "removed" || classification.code === "InvalidKey") return undefined;
    return {
      text: `${where} denied the removed key with ${classification.code}, not InvalidKey`,
      isControl: false,
    };
  }
  // If the removed key passes, the edge does not have the change yet; if an unsigned or unknown one passes, nothing
  // is protected.
  const isControl = role !== "removed" && classification.edge === "passed";
  const name = {
    unsigned: "an unsigned request",
    unknown: "an unknown key pair ID",
    removed: "the removed key",
  }[role];
  return {
    text: `${where} did not deny ${name}: ${classification.layer}, ${classification.evidence[0] ?? "no signs"}`,
    isControl,
  };
}

function headerOf({ headers }: ViewerResponse, name: string): string | undefined {
  return headers.find(([each]) => each === name)?.[1];
}

/** The keys that a proof tests. */
export function keysUnderTest(proof: ProofName): {
  readonly accepted: "new" | "old";
  readonly denied?: "old";
} {
  if (proof === "gone") return { accepted: "new", denied: "old" };
  return { accepted: proof };
}
