/** Many requests, a line each, and the first denied one in full: a HAR, or sets minted in bulk. */
import type { CapturedRequest } from "../capture/capture.ts";
import { readCredential } from "../edge/credential.ts";
import { parseDenial } from "../edge/denial.ts";
import { DEFAULT_RULES } from "../edge/rules.ts";
import type { WireCode } from "../edge/verdict.ts";
import type { Explanation } from "./explain.ts";
import { redactCredentials } from "./redact-url.ts";

export interface SurveyLine {
  readonly source: string;
  readonly method: string;
  /** Without CloudFront's parameters. */
  readonly url?: string;
  /** The captured response's status. */
  readonly status?: number;
  /** `unsigned`: no CloudFront credential, so nothing to judge. */
  readonly verdict: Explanation["verdict"] | "unsigned";
  readonly code?: WireCode;
  /** The response is a denial by the signature check. */
  readonly denied?: WireCode;
}

/** Does it carry a CloudFront credential, or a response from the signature check? */
export function concernsSigning(capture: CapturedRequest): boolean {
  const { url = "", cookies } = capture;
  const pairs = cookies.map(({ name, value }) => [name, value] as const);
  const { carrier } = readCredential({ url, cookies: pairs, ip: "" }, DEFAULT_RULES, new Set());
  return carrier !== "none" || deniedCode(capture) !== undefined;
}

/** The code in the captured response. */
export function deniedCode({ response }: CapturedRequest): WireCode | undefined {
  return response?.status === 403 ? parseDenial(response.body) : undefined;
}

export function surveyLine(capture: CapturedRequest, explanation: Explanation | undefined): SurveyLine {
  const { source, method = "GET", response } = capture;
  const denied = deniedCode(capture);
  const url = explanation?.credential.url ?? capture.url;
  return {
    source,
    method,
    url: url ? redactCredentials(url) : undefined,
    status: response?.status,
    verdict: explanation?.verdict ?? "unsigned",
    code: explanation?.code,
    denied,
  };
}
