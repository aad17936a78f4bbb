/** One viewer request and its response: what goes to the viewer, the page, the log and stderr. */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { parseCookieHeader } from "../../capture/read-cookie-header.ts";
import type { Distribution } from "../../cloudfront/distribution.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Verdict } from "../../edge/verdict.ts";
import type { Clock } from "../../seams/world.ts";
import { edgePage, errorPageFor } from "../edge/edge-responses.ts";
import { type AnsweredBy, withoutSignature } from "../edge/request-history.ts";
import { viewerAddress } from "../edge/sandbox-headers.ts";
import type { RequestOutcome } from "../edge/viewer-request.ts";
import type { WireRequest } from "../wire.ts";
import type { ViewerConnection } from "./cloudfront-headers.ts";
import { ExchangeRecord, type RecordOptions } from "./exchange-record.ts";
import type { OriginResponse } from "./origin-client.ts";
import { OriginFailure } from "./origin-failure.ts";
import { streamResponseBody } from "./stream-response-body.ts";
import { headerPairs, viewerResponseHeaders } from "./viewer-response.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

export interface ExchangeOptions extends RecordOptions {
  readonly incoming: IncomingMessage;
  readonly via: string;
  readonly hasBody: boolean;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly rules: EdgeRules;
  readonly explains: boolean;
  readonly tell: (line: string) => void;
}

/** Fetches custom error pages. */
export interface CustomErrorPages {
  readonly distribution: Distribution | undefined;
  readonly fetch: (path: string, signal: AbortSignal) => Promise<OriginResponse | undefined>;
}

export class Exchange {
  readonly head: Omit<WireRequest, "body">;
  readonly incoming: IncomingMessage;
  readonly hasBody: boolean;
  readonly cookies: Pairs;
  readonly ip: string;
  readonly isWebSocket: boolean;
  /** Aborted when the viewer goes away before the answer has ended. */
  readonly gone = new AbortController();
  readonly #options: ExchangeOptions;
  readonly #record: ExchangeRecord;
  #reason: string | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.head = options.head;
    this.incoming = options.incoming;
    this.hasBody = options.hasBody;
    this.cookies = parseCookieHeader(options.head.headers.cookie ?? "");
    this.ip = viewerAddress(options.head);
    this.#record = new ExchangeRecord(options, this.ip);
    this.isWebSocket = options.head.headers.upgrade?.toLowerCase() === "websocket";
  }

  get requestId(): string {
    return this.#options.requestId;
  }
  get via(): string {
    return this.#options.via;
  }
  get viewer(): ViewerConnection {
    const { socket, httpVersion } = this.incoming;
    const tls = "getCipher" in socket ? (socket as unknown as TlsSocket) : undefined;
    return {
      scheme: this.head.scheme,
      address: this.ip,
      port: socket.remotePort ?? 0,
      httpVersion,
      tls: tls && `${tls.getProtocol() ?? ""}:${tls.getCipher().standardName}:fullHandshake`,
      userAgent: this.head.headers["user-agent"] ?? "",
    };
  }

  /** For stderr, and with --explain for the response. */
  explain(line: string, reason: string): void {
    this.#reason = reason;
    this.note(line);
  }

  /** `GET https://app.localhost:8443/api/x: ...`, the values of signed-URL parameters left out. */
  note(line: string): void {
    const { scheme, headers, method, target } = this.head;
    this.#options.tell(`${method} ${scheme}://${headers.host ?? ""}${withoutSignature(target)}: ${line}`);
  }

  /** A response on a socket that asked for an upgrade. */
  responseOn(socket: Duplex): ServerResponse {
    const outgoing = new ServerResponse(this.incoming);
    outgoing.shouldKeepAlive = false;
    outgoing.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
    outgoing.once("finish", () => socket.end());
    return outgoing;
  }

  /** Runs the exchange; a failure of the backend becomes CloudFront's answer. Never rejects. */
  async guard(outgoing: ServerResponse, run: () => Promise<void>): Promise<void> {
    outgoing.on("error", () => {});
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) this.gone.abort();
    });
    try {
      await run();
    } catch (thrown) {
      if (this.gone.signal.aborted) return;
      this.note(`the sandbox has a bug: ${String(thrown)}`);
      if (!outgoing.headersSent) outgoing.writeHead(500).end("the sandbox has a bug");
      else outgoing.destroy();
    }
  }

  /** Answers without the backend, or with its error page. */
  async answer(outgoing: ServerResponse, outcome: RequestOutcome, pages: CustomErrorPages): Promise<void> {
    const { response: answer } = outcome;
    // Read the rest of a refused upload, so that the viewer sees the answer.
    this.incoming.resume();
    if (outcome.by !== "edge" && (await this.#errorPage(outgoing, answer.status, outcome, pages))) return;
    const body = Buffer.from(answer.body);
    const headers = answer.headers.filter(([name]) => name !== "content-length");
    const length = ["content-length", String(body.length)] as const;
    this.#write(outgoing, answer.status, [...headers, length, ...this.#own()]);
    this.#record.shown(outcome, answer.status, this.#reason);
    this.#record.logged(outcome, answer.status, headers, body.length);
    outgoing.end(this.head.method === "HEAD" ? undefined : body);
  }

  /** CloudFront's page for a backend that failed, and the line that says why. */
  async fail(
    outgoing: ServerResponse,
    failure: OriginFailure,
    pages: CustomErrorPages,
    verdict?: Verdict,
  ): Promise<void> {
    if (this.gone.signal.aborted) return;
    this.explain(`${failure.status}: ${failure.message}`, failure.message);
    const answer = edgePage(failure.status, ORIGIN_FAILED, this.requestId);
    await this.answer(
      outgoing,
      { response: answer, by: "origin", originCalled: true, detail: failure.detail, verdict },
      pages,
    );
  }

  /** Sends the backend's answer on, or the distribution's error page for its status. Throws OriginFailure. */
  async stream(
    outgoing: ServerResponse,
    answer: OriginResponse,
    given: { pages: CustomErrorPages; forwardsCookies: boolean; verdict?: Verdict | undefined },
  ): Promise<void> {
    const { response } = answer;
    const status = response.statusCode ?? 502;
    const outcome = {
      by: "origin" as const,
      originCalled: true,
      verdict: given.verdict,
    };
    if (await this.#errorPage(outgoing, status, outcome, given.pages)) {
      response.destroy();
      return;
    }
    const headers = viewerResponseHeaders(status, headerPairs(response.rawHeaders), {
      forwardsCookies: given.forwardsCookies,
      pop: this.#options.pop,
      ...{ requestId: this.requestId, via: this.via },
    });
    await this.#streamBody(outgoing, answer, outcome, status, headers);
  }

  remember(by: AnsweredBy, status: number, verdict?: Verdict): void {
    const outcome = { by, originCalled: true, verdict };
    this.#record.shown(outcome, status, this.#reason);
    this.#record.logged(outcome, status, [], 0);
  }

  async #errorPage(
    outgoing: ServerResponse,
    status: number,
    outcome: Omit<RequestOutcome, "response">,
    pages: CustomErrorPages,
  ): Promise<boolean> {
    const page = pages.distribution && errorPageFor(pages.distribution, status);
    if (!page) return false;
    const path = page.responsePagePath as string;
    let fetched: OriginResponse | undefined;
    try {
      fetched = await pages.fetch(path, this.gone.signal);
    } catch (thrown) {
      if (!(thrown instanceof OriginFailure)) throw thrown;
      this.note(`its error page ${path} cannot be fetched: ${thrown.message}`);
      return false;
    }
    if (!fetched) return false;
    const { response } = fetched;
    if ((response.statusCode ?? 500) >= 400) {
      this.note(`its error page ${path} answers ${response.statusCode}`);
      response.resume();
      return false;
    }
    const given = { forwardsCookies: true, pop: this.#options.pop, requestId: this.requestId, via: this.via };
    const headers = viewerResponseHeaders(400, headerPairs(response.rawHeaders), given);
    await this.#streamBody(outgoing, fetched, outcome, page.responseCode ?? status, headers);
    return true;
  }

  async #streamBody(
    outgoing: ServerResponse,
    answer: OriginResponse,
    outcome: Omit<RequestOutcome, "response">,
    status: number,
    headers: Pairs,
  ): Promise<void> {
    try {
      this.#write(outgoing, status, [...headers, ...this.#explained()]);
    } catch (cause) {
      answer.response.destroy();
      throw OriginFailure.invalidResponse(
        answer.origin,
        `with a status or header that HTTP does not allow (${(cause as NodeJS.ErrnoException).code})`,
      );
    }
    this.#record.shown(outcome, status, this.#reason);
    const broken = await streamResponseBody(answer, outgoing, this.#options.clock);
    if (broken) {
      this.note(`${broken.reason}: the viewer's connection is closed`);
      this.#options.history.markTruncated(this.requestId, broken.reason);
      outgoing.destroy();
    }
    const length = Number(answer.response.headers["content-length"] ?? 0);
    const { detail } = broken ?? outcome;
    this.#record.logged({ ...outcome, detail }, status, headers, length);
  }

  #write(outgoing: ServerResponse, status: number, headers: Pairs): void {
    if (outgoing.headersSent || outgoing.destroyed) return;
    outgoing.writeHead(status, headers.flat());
  }

  #own(): Pairs {
    const { via, pop, requestId } = this.#options;
    return [["via", via], ["x-amz-cf-pop", pop], ["x-amz-cf-id", requestId], ...this.#explained()];
  }

  /** Printable ASCII only: a reason may quote a URL. */
  #explained(): Pairs {
    if (!this.#options.explains || this.#reason === undefined) return [];
    return [["x-keyturn-reason", this.#reason.replace(/[^\x20-\x7e]/g, "?").slice(0, 1000)]];
  }
}

interface TlsSocket {
  getProtocol(): string | null;
  getCipher(): { readonly standardName: string };
}
/** The text of CloudFront's pages, the same for 502 and 504. */
const ORIGIN_FAILED =
  "CloudFront attempted to establish a connection with the origin, but either the attempt failed or the origin closed the connection.\nWe can't connect to the server for this app or website at this time. There might be too much traffic or a configuration error. Try again later, or contact the app or website owner.";
