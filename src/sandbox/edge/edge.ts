/**
 * The edge: a pure handler from a viewer's request to a response. `edge/decide.ts` judges the signature of every request.
 * The order of the checks is undocumented; here: host, WAF and geo, size, protocol, method, body, signature, function,
 * origin, error page.
 */

import { DEFAULT_RULES, type EdgeRules } from "../../edge/rules.ts";
import type { Clock, Random } from "../../seams/world.ts";
import type { Switches } from "../switches.ts";
import { ConnectionDropped, type WireHandler, type WireRequest, type WireResponse } from "../wire.ts";
import type { AccessLog } from "./access-log.ts";
import type { EdgeFaultId } from "./edge-faults.ts";
import { type EdgeResponse, errorPageFor, originUnreachablePage } from "./edge-responses.ts";
import { type EffectiveConfig, effectiveConfigs } from "./effective-config.ts";
import type { Locations } from "./location.ts";
import { type OriginCustomHeader, originRequestOf } from "./origin-request.ts";
import type { RequestHistory } from "./request-history.ts";
import { requestIdSource, viaSource } from "./request-id.ts";
import { LOCATION_HEADER, viewerAddress } from "./sandbox-headers.ts";
import { isUnexpected, senderOf } from "./sender.ts";
import { checkViewerRequest, type ForwardedRequest, type RequestOutcome } from "./viewer-request.ts";

export interface EdgeOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "bytes">;
  readonly locations: Locations;
  readonly switches: Pick<Switches<EdgeFaultId>, "on" | "revision">;
  readonly origin: WireHandler;
  readonly verification: OriginCustomHeader;
  readonly history: RequestHistory;
  /** Does the account hold this public key? Denying a genuine key matters more than denying an invented one. */
  readonly isGenuine?: (keyPairId: string) => boolean;
  /** If absent, nothing is logged. */
  readonly accessLog?: AccessLog;
  /** The HTTPS listener's port, for redirects; a function, because it is known only once it listens. */
  readonly httpsPort: () => number;
  readonly rules?: EdgeRules;
}

export function createEdge(options: EdgeOptions): WireHandler {
  const { clock, locations, switches, history, rules = DEFAULT_RULES } = options;
  const effectiveConfigOf = effectiveConfigs(switches);
  const requestIds = requestIdSource(options.random);
  const via = viaSource(options.random);

  async function outcomeOf(
    request: WireRequest,
    config: EffectiveConfig,
    requestId: string,
  ): Promise<RequestOutcome> {
    const decision = checkViewerRequest(request, {
      ...{ config, requestId, rules, now: clock.now(), faults: switches.on },
      hasBody: request.body.length > 0,
      httpsPort: options.httpsPort(),
    });
    const { outcome, distribution } =
      "refused" in decision
        ? { outcome: decision.refused, distribution: decision.distribution }
        : { outcome: await forward(request, decision.forwarded, requestId), ...decision.forwarded };
    const page =
      outcome.by === "edge" || !distribution
        ? undefined
        : errorPageFor(distribution, outcome.response.status);
    if (!page) return outcome;
    const response = await errorPage(request, page.responsePagePath as string, requestId);
    return { ...outcome, response: { ...response, status: page.responseCode ?? outcome.response.status } };
  }

  async function forward(
    request: WireRequest,
    { cookies, ip, verdict }: ForwardedRequest,
    requestId: string,
  ): Promise<RequestOutcome> {
    const response = await fromOrigin(
      originRequestOf(request, cookies, ip, requestId, options.verification, rules),
      requestId,
    );
    return { response, by: "origin", originCalled: true, verdict };
  }

  async function fromOrigin(request: WireRequest, requestId: string): Promise<EdgeResponse> {
    try {
      const { status, headers, body } = await options.origin(request);
      return {
        status,
        headers: [
          ...headers,
          ["x-cache", status >= 400 ? "Error from cloudfront" : "Miss from cloudfront"] as const,
        ],
        body,
      };
    } catch (error) {
      if (error instanceof ConnectionDropped) return originUnreachablePage(requestId);
      throw error;
    }
  }

  /** CloudFront fetches the error page itself, without anything from the viewer's request. */
  async function errorPage(request: WireRequest, path: string, requestId: string): Promise<EdgeResponse> {
    const { name, value } = options.verification;
    const headers = { host: request.headers.host ?? "", [name]: value };
    const page = { ...request, method: "GET", target: path, headers, body: new Uint8Array() };
    const { status, headers: requestHeaders, body } = await fromOrigin(page, requestId);
    const own = requestHeaders.filter(([each]) => each !== "x-cache");
    return { status, headers: [...own, ["x-cache", "Error from cloudfront"]], body };
  }

  return async (request): Promise<WireResponse> => {
    const location = locations.at(request.headers[LOCATION_HEADER]);
    const { pop } = location.setting;
    const requestId = requestIds();
    const outcome = await outcomeOf(request, effectiveConfigOf(location.config), requestId);
    const { by, originCalled, verdict } = outcome;
    const answer = request.method === "HEAD" ? withoutBody(outcome.response) : outcome.response;
    const at = clock.now();
    options.accessLog?.add({
      at,
      requestId,
      pop,
      request,
      answer,
      // A simulated origin response takes as long as a real one.
      originCalled: originCalled || verdict?.allowed === true,
      viewerAddress: viewerAddress(request),
      distributionHost:
        effectiveConfigOf(location.config).distribution(request.headers.host ?? "")?.domainName ?? "-",
      detail: DETAILS[by] ?? outcome.detail,
    });
    const sender = senderOf(request);
    const isProtected = DEMO_PROTECTED.test(request.target);
    const answered = { sender, request, by, originCalled, isProtected, status: answer.status, verdict, at };
    const unexpected = isUnexpected(answered, options.isGenuine);
    history.add({
      at,
      sender,
      unexpected,
      requestId,
      pop,
      method: request.method,
      host: request.headers.host ?? "",
      target: request.target,
      status: answer.status,
      by,
      originCalled,
      verdict,
    });
    return {
      status: answer.status,
      headers: [...answer.headers, ["via", via], ["x-amz-cf-pop", pop], ["x-amz-cf-id", requestId]],
      body: answer.body,
    };
  };
}

/** What the demo's gate protects, also while a fault is on that opens it. */
const DEMO_PROTECTED = /^\/(api|media)\//;

/** Result types more specific than Error, by the fault that responded. */
const DETAILS: Readonly<Record<string, string>> = { "geo-block": "ClientGeoBlocked" };

/** The headers of the GET, including its length. */
function withoutBody({ status, headers, body }: EdgeResponse): EdgeResponse {
  const others = headers.filter(([name]) => name !== "content-length");
  const length = String(Buffer.byteLength(body));
  return { status, headers: [...others, ["content-length", length]], body: "" };
}
