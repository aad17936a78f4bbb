/** What the edge decides before it asks an origin: refuses on its own, denies by signature, or lets the request pass. */
import { parseCookieHeader } from "../../capture/read-cookie-header.ts";
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { behaviorFor } from "../../edge/behavior.ts";
import { decide } from "../../edge/decide.ts";
import { denialOf } from "../../edge/denial.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Verdict } from "../../edge/verdict.ts";
import type { EpochSeconds } from "../../time.ts";
import type { WireRequest } from "../wire.ts";
import { type EdgeFaultId, faultResponse, isProtected } from "./edge-faults.ts";
import {
  badTargetPage,
  type EdgeResponse,
  edgePage,
  getWithBodyPage,
  httpsOnlyPage,
  methodNotAllowedPage,
  redirectToHttps,
  unknownHostPage,
} from "./edge-responses.ts";
import type { EffectiveConfig } from "./effective-config.ts";
import type { AnsweredBy } from "./request-history.ts";
import { viewerAddress } from "./sandbox-headers.ts";

/** How a request was answered: the response, who made it, and the verdict of the signature check. */
export interface RequestOutcome {
  readonly response: EdgeResponse;
  readonly by: AnsweredBy;
  readonly originCalled: boolean;
  readonly verdict?: Verdict;
  /** For the access log, if it says more than the result type. */
  readonly detail?: string;
}

/** The request is forwarded to the behavior's origin. */
export interface ForwardedRequest {
  readonly distribution: Distribution;
  readonly behavior: CacheBehavior;
  readonly cookies: readonly (readonly [name: string, value: string])[];
  readonly ip: string;
  readonly verdict?: Verdict;
}

/** A refusal names the distribution if the Host header found one: its error pages apply. */
export type ViewerRequestDecision =
  | { readonly forwarded: ForwardedRequest }
  | { readonly refused: RequestOutcome; readonly distribution?: Distribution };

export interface ViewerRequestContext {
  readonly config: EffectiveConfig;
  readonly requestId: string;
  readonly now: EpochSeconds;
  readonly rules: EdgeRules;
  readonly faults: readonly EdgeFaultId[];
  readonly hasBody: boolean;
  /** For redirects. */
  readonly httpsPort: number;
}

const URL_LIMIT = 8192;
const REQUEST_LIMIT = 32_768;

export function checkViewerRequest(
  request: Omit<WireRequest, "body">,
  given: ViewerRequestContext,
): ViewerRequestDecision {
  const { config, requestId } = given;
  const host = request.headers.host ?? "";
  const distribution = config.distribution(host);
  if (!distribution || !answersTo(distribution, host)) return { refused: byEdge(unknownHostPage(requestId)) };
  // `*`, which must not be matched against path patterns.
  if (!request.target.startsWith("/")) return { refused: byEdge(badTargetPage(requestId)) };
  const decision = checkAgainst(request, distribution, given);
  return "refused" in decision ? { ...decision, distribution } : decision;
}

function checkAgainst(
  request: Omit<WireRequest, "body">,
  distribution: Distribution,
  given: ViewerRequestContext,
): ViewerRequestDecision {
  const { config, requestId, faults, rules } = given;
  const blocked = faultResponse(faults, "beforeSignatureCheck");
  if (blocked)
    return { refused: { response: blocked.respond(requestId), by: blocked.id, originCalled: false } };
  const tooLarge = sizeRefusal(request, requestId);
  if (tooLarge) return { refused: byEdge(tooLarge) };
  const behavior = behaviorFor(distribution, request.target);
  if (!behavior) return { refused: byEdge(unknownHostPage(requestId)) };
  const refused = protocolRefusal(request, behavior, given);
  if (refused) {
    const isMethod = !behavior.allowedMethods.includes(request.method) && refused.status === 403;
    return { refused: { ...byEdge(refused), detail: isMethod ? "InvalidRequestMethod" : undefined } };
  }

  const trust = config.trust(behavior);
  const cookies = parseCookieHeader(request.headers.cookie ?? "");
  const ip = viewerAddress(request);
  const verdict = trust && decide({ url: viewerUrl(request), cookies, ip }, trust, given.now, rules);
  if (verdict && !verdict.allowed) {
    const code = verdict.code ?? "AccessDenied";
    return { refused: { response: denialOf(code), by: "signature-check", originCalled: false, verdict } };
  }
  const instead = isProtected(behavior) ? faultResponse(faults, "insteadOfOrigin") : undefined;
  if (instead) {
    return {
      refused: { response: instead.respond(requestId), by: instead.id, originCalled: false, verdict },
    };
  }
  return { forwarded: { distribution, behavior, cookies, ip, verdict } };
}

/** As the viewer sent it, for the signature check. */
export const viewerUrl = ({ scheme, headers, target }: Omit<WireRequest, "body">): string =>
  `${scheme}://${headers.host}${target}`;

function protocolRefusal(
  request: Omit<WireRequest, "body">,
  behavior: CacheBehavior,
  { requestId, hasBody, httpsPort }: ViewerRequestContext,
): EdgeResponse | undefined {
  if (request.scheme === "http" && behavior.viewerProtocolPolicy !== "allow-all") {
    return behavior.viewerProtocolPolicy === "https-only"
      ? httpsOnlyPage(requestId)
      : redirectToHttps(httpsUrl(request, httpsPort));
  }
  if (!behavior.allowedMethods.includes(request.method)) return methodNotAllowedPage(requestId);
  if (request.method === "GET" && hasBody) return getWithBodyPage(requestId);
  return undefined;
}

const byEdge = (response: EdgeResponse): RequestOutcome => ({
  response,
  by: "edge",
  originCalled: false,
});

/** A multi-tenant distribution has no host name of its own: only its tenants' names answer. */
const answersTo = (distribution: Distribution, host: string) =>
  distribution.connectionMode === "direct" || distribution.domainName !== host.replace(/:\d+$/, "");

/** DG:cloudfront-limits: 8,192 bytes of URL (414), 32,768 of request line and headers (494). */
function sizeRefusal(request: Omit<WireRequest, "body">, requestId: string): EdgeResponse | undefined {
  if (request.target.length > URL_LIMIT) return edgePage(414, "Bad request.", requestId);
  let size = request.target.length;
  for (const name in request.headers) size += name.length + (request.headers[name] as string).length + 4;
  return size > REQUEST_LIMIT
    ? edgePage(494, "Bad request.", requestId, [["connection", "close"]])
    : undefined;
}

function httpsUrl(request: Omit<WireRequest, "body">, port: number): string {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return `https://${host}${port === 443 ? "" : `:${port}`}${request.target}`;
}
