/** From what was pasted to what is told: one request whole, or many by a line each and the first denied one whole. */
import type { CapturedRequest, CapturedResponse, LoggedAnswer } from "../capture/capture.ts";
import { codeOfLength } from "../edge/denial.ts";
import type { Finding } from "../finding.ts";
import type { EpochSeconds } from "../time.ts";
import { answerDateFindings } from "./answer-date.ts";
import { type Answered, cause } from "./inquiry.ts";
import { explanationOf, type InspectedRequest, inspectRequest } from "./inspect-request.ts";
import type { Inspection } from "./inspection.ts";
import { concernsSigning, deniedCode, type SurveyLine, surveyLine } from "./survey.ts";
import type { TrustLookup } from "./trust-source.ts";
import { urlToJudge } from "./url-to-judge.ts";

/** What the flags say about every request. */
export interface InspectOptions {
  readonly url?: string;
  readonly ip?: string;
  /** Absent: when the input says that the request was sent, or the answer its Date, else `now`. */
  readonly at?: EpochSeconds;
  readonly now: EpochSeconds;
  /** The page that asks. */
  readonly from?: string;
  /** An answer from elsewhere (`--response`). */
  readonly response?: CapturedResponse;
  readonly lookup: TrustLookup;
  /** Who gave an answer; classification is the probe's. */
  readonly answeredBy: (response: CapturedResponse, method: string, url?: string) => Promise<Answered>;
}

export interface Survey {
  readonly requests: readonly SurveyLine[];
  /** Of the first denied one. */
  readonly explained?: Inspection;
}
export type Inspected =
  | { readonly inspection: Inspection; readonly findings: readonly Finding[] }
  | { readonly survey: Survey; readonly findings: readonly Finding[] };

/** Throws what reading a HAR and looking up trust throw. */
export async function inspectInput(
  captures: readonly CapturedRequest[] | AsyncIterable<CapturedRequest>,
  wanted: InspectOptions,
): Promise<Inspected> {
  const [only, ...others] = Array.isArray(captures) ? (captures as readonly CapturedRequest[]) : [];
  if (only === undefined || others.length > 0) return survey(captures, wanted);
  const { inspection, findings } = inspectRequest(await givenOf(only, wanted));
  return { inspection, findings: [...findings, ...clockOf(only, wanted)] };
}

/** `--response` was pasted beside a request, whoever made that. */
function clockOf(capture: CapturedRequest, { response, now }: InspectOptions): readonly Finding[] {
  return response === undefined
    ? answerDateFindings(capture.response, { sentAt: capture.sentAt, now })
    : answerDateFindings(response, { now });
}

async function survey(
  captures: readonly CapturedRequest[] | AsyncIterable<CapturedRequest>,
  wanted: InspectOptions,
): Promise<Inspected> {
  const requests: SurveyLine[] = [];
  let denied: InspectedRequest | undefined;
  let isAnswerDenied = false;
  let clock: readonly Finding[] = [];
  /** Browsers leave cookies out of a HAR unless asked. */
  let isComplete = false;
  for await (const capture of captures) {
    isComplete ||= capture.form !== "har" || capture.cookies.length > 0;
    if (!concernsSigning(capture)) {
      requests.push(surveyLine(capture, undefined));
      continue;
    }
    if (clock.length === 0) clock = clockOf(capture, wanted);
    // Of many requests each has its own URL.
    const { url = wanted.url } = capture;
    const given = await givenOf(capture, { ...wanted, ...(url !== undefined && { url }) });
    const explanation = explanationOf(given);
    isComplete ||= explanation.carrier === "query";
    requests.push(surveyLine(capture, explanation));
    // What the edge did deny tells more than what it would deny.
    const wasDenied = deniedCode(capture) !== undefined;
    const wouldBe = explanation.verdict === "deny" && (capture.response?.status ?? 403) >= 400;
    if ((wasDenied && !isAnswerDenied) || (denied === undefined && wouldBe)) {
      denied = given;
      isAnswerDenied ||= wasDenied;
    }
  }
  const explained = denied === undefined ? undefined : inspectRequest(denied);
  return {
    survey: { requests, explained: explained?.inspection },
    findings: [...(explained?.findings ?? []), ...(isComplete ? [] : [sanitized(requests.length)]), ...clock],
  };
}

function sanitized(count: number): Finding {
  return cause(
    "no-cookies-recorded",
    "observed",
    `none of the ${count} requests holds a cookie: browsers leave cookies out of a HAR unless asked`,
    "DevTools, Network, Export HAR (with sensitive data)",
  );
}

async function givenOf(capture: CapturedRequest, wanted: InspectOptions): Promise<InspectedRequest> {
  const { now, from, lookup, answeredBy } = wanted;
  const ip = wanted.ip ?? capture.ip;
  const response = wanted.response ?? capture.response;
  const at = wanted.at ?? capture.sentAt ?? dateOf(response) ?? now;
  const { url, otherUrl } = urlToJudge(capture.url, wanted.url);
  const isStored = capture.cookies.some(({ stored }) => stored !== undefined);
  const sending = url !== undefined && isStored ? await browserSending(capture, url, at, from) : undefined;
  const keyPairId = keyPairIdOf(capture, url);
  return {
    capture,
    at,
    found: await lookup.of(url, keyPairId),
    url,
    otherUrl,
    ip,
    ...sending,
    ...(lookup.gate !== undefined && { gate: lookup.gate.name }),
    ...(response !== undefined && { answered: await answeredBy(response, capture.method ?? "GET", url) }),
    ...(response === undefined && capture.logged !== undefined && answeredInLog(capture.logged)),
  };
}

/** A denial has a length of its own; of any other logged answer nobody can say who gave it. */
function answeredInLog({
  status,
  contentType = "",
  length,
}: LoggedAnswer): Pick<InspectedRequest, "answered"> {
  const code = status === 403 && /^text\/xml/i.test(contentType) ? codeOfLength(length ?? 0) : undefined;
  if (code === undefined) return {};
  const evidence = [
    `the log has 403, ${contentType} and ${length} bytes, which is the length of a denial with ${code}`,
  ];
  return { answered: { status, by: "edge signature check", edge: "denied", code, evidence } };
}

/** When the answer was made: the request that it answers came a moment before. */
function dateOf(response: CapturedResponse | undefined): EpochSeconds | undefined {
  const date = response?.headers.find(([name]) => name.toLowerCase() === "date")?.[1];
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? undefined : at / 1000;
}

/** Only CloudFront's cookies matter, and only where a form tells what a browser stored. */
async function browserSending(capture: CapturedRequest, url: string, now: EpochSeconds, from?: string) {
  const { selectCookies } = await import("../browser/sent-cookies.ts");
  const { sent, withheld } = selectCookies(capture.cookies, {
    url,
    now,
    from,
  });
  return { sent, withheld: withheld.filter(({ name }) => name.startsWith("CloudFront-")) };
}

/** As written; whether it is one is the steps' business. */
function keyPairIdOf({ cookies }: CapturedRequest, url = ""): string | undefined {
  const inQuery = /[?&]Key-Pair-Id=([\w-]{1,128})(?:&|$)/.exec(url)?.[1];
  return inQuery ?? cookies.find(({ name }) => name === "CloudFront-Key-Pair-Id")?.value;
}
