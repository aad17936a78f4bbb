/** From input to report: one request in full, or many with a line each plus the first denied one in full. */
import type { CapturedRequest, CapturedResponse, LoggedResponse } from "../capture/capture.ts";
import { codeOfLength } from "../edge/denial.ts";
import type { Finding } from "../finding.ts";
import type { EpochSeconds } from "../time.ts";
import { answerDateFindings } from "./answer-date.ts";
import { explanationOf, type InspectedRequest, inspectRequest } from "./inspect-request.ts";
import type { Inspection } from "./inspection.ts";
import { causeFinding, type ResponseSender } from "./inspection-input.ts";
import { concernsSigning, deniedCode, type SurveyLine, surveyLine } from "./survey.ts";
import type { TrustLookup } from "./trust-source.ts";
import { urlToJudge } from "./url-to-judge.ts";

/** What the flags say, for every request. */
export interface InspectOptions {
  readonly url?: string;
  readonly ip?: string;
  /** Default: the request's time in the input, else the response's Date, else `now`. */
  readonly at?: EpochSeconds;
  readonly now: EpochSeconds;
  /** The page that makes the request. */
  readonly from?: string;
  /** A response from elsewhere (`--response`). */
  readonly response?: CapturedResponse;
  readonly lookup: TrustLookup;
  /** Who sent a response; the probe classifies it. */
  readonly answeredBy: (response: CapturedResponse, method: string, url?: string) => Promise<ResponseSender>;
}

export interface RequestSurvey {
  readonly requests: readonly SurveyLine[];
  /** The first denied request. */
  readonly explained?: Inspection;
}
export type Inspected =
  | { readonly inspection: Inspection; readonly findings: readonly Finding[] }
  | { readonly survey: RequestSurvey; readonly findings: readonly Finding[] };

/** Throws whatever reading a HAR and looking up trust throw. */
export async function inspectInput(
  captures: readonly CapturedRequest[] | AsyncIterable<CapturedRequest>,
  wanted: InspectOptions,
): Promise<Inspected> {
  const [only, ...others] = Array.isArray(captures) ? (captures as readonly CapturedRequest[]) : [];
  if (only === undefined || others.length > 0) return survey(captures, wanted);
  const { inspection, findings } = inspectRequest(await givenOf(only, wanted));
  return { inspection, findings: [...findings, ...clockOf(only, wanted)] };
}

/** `--response` was pasted next to a request, whoever sent that. */
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
  /** By default browsers leave cookies out of a HAR. */
  let isComplete = false;
  for await (const capture of captures) {
    isComplete ||= capture.form !== "har" || capture.cookies.length > 0;
    if (!concernsSigning(capture)) {
      requests.push(surveyLine(capture, undefined));
      continue;
    }
    if (clock.length === 0) clock = clockOf(capture, wanted);
    // Many requests: each has its own URL.
    const { url = wanted.url } = capture;
    const given = await givenOf(capture, { ...wanted, url });
    const explanation = explanationOf(given);
    isComplete ||= explanation.carrier === "query";
    requests.push(surveyLine(capture, explanation));
    // An actual denial says more than a predicted one.
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
  return causeFinding(
    "no-cookies-recorded",
    "observed",
    `none of the ${count} requests has a cookie: by default browsers leave cookies out of a HAR`,
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
    gate: lookup.gate?.name,
    answered: response
      ? await answeredBy(response, capture.method ?? "GET", url)
      : capture.logged && answeredInLog(capture.logged),
  };
}

/** A denial has a characteristic length; a log does not show who sent any other response. */
function answeredInLog({ status, contentType = "", length }: LoggedResponse): InspectedRequest["answered"] {
  const code = status === 403 && /^text\/xml/i.test(contentType) ? codeOfLength(length ?? 0) : undefined;
  if (code === undefined) return undefined;
  const evidence = [
    `the log shows 403, ${contentType} and ${length} bytes, the length of a denial with ${code}`,
  ];
  return { status, by: "edge signature check", edge: "denied", code, evidence };
}

/** When the response was sent, a moment after its request. */
function dateOf(response: CapturedResponse | undefined): EpochSeconds | undefined {
  const date = response?.headers.find(([name]) => name.toLowerCase() === "date")?.[1];
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? undefined : at / 1000;
}

/** Only CloudFront's cookies matter, and only in formats that show what a browser stored. */
async function browserSending(capture: CapturedRequest, url: string, now: EpochSeconds, from?: string) {
  const { selectCookies } = await import("../browser/sent-cookies.ts");
  const { sent, withheld } = selectCookies(capture.cookies, {
    url,
    now,
    from,
  });
  return { sent, withheld: withheld.filter(({ name }) => name.startsWith("CloudFront-")) };
}

/** As written; the steps validate it. */
function keyPairIdOf({ cookies }: CapturedRequest, url = ""): string | undefined {
  const inQuery = /[?&]Key-Pair-Id=([\w-]{1,128})(?:&|$)/.exec(url)?.[1];
  return inQuery ?? cookies.find(({ name }) => name === "CloudFront-Key-Pair-Id")?.value;
}
