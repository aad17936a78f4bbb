/** Requests that pass the edge: streamed to the backend and back, or a WebSocket piped both ways. */
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Clock } from "../../seams.ts";
import { formatDuration, type Seconds } from "../../time.ts";
import type { ForwardedRequest } from "../edge/viewer-request.ts";
import type { ErrorPages, Exchange } from "./exchange.ts";
import type { Origin, OriginAnswer, OriginCaller } from "./origin-call.ts";
import { OriginFailure } from "./origin-failure.ts";
import { type OriginTarget, originHeaders, originTargetOf, type ViewerHead } from "./origin-request.ts";
import { type Forwarding, isNothing, isSelected, sameHeader } from "./selection.ts";
import { Silence } from "./silence.ts";
import { pairsOf } from "./viewer-response.ts";

export interface Passage {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly exchange: Exchange;
  readonly caller: OriginCaller;
  readonly origin: Origin & OriginTarget;
  readonly forwarding: Forwarding;
  readonly passed: ForwardedRequest;
  readonly page: ErrorPages;
  readonly rules: EdgeRules;
  readonly isProtected: boolean;
}

/** DG:cloudfront-limits: a WebSocket on which the origin sends nothing. */
const WEBSOCKET_IDLE: Seconds = 600;
const HANDSHAKE = ["sec-websocket-key", "sec-websocket-version"];

export async function pass(way: Passage, outgoing: ServerResponse): Promise<void> {
  await reporting(way, outgoing, async () => {
    const answer = await called(way, false);
    if (answer.upgraded) {
      answer.upgraded.socket.destroy();
      throw OriginFailure.invalid(way.origin, "101 to a request that asks for no other protocol");
    }
    await streamed(way, answer, outgoing);
  });
}

export async function passUpgrade(
  way: Passage,
  outgoing: ServerResponse,
  viewer: Duplex,
  head: Buffer,
): Promise<void> {
  await reporting(way, outgoing, async () => {
    const { exchange, forwarding } = way;
    const answer = await called(way, true);
    if (answer.upgraded) return joined(way, outgoing, viewer, head, answer);
    if (!HANDSHAKE.every((name) => isSelected(name, forwarding.headers, sameHeader))) {
      exchange.note(
        "the WebSocket handshake fails: the behavior does not forward Sec-WebSocket-Key and Sec-WebSocket-Version (AllViewer does)",
      );
    }
    await streamed(way, answer, outgoing);
  });
}

/** Both sides of a WebSocket, until either ends. */
async function joined(
  { exchange, passed, clock }: Passage,
  outgoing: ServerResponse,
  viewer: Duplex,
  head: Buffer,
  { response, upgraded }: OriginAnswer,
): Promise<void> {
  const { socket, head: first } = upgraded as NonNullable<typeof upgraded>;
  exchange.remember("origin", 101, passed.verdict);
  outgoing.detachSocket(viewer as Parameters<ServerResponse["detachSocket"]>[0]);
  const kept = pairsOf(response.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  viewer.write(`HTTP/1.1 101 Switching Protocols\r\n${kept.join("")}\r\n`);
  if (head.length > 0) socket.write(head);
  if (first.length > 0) viewer.write(first);
  const silence = new Silence(clock);
  socket.on("data", () => silence.heard());
  silence.start(WEBSOCKET_IDLE, () => {
    exchange.note(`the WebSocket was idle for ${formatDuration(WEBSOCKET_IDLE)}: CloudFront closes it`);
    socket.destroy();
  });
  // Whichever side ends first, the other one is closed too; neither is an error of the edge.
  await Promise.all([pipeline(viewer, socket), pipeline(socket, viewer)]).catch(() => {});
  silence.stop();
  socket.destroy();
  viewer.destroy();
}

/** A failure of the backend becomes CloudFront's answer. */
async function reporting(
  { exchange, page, passed }: Passage,
  outgoing: ServerResponse,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof OriginFailure)) throw thrown;
    await exchange.fail(outgoing, thrown, page, passed.verdict);
  }
}

function called(way: Passage, isUpgrade: boolean): Promise<OriginAnswer> {
  const { exchange, caller, origin, forwarding, passed, rules } = way;
  const head: ViewerHead = {
    method: exchange.head.method,
    target: exchange.head.target,
    headers: pairsOf(exchange.incoming.rawHeaders),
    cookies: passed.cookies,
    viewer: exchange.viewer,
    requestId: exchange.requestId,
    via: exchange.via,
    isWebSocket: isUpgrade,
    isProtected: way.isProtected,
  };
  return caller.call(origin, {
    method: head.method,
    target: originTargetOf(head, forwarding, origin.path, rules),
    headers: originHeaders(head, forwarding, origin),
    ...(exchange.hasBody && { body: exchange.incoming }),
    signal: exchange.gone.signal,
    onRetry: ({ message }, attempt) =>
      exchange.note(
        `${message}: attempt ${attempt} of ${origin.connectionAttempts}, CloudFront tries again (--connection-attempts)`,
      ),
  });
}

async function streamed(
  { exchange, forwarding, page, passed }: Passage,
  answer: OriginAnswer,
  outgoing: ServerResponse,
): Promise<void> {
  const forwardsCookies = !isNothing(forwarding.cookies);
  if (!forwardsCookies && answer.response.headers["set-cookie"]) {
    exchange.note("Set-Cookie is removed: the behavior forwards no cookies (AllViewer does)");
  }
  await exchange.stream(outgoing, answer, { pages: page, forwardsCookies, verdict: passed.verdict });
}
