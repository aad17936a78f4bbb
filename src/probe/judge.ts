/** Compares a response with the expectation. A fault is the id of the finding that reports it. */
import type { WireCode } from "../edge/verdict.ts";
import type { Expectation } from "./expect.ts";
import type { AnsweringLayer } from "./layer.ts";
import type { ClassifiedAnswer, ProbeOutcome } from "./outcome.ts";
import type { ProbeRequest } from "./plan.ts";

export type Judgement =
  | { readonly verdict: "met" }
  | { readonly verdict: "observed"; readonly because: string }
  | { readonly verdict: "failed"; readonly fault: string }
  /** It may have failed for a reason that another failure names, so it proves nothing. */
  | { readonly verdict: "unproved"; readonly because: string }
  | { readonly verdict: "not-asked"; readonly because: string };

export interface JudgedOutcome extends ProbeOutcome {
  readonly judgement: Judgement;
}

const MET = { verdict: "met" } as const;
const failed = (fault: string) => ({ verdict: "failed", fault }) as const;

/** Pure: judges one outcome on its own. `reconsider.ts` adds what only the whole run shows. */
export function judge(outcome: ProbeOutcome): Judgement {
  const { request, expectation, answer } = outcome;
  if (answer === undefined) {
    if (expectation.kind === "https-only") return MET;
    return { verdict: "not-asked", because: outcome.unreachable ?? "no answer" };
  }
  switch (expectation.kind) {
    case "observed":
      return { verdict: "observed", because: expectation.because };
    case "denied":
      return judgeDenial(request, answer, expectation);
    case "passed":
      return request.target.protection === "none" ? judgePublic(answer) : judgePassage(request, answer);
    case "application-refuses":
      return judgeApplication(answer);
    case "https-only":
      return judgePlainHttp(answer);
  }
}

/** Layers that answer where the signature check should: each names its own cause. */
export const BLOCKED: Readonly<Partial<Record<AnsweringLayer, string>>> = {
  "edge-waf": "blocked-by-waf",
  "edge-geo": "blocked-by-geo",
  "edge-function": "answered-by-function",
  "edge-method": "method-not-allowed",
  "edge-refusal": "refused-by-cloudfront",
  "edge-redirect": "redirected-by-edge",
};

type Denied = Extract<Expectation, { kind: "denied" }>;

function judgeDenial(
  { caseId, method }: ProbeRequest,
  answer: ClassifiedAnswer,
  expected: Denied,
): Judgement {
  const blocked = BLOCKED[answer.layer];
  if (blocked !== undefined) return failed(blocked);
  if (answer.layer === "edge-signature") return judgeCode(answer.code, method, expected);
  if (answer.layer === "error-page") return failed("denial-masked");
  if (answer.layer === "unsure") return failed("denial-unrecognised");
  if (answer.edge === "unsure") return failed("not-through-cloudfront");
  return failed(caseId === "none" ? "unsigned-allowed" : `${caseId}-allowed`);
}

function judgeCode(code: WireCode | undefined, method: string, { codes, undocumented }: Denied): Judgement {
  if (code !== undefined) return codes.includes(code) ? MET : failed("denied-with-another-code");
  // HEAD has no body to tell them apart.
  if (method === "HEAD") return MET;
  if (undocumented) return { verdict: "observed", because: "the edge denies with an unlisted code" };
  return failed("denied-with-another-code");
}

export const REFUSED_BEHIND: Readonly<Partial<Record<AnsweringLayer, string>>> = {
  s3: "valid-refused-by-s3",
  "api-gateway": "valid-refused-by-api-gateway",
  "lambda-url": "valid-refused-by-lambda-url",
  "load-balancer": "valid-refused-by-load-balancer",
  "origin-verification": "edge-not-verified-by-origin",
  "edge-no-origin": "origin-unreachable",
};

/** A positive control only shows that the edge lets it pass; anything that refuses a valid viewer is still a fault. */
function judgePassage(request: ProbeRequest, answer: ClassifiedAnswer): Judgement {
  const blocked = BLOCKED[answer.layer];
  if (blocked !== undefined) return failed(blocked);
  if (answer.layer === "edge-signature") return failed(validDenied(answer.code));
  if (answer.layer === "error-page") return failed("valid-masked");
  if (answer.layer === "unsure") return failed("valid-answer-unrecognised");
  const behind = REFUSED_BEHIND[answer.layer];
  if (behind !== undefined) return failed(behind);
  if (answer.edge === "unsure") return failed("not-through-cloudfront");
  if (answer.layer === "cache" && answer.status >= 400) return failed("refusal-from-cache");
  if (answer.status >= 500) return failed("origin-fails");
  const refused = answer.status === 401 || answer.status === 403;
  return refused && !request.target.applicationAuthorizes ? failed("valid-refused-by-application") : MET;
}

export function validDenied(code: WireCode | undefined): string {
  return code === undefined ? "valid-denied" : `valid-denied-${kebab(code)}`;
}

function judgePublic(answer: ClassifiedAnswer): Judgement {
  if (answer.layer === "edge-signature") return failed("public-route-denied");
  const blocked = BLOCKED[answer.layer];
  if (blocked !== undefined) return failed(blocked);
  if (answer.layer === "error-page") return failed("public-route-masked");
  if (answer.layer === "edge-no-origin") return failed("origin-unreachable");
  if (answer.status >= 500) return failed("origin-fails");
  return answer.status === 401 || answer.status === 403 ? failed("public-route-refused") : MET;
}

function judgeApplication(answer: ClassifiedAnswer): Judgement {
  if (answer.layer === "edge-signature") return failed("edge-denies-application-route");
  const blocked = BLOCKED[answer.layer];
  if (blocked !== undefined) return failed(blocked);
  if (answer.layer === "error-page") return failed("denial-masked");
  if (answer.layer === "edge-no-origin") return failed("origin-unreachable");
  if (answer.status === 401 || answer.status === 403 || answer.layer === "redirect") return MET;
  return answer.status >= 500 ? failed("origin-fails") : failed("application-does-not-refuse");
}

/**
 * A redirect to https, a denial, a refusal: all good. Nothing behind the edge may answer, nor may a separate server
 * that only speaks plain HTTP.
 */
function judgePlainHttp(answer: ClassifiedAnswer): Judgement {
  const isBeside = answer.layer === "application" && answer.status < 300;
  return answer.edge === "passed" || isBeside ? failed("http-allowed") : MET;
}

/** `InvalidKey` -> `invalid-key`. */
const kebab = (code: string) => code.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
