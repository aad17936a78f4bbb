/** What passes the edge: streamed to the backend and back, or a WebSocket piped both ways. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Clock } from "../../seams.ts";
import { formatDuration, type Seconds } from "../../time.ts";
import type { Passed } from "../edge/admission.ts";
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
  readonly passed: Passed;
  readonly page: ErrorPages;
  readonly rules: EdgeRules;
  readonly isProtected: boolean;
}

/** DG:cloudfront-limits: a WebSocket on which the origin sends nothing. */
const WEBSOCKET_IDLE: Seconds = 600;
const HANDSHAKE = ["sec-websocket-key", "sec-websocket-version"];

export async function pass(way: Passage, outgoing: ServerResponse): Promise<void> {
  const { page, passed } = way;
  const answer = await called(way, outgoing, false);
  if (!answer) return;
  await streamed(way, answer.response, outgoing, page, passed);
}

export async function passUpgrade(
  way: Passage,
  outgoing: ServerResponse,
  viewer: Duplex,
  head: Buffer,
): Promise<void> {
  const { exchange, passed, page, forwarding } = way;
  const answer = await called(way, outgoing, true);
  if (!answer) return;
  if (!("socket" in answer)) {
    if (!HANDSHAKE.every((name) => isSelected(name, forwarding.headers, sameHeader))) {
      exchange.note(
        "the WebSocket handshake fails: the behavior does not forward Sec-WebSocket-Key and Sec-WebSocket-Version (AllViewer does)",
      );
    }
    await streamed(way, answer.response, outgoing, page, passed);
    return;
  }
  const { socket, response } = answer;
  exchange.remember("origin", 101, passed.verdict);
  outgoing.detachSocket(viewer as Parameters<ServerResponse["detachSocket"]>[0]);
  const kept = pairsOf(response.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  viewer.write(`HTTP/1.1 101 Switching Protocols\r\n${kept.join("")}\r\n`);
  if (head.length > 0) socket.write(head);
  if (answer.head.length > 0) viewer.write(answer.head);
  const silence = new Silence(way.clock);
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

async function called(
  way: Passage,
  outgoing: ServerResponse,
  isUpgrade: boolean,
): Promise<OriginAnswer | undefined> {
  const { exchange, caller, origin, forwarding, passed, page, rules } = way;
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
  try {
    return await caller.call(origin, {
      method: head.method,
      target: originTargetOf(head, forwarding, origin.path, rules),
      headers: originHeaders(head, forwarding, origin),
      ...(exchange.hasBody && { body: exchange.incoming }),
      signal: exchange.gone.signal,
    });
  } catch (thrown) {
    if (!(thrown instanceof OriginFailure)) throw thrown;
    await exchange.fail(outgoing, thrown, page, passed.verdict);
    return undefined;
  }
}

async function streamed(
  { exchange, forwarding, origin, clock }: Passage,
  response: IncomingMessage,
  outgoing: ServerResponse,
  pages: ErrorPages,
  { verdict }: Passed,
): Promise<void> {
  const forwardsCookies = !isNothing(forwarding.cookies);
  if (!forwardsCookies && response.headers["set-cookie"]) {
    exchange.note("Set-Cookie is removed: the behavior forwards no cookies (AllViewer does)");
  }
  let isSilent = false;
  const silence = new Silence(clock);
  const watch = () => {
    silence.start(origin.responseTimeout, () => {
      // A viewer that reads slowly is no fault of the backend: nothing more is asked of it.
      if (outgoing.writableNeedDrain) return watch();
      isSilent = true;
      response.destroy(new Error("silent"));
    });
  };
  response.on("data", () => silence.heard());
  // The stream's own reader decides when it flows.
  response.pause();
  try {
    await exchange.stream(outgoing, response, {
      ...{ pages, forwardsCookies, verdict },
      watch,
    });
  } catch {
    if (exchange.gone.signal.aborted && !isSilent && !response.errored) return;
    if (outgoing.writableFinished) return;
    const how = isSilent
      ? `was silent for ${formatDuration(origin.responseTimeout)} in the middle of its answer`
      : "broke off in the middle of its answer";
    exchange.note(`${origin.protocol}//${origin.host} ${how}: the viewer's connection is closed`);
    outgoing.destroy();
  } finally {
    silence.stop();
  }
}
