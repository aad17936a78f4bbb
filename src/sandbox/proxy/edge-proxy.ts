/**
 * The edge in front of your own application. `edge/viewer-request.ts` decides as for the sandbox's own edge; requests
 * that pass are streamed to the backend and back. Nothing is cached, and no body is kept.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { CacheBehavior } from "../../cloudfront/distribution.ts";
import { behaviorFor } from "../../edge/behavior.ts";
import { DEFAULT_RULES } from "../../edge/rules.ts";
import type { Clock, Random } from "../../seams/world.ts";
import type { AccessLog } from "../edge/access-log.ts";
import { type EdgeFaultId, isProtected } from "../edge/edge-faults.ts";
import { type EffectiveConfig, effectiveConfigs } from "../edge/effective-config.ts";
import type { Locations } from "../edge/location.ts";
import type { RequestHistory } from "../edge/request-history.ts";
import { requestIdSource, viaSource } from "../edge/request-id.ts";
import { LOCATION_HEADER } from "../edge/sandbox-headers.ts";
import {
  checkViewerRequest,
  type ForwardedRequest,
  type ViewerRequestDecision,
  viewerUrl,
} from "../edge/viewer-request.ts";
import { requestHead } from "../listen.ts";
import type { Switches } from "../switches.ts";
import { type CustomErrorPages, Exchange } from "./exchange.ts";
import { explainDenial } from "./explain-denial.ts";
import { forwardRequest, forwardUpgrade } from "./forward-request.ts";
import { forwardingRulesOf, type PolicyLookup } from "./forwarding-rules.ts";
import { OriginClient, type OriginEndpoint } from "./origin-client.ts";
import type { OriginSettings } from "./origin-request.ts";

export interface EdgeProxyOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly random: Pick<Random, "bytes">;
  readonly locations: Locations;
  readonly switches: Pick<Switches<EdgeFaultId>, "on" | "revision">;
  readonly history: RequestHistory;
  readonly accessLog: AccessLog;
  readonly origin: (behavior: Pick<CacheBehavior, "targetOriginId">) => OriginEndpoint & OriginSettings;
  readonly policies: PolicyLookup;
  readonly httpsPort: () => number;
  /** The reason for each denial and failure also goes into `x-keyturn-reason`. */
  readonly explains: boolean;
  /** One line for people about each denial and failure. */
  readonly tell: (line: string) => void;
}

export interface EdgeProxy {
  serve(scheme: Scheme, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  upgrade(scheme: Scheme, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): void;
}
type Scheme = "http" | "https";

export function createEdgeProxy(options: EdgeProxyOptions): EdgeProxy {
  const { clock, locations, switches } = options;
  const client = new OriginClient(clock);
  const effectiveConfigOf = effectiveConfigs(switches);
  const requestIds = requestIdSource(options.random);
  const via = viaSource(options.random);
  const rules = DEFAULT_RULES;

  function receive(scheme: Scheme, incoming: IncomingMessage) {
    const head = requestHead(incoming, scheme);
    const location = locations.at(head.headers[LOCATION_HEADER]);
    const config = effectiveConfigOf(location.config);
    const requestId = requestIds();
    const hasBody = bodyOf(incoming);
    const decision = checkViewerRequest(head, {
      ...{ config, requestId, rules, hasBody, now: clock.now(), faults: switches.on },
      httpsPort: options.httpsPort(),
    });
    const exchange = new Exchange({
      ...{ head, incoming, requestId, via, hasBody, clock, rules },
      pop: location.setting.pop,
      explains: options.explains,
      log: options.accessLog,
      history: options.history,
      tell: options.tell,
      isProtected: declaresSignature(location.config, head.target),
      distributionHost: config.distribution(head.headers.host ?? "")?.domainName ?? "-",
    });
    return { exchange, decision, config };
  }

  /** The error page for a status is another request to the backend, which carries nothing from the viewer. */
  const refuse = async (
    exchange: Exchange,
    decision: Refused,
    config: EffectiveConfig,
    outgoing: ServerResponse,
  ) => {
    const { refused, distribution } = decision;
    if (refused.verdict && refused.by === "signature-check" && distribution) {
      const { method } = exchange.head;
      const request = { method, url: viewerUrl(exchange.head), cookies: exchange.cookies, ip: exchange.ip };
      const reason = explainDenial(request, refused.verdict, {
        config,
        distribution,
        now: clock.now(),
      });
      exchange.explain(`${refused.response.status} ${refused.verdict.code ?? ""}: ${reason}`, reason);
    } else if (refused.response.status >= 400) {
      const reason = refusalReason(refused, exchange, distribution);
      exchange.explain(`${refused.response.status}: ${reason}`, reason);
    }
    await exchange.answer(outgoing, refused, customErrorPages(distribution));
  };

  const customErrorPages = (distribution: Refused["distribution"]): CustomErrorPages => ({
    distribution,
    fetch: async (path, signal) => {
      const behavior = distribution?.behaviors.at(-1);
      if (!behavior) return undefined;
      const origin = options.origin(behavior);
      const headers = [["Host", origin.host] as const, ...origin.customHeaders];
      return client.send(origin, { method: "GET", target: origin.path + path, headers, signal });
    },
  });

  const forwardingContext = (exchange: Exchange, request: ForwardedRequest) => ({
    ...{ exchange, client, rules, clock },
    origin: options.origin(request.behavior),
    forwardingRules: forwardingRulesOf(request.behavior, options.policies),
    isProtected: isProtected(request.behavior),
    request,
    errorPages: customErrorPages(request.distribution),
  });

  return {
    async serve(scheme, incoming, outgoing) {
      const { exchange, decision, config } = receive(scheme, incoming);
      await exchange.guard(outgoing, async () => {
        if ("refused" in decision) await refuse(exchange, decision, config, outgoing);
        else await forwardRequest(forwardingContext(exchange, decision.forwarded), outgoing);
      });
    },
    async upgrade(scheme, incoming, socket, head) {
      const { exchange, decision, config } = receive(scheme, incoming);
      const outgoing = exchange.responseOn(socket);
      await exchange.guard(outgoing, async () => {
        if ("refused" in decision) return refuse(exchange, decision, config, outgoing);
        const context = forwardingContext(exchange, decision.forwarded);
        if (!exchange.isWebSocket) return forwardRequest(context, outgoing);
        return forwardUpgrade(context, outgoing, socket, head);
      });
    },
    close: () => client.close(),
  };
}

/** Also while a fault is on that opens the behavior. */
function declaresSignature({ distributions }: Locations["all"][number]["config"], target: string): boolean {
  const behavior = distributions[0] && behaviorFor(distributions[0], target);
  return behavior !== undefined && isProtected(behavior);
}

/** Why the edge refused before it checked any signature. */
function refusalReason(
  { by, detail, response: answer }: Refused["refused"],
  { head, hasBody }: Exchange,
  distribution: Refused["distribution"],
): string {
  const host = head.headers.host ?? "";
  if (by !== "edge") return `the fault ${by} is on`;
  if (!distribution) return `no distribution answers to the host "${host}" (--host)`;
  if (detail === "InvalidRequestMethod") return `the behavior does not allow ${head.method}`;
  if (answer.status === 414) return "the URL is longer than 8,192 bytes";
  if (answer.status === 494) return "request line and headers are longer than 32,768 bytes";
  if (hasBody && head.method === "GET") return "CloudFront refuses a GET with a body";
  if (head.scheme === "http") return "the behavior accepts only HTTPS";
  return "the request is malformed";
}

type Refused = Extract<ViewerRequestDecision, { refused: unknown }>;

/** RFC 9112, 6.3: a request has a body if it says how long it is. */
function bodyOf({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
