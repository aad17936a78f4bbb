/** One canary triple per distribution: unsigned and an unknown id denied by the edge, and the key that is asked about. */
import type { KeyObject } from "node:crypto";
import { isError } from "../errors.ts";
import { mintCookies } from "../mint/mint.ts";
import { cookiePairs } from "../mint/write.ts";
import { classify } from "../probe/classify.ts";
import type { Classification } from "../probe/layer.ts";
import type { Viewer, ViewerResponse } from "../seams.ts";
import type { AwsClock } from "./aws-clock.ts";
import type { CanaryCheckOutcome } from "./proof.ts";
import type { ProofName } from "./record.ts";
import type { Settings } from "./settings.ts";

/** A key with the id that the edge knows it by. */
export interface CanaryKey {
  readonly keyPairId: string;
  readonly privateKey: KeyObject;
}

/** Well-formed, and nobody's: CloudFront's ids are K and 13 characters, never these. */
const UNKNOWN_ID = "K00KEYTURN0000";
/** Longer than clocks disagree, shorter than anything a canary cookie could be abused for. */
const CANARY_LIFE = 300;

type Needs = { readonly clock: Pick<AwsClock, "now" | "asking">; readonly viewer: Viewer };
type Settled = Pick<Settings, "canaries" | "hash">;

/** How often the key in question is sent once more, to meet a location that was behind. */
const MORE = 8;

/**
 * `accepted` must pass the edge. `denied`, where given, must be refused by it; otherwise an unknown id must. Good only
 * when every distribution answered as it should, the negative controls included. `behind`: edge locations to meet again.
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
  const triple = (["unsigned", control, "accepted"] as const).flatMap((role) =>
    canaries.map((canary) => ask(canary, role)),
  );
  const answers = await Promise.all(triple);
  // The key whose trust is in question: the new one while it is let in, the old one once it is out.
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
  /** Absent when there was no answer. */
  readonly said?: Classification;
  readonly location: string | undefined;
  readonly requestId: string | undefined;
}

async function askOnce(
  { clock, viewer }: Needs,
  asked: CanaryRequest,
  signal?: AbortSignal,
): Promise<CanaryAnswer> {
  const request = {
    method: "GET",
    url: asked.url,
    headers: asked.cookie === undefined ? [] : [["cookie", asked.cookie] as const],
  };
  const heard = clock.asking("the edge");
  try {
    const response = await viewer.send(request, signal);
    const said = classify(response, { method: "GET", url: asked.url });
    // What passed is dated by the origin, or by whoever filled the cache.
    if (said.edge === "denied") heard(headerOf(response, "date"));
    return {
      ...asked,
      said,
      location: headerOf(response, "x-amz-cf-pop"),
      requestId: headerOf(response, "x-amz-cf-id"),
    };
  } catch (thrown) {
    if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
    return { ...asked, location: undefined, requestId: undefined };
  }
}

function judge(
  answers: readonly CanaryAnswer[],
  keys: { readonly accepted: CanaryKey },
  inQuestion: Role,
): CanaryCheckOutcome {
  const complain = (answer: CanaryAnswer) => failureOf(answer, keys.accepted.keyPairId);
  const asked = answers.filter(({ role }) => role === inQuestion);
  const behind = locationsOf(asked.filter((answer) => complain(answer) !== undefined));
  const seen = {
    locations: locationsOf(answers),
    requestIds: answers.flatMap(({ requestId }) => requestId ?? []).slice(0, 12),
    knowing: locationsOf(asked).filter((each) => !behind.includes(each)),
    behind,
  };
  const complaints = answers.flatMap((answer) => complain(answer) ?? []);
  if (complaints.length === 0) return { good: true, ...seen };
  const [worst = complaints[0]] = complaints.filter(({ isControl }) => isControl);
  return {
    good: false,
    complaint: worst?.text ?? "the triple failed",
    ...(worst?.isControl ? { controlFailed: true } : {}),
    ...seen,
  };
}

const locationsOf = (answers: readonly CanaryAnswer[]) => [
  ...new Set(answers.flatMap(({ location }) => location ?? [])),
];

function failureOf(
  answer: CanaryAnswer,
  keyPairId: string,
): { text: string; isControl: boolean } | undefined {
  const { said, role, distribution, url } = answer;
  const where = `distribution ${distribution} (${url})`;
  if (said === undefined) return { text: `${where} did not answer`, isControl: false };
  if (role === "accepted") {
    if (said.edge === "passed") return undefined;
    const code = said.code === undefined ? said.evidence[0] : said.code;
    return { text: `${where} did not accept ${keyPairId}: ${code ?? "unsure"}`, isControl: false };
  }
  if (said.edge === "denied") {
    if (role !== "removed" || said.code === "InvalidKey") return undefined;
    return { text: `${where} denied the removed key with ${said.code}, not InvalidKey`, isControl: false };
  }
  // The removed key still passing is the edge not having learned; an unsigned or unknown one passing is no protection.
  const isControl = role !== "removed" && said.edge === "passed";
  const name = {
    unsigned: "an unsigned request",
    unknown: "an unknown key pair ID",
    removed: "the removed key",
  }[role];
  return {
    text: `${where} did not deny ${name}: ${said.layer}, ${said.evidence[0] ?? "no signs"}`,
    isControl,
  };
}

function headerOf({ headers }: ViewerResponse, name: string): string | undefined {
  return headers.find(([each]) => each === name)?.[1];
}

/** Which keys a proof asks about. */
export function keysUnderTest(proof: ProofName): {
  readonly accepted: "new" | "old";
  readonly denied?: "old";
} {
  if (proof === "gone") return { accepted: "new", denied: "old" };
  return { accepted: proof };
}
