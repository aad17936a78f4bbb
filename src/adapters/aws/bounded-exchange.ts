/**
 * One attempt of an AWS call, with limits on connect time, response time and response size. A server that stalls or
 * never stops sending costs seconds, not memory. Records each response's `Date`.
 */
import { Readable } from "node:stream";
import type { AnswerDates, DateSource } from "../../answer-dates.ts";
import type { Clock } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";

export interface ExchangeLimits {
  readonly connect: Seconds;
  /** From the first byte sent to the last one received. */
  readonly answer: Seconds;
  readonly bytes: number;
}
export const LIMITS: ExchangeLimits = { connect: 5, answer: 20, bytes: 10 * 1024 * 1024 };

/** An attempt that hit a limit. The SDK treats this error name as transient, so it asks for another attempt. */
export class LimitReached extends Error {
  override readonly name: "TimeoutError" | "AnswerLost";

  /** `mayRepeat`: false if the call may have taken effect and repeating it is unsafe. */
  constructor(reason: string, mayRepeat: boolean) {
    super(reason);
    this.name = mayRepeat ? "TimeoutError" : "AnswerLost";
  }
}

interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}
interface HttpAnswer {
  headers: Record<string, string>;
  body?: unknown;
}
interface HandlerOptions {
  readonly abortSignal?: unknown;
}
/** The part of the SDK's HttpHandler that its clients use. */
interface Handler {
  handle(request: never, options?: never): Promise<{ response: HttpAnswer }>;
  destroy?(): void;
  readonly metadata?: unknown;
  updateHttpClientConfig?(key: never, value: never): void;
  httpHandlerConfigs?(): object;
}

export interface Bounds {
  readonly by: DateSource;
  readonly dates: AnswerDates;
  readonly clock: Pick<Clock, "now">;
  readonly limits: ExchangeLimits;
  readonly undated?: (() => string) | undefined;
}

/** `client`'s own handler, with limits. */
export function boundExchanges(
  client: { readonly config: { requestHandler: unknown } },
  bounds: Bounds,
): void {
  client.config.requestHandler = boundedHandler(client.config.requestHandler as Handler, bounds);
}

function boundedHandler(inner: Handler, { by, dates, clock, limits, undated }: Bounds): Handler {
  return {
    metadata: inner.metadata,
    destroy: () => inner.destroy?.(),
    updateHttpClientConfig: (key, value) => inner.updateHttpClientConfig?.(key, value),
    httpHandlerConfigs: () => inner.httpHandlerConfigs?.() ?? {},
    async handle(request: HttpRequest, options: HandlerOptions = {}) {
      const answeredAt = dates.asking(by, () => clock.now());
      const deadline = deadlineOf(limits, mayRepeat(request), options.abortSignal);
      const sent = { ...options, abortSignal: deadline.signal };
      try {
        const { response } = await deadline.race(inner.handle(request as never, sent as never));
        answeredAt(response.headers.date ?? undated?.());
        const body = response.body;
        if (body instanceof Readable) {
          response.body = Readable.from([await deadline.race(readWithin(body, limits, mayRepeat(request)))]);
        }
        return { response };
      } catch (thrown) {
        throw isUnconnected(thrown) ? neverOpened(limits) : thrown;
      } finally {
        deadline.release();
      }
    },
  } as Handler;
}

/**
 * Reads, conditional writes (If-Match, RemoveFromVersionId) and writes with a token may be repeated. CloudFront's
 * creations, its only POSTs, may not: the second response would say that it already exists.
 */
function mayRepeat({ method, headers }: HttpRequest): boolean {
  return method !== "POST" || headers["x-amz-target"] !== undefined;
}

function neverOpened({ connect }: ExchangeLimits): LimitReached {
  return new LimitReached(`the connection did not open within ${connect} s`, true);
}

/** NodeHttpHandler's name for its connectionTimeout: nothing was sent. */
function isUnconnected(thrown: unknown): boolean {
  return (
    thrown instanceof Error && thrown.name === "TimeoutError" && /establish a connection/.test(thrown.message)
  );
}

interface Deadline {
  /** Ends the exchange: the time is up, or the caller gave up. */
  readonly signal: AbortSignal;
  race<T>(work: Promise<T>): Promise<T>;
  release(): void;
}

function deadlineOf({ answer }: ExchangeLimits, repeatable: boolean, outer: unknown): Deadline {
  const controller = new AbortController();
  const given = outer instanceof AbortSignal ? outer : undefined;
  const giveUp = () => controller.abort(given?.reason);
  if (given?.aborted) giveUp();
  given?.addEventListener("abort", giveUp, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Before the abort, whose own error is less specific.
      reject(new LimitReached(`it did not answer within ${answer} s`, repeatable));
      controller.abort();
    }, answer * 1000);
    controller.signal.addEventListener("abort", () => reject(given?.reason), { once: true });
  });
  ended.catch(() => {});
  return {
    signal: controller.signal,
    async race(work) {
      work.catch(() => {});
      return Promise.race([work, ended]);
    },
    release() {
      clearTimeout(timer);
      given?.removeEventListener("abort", giveUp);
    },
  };
}

async function readWithin(body: Readable, { bytes }: ExchangeLimits, repeatable: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (length > bytes) throw new LimitReached(`its response is longer than ${sizeText(bytes)}`, repeatable);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes} bytes`;
}
