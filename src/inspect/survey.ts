/** Many requests, one line each, and the first denied one whole: a HAR, or sets minted by the dozen. */
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
  /** Of the captured answer. */
  readonly status?: number;
  /** `unsigned`: nothing of CloudFront's about it, so nothing was judged. */
  readonly verdict: Explanation["verdict"] | "unsigned";
  readonly code?: WireCode;
  /** The answer is a denial by the signature check. */
  readonly denied?: WireCode;
}

/** Does it carry anything of CloudFront's, or an answer of its signature check? */
export function concernsSigning(capture: CapturedRequest): boolean {
  const { url = "", cookies } = capture;
  const pairs = cookies.map(({ name, value }) => [name, value] as const);
  const { carrier } = readCredential({ url, cookies: pairs, ip: "" }, DEFAULT_RULES, new Set());
  return carrier !== "none" || deniedCode(capture) !== undefined;
}

/** The code that the captured answer itself shows. */
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
    ...(url !== undefined && url !== "" && { url: redactCredentials(url) }),
    status: response?.status,
    verdict: explanation?.verdict ?? "unsigned",
    code: explanation?.code,
    denied,
  };
}
