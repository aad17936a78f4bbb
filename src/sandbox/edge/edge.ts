/**
 * The edge: a pure handler from a viewer's request to an answer. `edge/decide.ts` judges the signature of every request.
 * The order of the checks is undocumented; here: host, WAF and geo, size, protocol, method, body, signature, function,
 * origin, error page.
 */

import { parseCookieHeader } from "../../capture/read-cookie-header.ts";
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { behaviorFor } from "../../edge/behavior.ts";
import { decide } from "../../edge/decide.ts";
import { denialOf } from "../../edge/denial.ts";
import { DEFAULT_RULES, type EdgeRules } from "../../edge/rules.ts";
import type { Verdict } from "../../edge/verdict.ts";
import type { Clock, Random } from "../../seams.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import type { Switches } from "../switches.ts";
import { ConnectionDropped, type WireHandler, type WireRequest, type WireResponse } from "../wire.ts";
import type { AccessLog } from "./access-log.ts";
import {
  type EdgeAnswer,
  edgePage,
  errorPageFor,
  originUnreachable,
  redirectToHttps,
  refusesBody,
  refusesHost,
  refusesMethod,
  refusesPlainHttp,
  refusesTarget,
} from "./answers.ts";
import type { AnsweredBy, Capture } from "./capture.ts";
import { forwarded, type OriginHeader } from "./forward.ts";
import type { Locations } from "./location.ts";
import { answerOf, configured, isProtected, type LookalikeId } from "./lookalikes.ts";
import { type EdgeView, edgeView } from "./trust.ts";
import { LOCATION_HEADER, viewerAddress } from "./viewer-place.ts";

export interface EdgeOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "bytes">;
  readonly locations: Locations;
  readonly switches: Pick<Switches<LookalikeId>, "on" | "revision">;
  readonly origin: WireHandler;
  readonly verification: OriginHeader;
  readonly capture: Capture;
  /** Absent: nothing is logged. */
  readonly accessLog?: AccessLog;
  /** The HTTPS listener's port, for redirects; a function, because it is known only once it listens. */
  readonly httpsPort: () => number;
  readonly rules?: EdgeRules;
}

/** The decision about a request: the answer, who made it, and the verdict of the signature check. */
interface Outcome {
  readonly answer: EdgeAnswer;
  readonly by: AnsweredBy;
  readonly originCalled: boolean;
  readonly verdict?: Verdict;
  /** For the access log, where it is more than the result type. */
  readonly detail?: string;
}

const URL_LIMIT = 8192;
const REQUEST_LIMIT = 32_768;

export function createEdge(options: EdgeOptions): WireHandler {
  const { clock, locations, switches, capture, rules = DEFAULT_RULES } = options;
  const views = new WeakMap<PublishedConfig, { readonly revision: number; readonly view: EdgeView }>();
  const viewOf = (config: PublishedConfig): EdgeView => {
    const known = views.get(config);
    if (known?.revision === switches.revision) return known.view;
    const view = edgeView(config, (distribution) => configured(distribution, switches.on));
    views.set(config, { revision: switches.revision, view });
    return view;
  };
  const requestIds = requestIdSource(options.random);
  const via = `1.1 ${Buffer.from(options.random.bytes(16)).toString("hex")}.cloudfront.net (CloudFront)`;

  async function outcomeOf(request: WireRequest, view: EdgeView, requestId: string): Promise<Outcome> {
    const host = request.headers.host ?? "";
    const distribution = view.distribution(host);
    if (!distribution || !answersTo(distribution, host)) return byEdge(refusesHost(requestId));
    // `*`, which no path pattern should be matched with.
    if (!request.target.startsWith("/")) return byEdge(refusesTarget(requestId));
    const outcome = await checked(request, view, distribution, requestId);
    const page = outcome.by === "edge" ? undefined : errorPageFor(distribution, outcome.answer.status);
    if (!page) return outcome;
    const answer = await errorPage(request, page.responsePagePath as string, requestId);
    return { ...outcome, answer: { ...answer, status: page.responseCode ?? outcome.answer.status } };
  }

  async function checked(
    request: WireRequest,
    view: EdgeView,
    distribution: Distribution,
    requestId: string,
  ): Promise<Outcome> {
    const on = switches.on;
    const blocked = answerOf(on, "before");
    if (blocked) return { answer: blocked.answer(requestId), by: blocked.id, originCalled: false };
    const tooLarge = sizeRefusal(request, requestId);
    if (tooLarge) return byEdge(tooLarge);
    const behavior = behaviorFor(distribution, request.target);
    if (!behavior) return byEdge(refusesHost(requestId));
    const refused = refusal(request, behavior, requestId);
    if (refused) {
      const isMethod = !behavior.allowedMethods.includes(request.method) && refused.status === 403;
      return { ...byEdge(refused), ...(isMethod && { detail: "InvalidRequestMethod" }) };
    }

    const trust = view.trust(behavior);
    const cookies = parseCookieHeader(request.headers.cookie ?? "");
    const ip = viewerAddress(request);
    const url = `${request.scheme}://${request.headers.host}${request.target}`;
    const verdict = trust && decide({ url, cookies, ip }, trust, clock.now(), rules);
    if (verdict && !verdict.allowed) {
      const code = verdict.code ?? "AccessDenied";
      return { answer: denialOf(code), by: "signature-check", originCalled: false, verdict };
    }
    const told = verdict ? { verdict } : {};
    const instead = isProtected(behavior) ? answerOf(on, "instead") : undefined;
    if (instead) return { answer: instead.answer(requestId), by: instead.id, originCalled: false, ...told };
    const answer = await fromOrigin(
      forwarded(request, cookies, ip, requestId, options.verification, rules),
      requestId,
    );
    return { answer, by: "origin", originCalled: true, ...told };
  }

  function refusal(request: WireRequest, behavior: CacheBehavior, requestId: string): EdgeAnswer | undefined {
    if (request.scheme === "http" && behavior.viewerProtocolPolicy !== "allow-all") {
      return behavior.viewerProtocolPolicy === "https-only"
        ? refusesPlainHttp(requestId)
        : redirectToHttps(httpsUrl(request, options.httpsPort()));
    }
    if (!behavior.allowedMethods.includes(request.method)) return refusesMethod(requestId);
    if (request.method === "GET" && request.body.length > 0) return refusesBody(requestId);
    return undefined;
  }

  async function fromOrigin(request: WireRequest, requestId: string): Promise<EdgeAnswer> {
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
      if (error instanceof ConnectionDropped) return originUnreachable(requestId);
      throw error;
    }
  }

  /** CloudFront fetches the error page itself, without anything of the viewer's request. */
  async function errorPage(request: WireRequest, path: string, requestId: string): Promise<EdgeAnswer> {
    const { name, value } = options.verification;
    const headers = { host: request.headers.host ?? "", [name]: value };
    const page = { ...request, method: "GET", target: path, headers, body: new Uint8Array() };
    const { status, headers: told, body } = await fromOrigin(page, requestId);
    const own = told.filter(([each]) => each !== "x-cache");
    return { status, headers: [...own, ["x-cache", "Error from cloudfront"]], body };
  }

  return async (request): Promise<WireResponse> => {
    const location = locations.at(request.headers[LOCATION_HEADER]);
    const { pop } = location.setting;
    const requestId = requestIds();
    const outcome = await outcomeOf(request, viewOf(location.config), requestId);
    const { by, originCalled, verdict } = outcome;
    const answer = request.method === "HEAD" ? withoutBody(outcome.answer) : outcome.answer;
    const at = clock.now();
    options.accessLog?.add({
      at,
      requestId,
      pop,
      request,
      answer,
      // What stands in for an origin takes an origin's time.
      originCalled: originCalled || verdict?.allowed === true,
      viewerAddress: viewerAddress(request),
      distributionHost: viewOf(location.config).distribution(request.headers.host ?? "")?.domainName ?? "-",
      detail: DETAILS[by] ?? outcome.detail,
    });
    capture.add({
      at,
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

/** Result types that say more than Error, by the lookalike that made the answer. */
const DETAILS: Readonly<Record<string, string>> = { "geo-block": "ClientGeoBlocked" };

const byEdge = (answer: EdgeAnswer): Outcome => ({ answer, by: "edge", originCalled: false });

/** The headers of the GET, including its length. */
function withoutBody({ status, headers, body }: EdgeAnswer): EdgeAnswer {
  const others = headers.filter(([name]) => name !== "content-length");
  const length = String(Buffer.byteLength(body));
  return { status, headers: [...others, ["content-length", length]], body: "" };
}

/** A multi-tenant distribution has no host name of its own: only its tenants' names answer. */
const answersTo = (distribution: Distribution, host: string) =>
  distribution.connectionMode === "direct" || distribution.domainName !== host.replace(/:\d+$/, "");

/** DG:cloudfront-limits: 8,192 bytes of URL (414), 32,768 of request line and headers (494). */
function sizeRefusal(request: WireRequest, requestId: string): EdgeAnswer | undefined {
  if (request.target.length > URL_LIMIT) return edgePage(414, "Bad request.", requestId);
  let size = request.target.length;
  for (const name in request.headers) size += name.length + (request.headers[name] as string).length + 4;
  return size > REQUEST_LIMIT
    ? edgePage(494, "Bad request.", requestId, [["connection", "close"]])
    : undefined;
}

function httpsUrl(request: WireRequest, port: number): string {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return `https://${host}${port === 443 ? "" : `:${port}`}${request.target}`;
}

/** 56 base64 characters, as in real answers: a random start and a counter, which saves random bytes per request. */
function requestIdSource(random: Pick<Random, "bytes">): () => string {
  const bytes = Buffer.from(random.bytes(41));
  let count = 0;
  return () => {
    count += 1;
    bytes.writeUInt32BE(count % 0xffffffff, 30);
    return bytes.toString("base64");
  };
}
