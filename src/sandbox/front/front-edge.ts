/**
 * The edge in front of your own application. `edge/admission.ts` decides as for the sandbox's own edge; requests
 * that pass are streamed to the backend and back. Nothing is cached, and no body is kept.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { CacheBehavior } from "../../cloudfront/distribution.ts";
import { behaviorFor } from "../../edge/behavior.ts";
import { DEFAULT_RULES } from "../../edge/rules.ts";
import type { Clock, Random } from "../../seams.ts";
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
import { Exchange } from "./exchange.ts";
import { type Origin, OriginCaller } from "./origin-call.ts";
import type { OriginTarget } from "./origin-request.ts";
import { pass, passUpgrade } from "./pass.ts";
import { forwardingOf, type PolicyLookup } from "./selection.ts";
import { trueReason } from "./true-reason.ts";

export interface FrontEdgeOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly random: Pick<Random, "bytes">;
  readonly locations: Locations;
  readonly switches: Pick<Switches<EdgeFaultId>, "on" | "revision">;
  readonly capture: RequestHistory;
  readonly accessLog: AccessLog;
  readonly origin: (behavior: Pick<CacheBehavior, "targetOriginId">) => Origin & OriginTarget;
  readonly policies: PolicyLookup;
  readonly httpsPort: () => number;
  /** True reasons also go into `x-keyturn-reason`. */
  readonly explains: boolean;
  /** One line for people about each denial and failure. */
  readonly tell: (line: string) => void;
}

export interface FrontEdge {
  serve(scheme: Scheme, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  upgrade(scheme: Scheme, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): void;
}
type Scheme = "http" | "https";

export function createFrontEdge(options: FrontEdgeOptions): FrontEdge {
  const { clock, locations, switches } = options;
  const caller = new OriginCaller(clock);
  const viewOf = effectiveConfigs(switches);
  const requestIds = requestIdSource(options.random);
  const via = viaSource(options.random);
  const rules = DEFAULT_RULES;

  function begin(scheme: Scheme, incoming: IncomingMessage) {
    const head = requestHead(incoming, scheme);
    const location = locations.at(head.headers[LOCATION_HEADER]);
    const view = viewOf(location.config);
    const requestId = requestIds();
    const hasBody = bodyOf(incoming);
    const admission = checkViewerRequest(head, {
      ...{ config: view, requestId, rules, hasBody, now: clock.now(), faults: switches.on },
      httpsPort: options.httpsPort(),
    });
    const exchange = new Exchange({
      ...{ head, incoming, requestId, via, hasBody, clock, rules },
      pop: location.setting.pop,
      explains: options.explains,
      log: options.accessLog,
      capture: options.capture,
      tell: options.tell,
      isProtected: declaresSignature(location.config, head.target),
      distributionHost: view.distribution(head.headers.host ?? "")?.domainName ?? "-",
    });
    return { exchange, admission, view };
  }

  /** The error page for a status is another request to the backend, which carries nothing from the viewer. */
  const settle = async (
    exchange: Exchange,
    admission: Refused,
    view: EffectiveConfig,
    outgoing: ServerResponse,
  ) => {
    const { refused, distribution } = admission;
    if (refused.verdict && refused.by === "signature-check" && distribution) {
      const { method } = exchange.head;
      const request = { method, url: viewerUrl(exchange.head), cookies: exchange.cookies, ip: exchange.ip };
      const reason = trueReason(request, refused.verdict, { view, distribution, now: clock.now() });
      exchange.explain(`${refused.response.status} ${refused.verdict.code ?? ""}: ${reason}`, reason);
    } else if (refused.response.status >= 400) {
      const reason = edgeReason(refused, exchange, distribution);
      exchange.explain(`${refused.response.status}: ${reason}`, reason);
    }
    await exchange.answer(outgoing, refused, pageFetcher(distribution));
  };

  type PageOf = Parameters<Exchange["answer"]>[2];
  const pageFetcher = (distribution: Refused["distribution"]): PageOf => ({
    distribution,
    fetch: async (path, signal) => {
      const behavior = distribution?.behaviors.at(-1);
      if (!behavior) return undefined;
      const origin = options.origin(behavior);
      const headers = [["Host", origin.host] as const, ...origin.customHeaders];
      return caller.call(origin, { method: "GET", target: origin.path + path, headers, signal });
    },
  });

  const passage = (exchange: Exchange, passed: ForwardedRequest) => ({
    ...{ exchange, caller, rules, clock },
    origin: options.origin(passed.behavior),
    forwarding: forwardingOf(passed.behavior, options.policies),
    isProtected: isProtected(passed.behavior),
    passed,
    page: pageFetcher(passed.distribution),
  });

  return {
    async serve(scheme, incoming, outgoing) {
      const { exchange, admission, view } = begin(scheme, incoming);
      await exchange.guard(outgoing, async () => {
        if ("refused" in admission) await settle(exchange, admission, view, outgoing);
        else await pass(passage(exchange, admission.forwarded), outgoing);
      });
    },
    async upgrade(scheme, incoming, socket, head) {
      const { exchange, admission, view } = begin(scheme, incoming);
      const outgoing = exchange.responseOn(socket);
      await exchange.guard(outgoing, async () => {
        if ("refused" in admission) return settle(exchange, admission, view, outgoing);
        const way = passage(exchange, admission.forwarded);
        if (!exchange.isWebSocket) return pass(way, outgoing);
        return passUpgrade(way, outgoing, socket, head);
      });
    },
    close: () => caller.close(),
  };
}

/** Also while a fault is on that opens the behavior. */
function declaresSignature({ distributions }: Locations["all"][number]["config"], target: string): boolean {
  const behavior = distributions[0] && behaviorFor(distributions[0], target);
  return behavior !== undefined && isProtected(behavior);
}

/** Why the edge refused before it checked any signature. */
function edgeReason(
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
