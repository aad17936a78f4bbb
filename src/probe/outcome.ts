/** The response to one probe request: enough to judge and show, never its body or cookies. */
import { hash } from "node:crypto";
import { clockAhead, freshDate } from "../answer-dates.ts";
import type { ViewerResponse } from "../seams/viewer.ts";
import type { EpochSeconds } from "../time.ts";
import { readAnswer } from "./answer.ts";
import { classifyRead, readableAcrossOrigins } from "./classify.ts";
import { httpsInstead } from "./https-instead.ts";
import type { Classification } from "./layer.ts";
import type { ProbeRequest } from "./plan.ts";
import type { PreparedRequest } from "./prepare.ts";

export interface ClassifiedAnswer extends Classification {
  readonly status: number;
  /** x-amz-cf-id; the origin receives the same one. */
  readonly requestId?: string;
  /** x-amz-cf-pop: the edge location. */
  readonly pop?: string;
  /** How far this machine's clock is ahead of the Date (negative: behind), if it is certainly off. */
  readonly clockAhead?: number;
  /** Whether script on another site could read it. */
  readonly readable: boolean;
  /** Status, Content-Type and Server: the same for HEAD and GET of one resource. */
  readonly head: string;
  /** The https URL, if plain HTTP only redirects to the same path on the same server. */
  readonly httpsInstead?: string;
  /** A digest of status and body: equal responses have equal digests. */
  readonly print: string;
}

export interface ProbeOutcome extends PreparedRequest {
  /** Either an answer, or why there was none. */
  readonly answer?: ClassifiedAnswer;
  readonly unreachable?: string;
  /** The system's error code beside `unreachable`, if there is one: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly failure?: string;
}

/** The system's error code; with several addresses, that of the first. */
export function failureOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown instanceof AggregateError && !("code" in thrown)) return failureOf(thrown.errors[0]);
  if ("code" in thrown && typeof thrown.code === "string" && thrown.code !== "ERR_UNREACHABLE")
    return thrown.code;
  return failureOf(thrown.cause);
}

export function answeredOf(
  response: ViewerResponse,
  request: ProbeRequest,
  { sentAt, at }: { readonly sentAt: EpochSeconds; readonly at: EpochSeconds },
): ClassifiedAnswer {
  const answer = readAnswer(response, request);
  const requestId = answer.header("x-amz-cf-id");
  const pop = answer.header("x-amz-cf-pop");
  const https = httpsInstead(answer, request);
  const date = freshDate(response.headers);
  const ahead = date === undefined ? undefined : clockAhead(date, sentAt, at);
  return {
    ...classifyRead(answer),
    status: response.status,
    requestId: requestId || undefined,
    pop: /^[\w-]{1,32}$/.test(pop) ? pop : undefined,
    clockAhead: ahead,
    httpsInstead: https,
    readable: readableAcrossOrigins(response),
    head: `${response.status} ${answer.header("content-type")} ${answer.header("server")}`,
    print: `${response.status} ${hash("sha256", response.body, "base64url")}`,
  };
}
