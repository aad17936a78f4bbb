/** Requests that pass the edge: streamed to the backend and back, or a WebSocket piped both ways. */
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Clock } from "../../seams/world.ts";
import { formatDuration, type Seconds } from "../../time.ts";
import type { ForwardedRequest } from "../edge/viewer-request.ts";
import type { CustomErrorPages, Exchange } from "./exchange.ts";
import { type ForwardingRules, forwardsNothing, isForwarded, isSameHeader } from "./forwarding-rules.ts";
import { IdleTimer } from "./idle-timer.ts";
import type { OriginClient, OriginEndpoint, OriginResponse } from "./origin-client.ts";
import { OriginFailure } from "./origin-failure.ts";
import {
  type OriginSettings,
  originRequestHeaders,
  originRequestTarget,
  type ViewerRequestHead,
} from "./origin-request.ts";
import { headerPairs } from "./viewer-response.ts";

export interface ForwardingContext {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly exchange: Exchange;
  readonly client: OriginClient;
  readonly origin: OriginEndpoint & OriginSettings;
  readonly forwardingRules: ForwardingRules;
  readonly request: ForwardedRequest;
  readonly errorPages: CustomErrorPages;
  readonly rules: EdgeRules;
  readonly isProtected: boolean;
}

/** DG:cloudfront-limits: a WebSocket on which the origin sends nothing. */
const WEBSOCKET_IDLE: Seconds = 600;
const HANDSHAKE = ["sec-websocket-key", "sec-websocket-version"];

export async function forwardRequest(context: ForwardingContext, outgoing: ServerResponse): Promise<void> {
  await withOriginFailures(context, outgoing, async () => {
    const answer = await sendToOrigin(context, false);
    if (answer.upgraded) {
      answer.upgraded.socket.destroy();
      throw OriginFailure.invalidResponse(context.origin, "101 to a request that asks for no other protocol");
    }
    await streamResponse(context, answer, outgoing);
  });
}

export async function forwardUpgrade(
  context: ForwardingContext,
  outgoing: ServerResponse,
  viewer: Duplex,
  head: Buffer,
): Promise<void> {
  await withOriginFailures(context, outgoing, async () => {
    const { exchange, forwardingRules } = context;
    const answer = await sendToOrigin(context, true);
    if (answer.upgraded) return pipeWebSocket(context, outgoing, viewer, head, answer);
    if (!HANDSHAKE.every((name) => isForwarded(name, forwardingRules.headers, isSameHeader))) {
      exchange.note(
        "the WebSocket handshake fails: the behavior does not forward Sec-WebSocket-Key and Sec-WebSocket-Version (AllViewer does)",
      );
    }
    await streamResponse(context, answer, outgoing);
  });
}

/** Both sides of a WebSocket, until either ends. */
async function pipeWebSocket(
  { exchange, request, clock }: ForwardingContext,
  outgoing: ServerResponse,
  viewer: Duplex,
  head: Buffer,
  { response, upgraded }: OriginResponse,
): Promise<void> {
  const { socket, head: first } = upgraded as NonNullable<typeof upgraded>;
  exchange.remember("origin", 101, request.verdict);
  outgoing.detachSocket(viewer as Parameters<ServerResponse["detachSocket"]>[0]);
  const kept = headerPairs(response.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  viewer.write(`HTTP/1.1 101 Switching Protocols\r\n${kept.join("")}\r\n`);
  if (head.length > 0) socket.write(head);
  if (first.length > 0) viewer.write(first);
  const idleTimer = new IdleTimer(clock);
  socket.on("data", () => idleTimer.reset());
  idleTimer.start(WEBSOCKET_IDLE, () => {
    exchange.note(`the WebSocket was idle for ${formatDuration(WEBSOCKET_IDLE)}: CloudFront closes it`);
    socket.destroy();
  });
  // Whichever side ends first, the other one is closed too; neither is an error of the edge.
  await Promise.all([pipeline(viewer, socket), pipeline(socket, viewer)]).catch(() => {});
  idleTimer.stop();
  socket.destroy();
  viewer.destroy();
}

/** A failure of the backend becomes CloudFront's answer. */
async function withOriginFailures(
  { exchange, errorPages, request }: ForwardingContext,
  outgoing: ServerResponse,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof OriginFailure)) throw thrown;
    await exchange.fail(outgoing, thrown, errorPages, request.verdict);
  }
}

function sendToOrigin(context: ForwardingContext, isUpgrade: boolean): Promise<OriginResponse> {
  const { exchange, client, origin, forwardingRules, request, rules } = context;
  const head: ViewerRequestHead = {
    method: exchange.head.method,
    target: exchange.head.target,
    headers: headerPairs(exchange.incoming.rawHeaders),
    cookies: request.cookies,
    viewer: exchange.viewer,
    requestId: exchange.requestId,
    via: exchange.via,
    isWebSocket: isUpgrade,
    isProtected: context.isProtected,
  };
  return client.send(origin, {
    method: head.method,
    target: originRequestTarget(head, forwardingRules, origin.path, rules),
    headers: originRequestHeaders(head, forwardingRules, origin),
    body: exchange.hasBody ? exchange.incoming : undefined,
    signal: exchange.gone.signal,
    onRetry: ({ message }, attempt) =>
      exchange.note(
        `${message}: attempt ${attempt} of ${origin.connectionAttempts}, CloudFront tries again (--connection-attempts)`,
      ),
  });
}

async function streamResponse(
  { exchange, forwardingRules, errorPages, request }: ForwardingContext,
  answer: OriginResponse,
  outgoing: ServerResponse,
): Promise<void> {
  const forwardsCookies = !forwardsNothing(forwardingRules.cookies);
  if (!forwardsCookies && answer.response.headers["set-cookie"]) {
    exchange.note("Set-Cookie is removed: the behavior forwards no cookies (AllViewer does)");
  }
  await exchange.stream(outgoing, answer, { pages: errorPages, forwardsCookies, verdict: request.verdict });
}
