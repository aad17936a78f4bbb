/** The AWS SDK without a socket: a request handler that gives each request to a sandbox's WireHandler. */
import { Readable } from "node:stream";
import { ConnectionDropped, type WireHandler } from "../../src/sandbox/wire.ts";

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function sdkOverWire(handler: WireHandler) {
  return {
    async handle(request: SdkRequest, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) {
      const answering = handler({
        method: request.method,
        scheme: "http",
        target: request.path + queryOf(request.query),
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: bytesOf(request.body),
        remoteAddress: "127.0.0.1",
      }).catch((thrown: unknown) => {
        if (!(thrown instanceof ConnectionDropped)) throw thrown;
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
      });
      const answer = await unlessAborted(answering, abortSignal);
      const headers = Object.fromEntries(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
      return {
        response: { statusCode: answer.status, headers, body: Readable.from([Buffer.from(answer.body)]) },
      };
    },
    destroy: () => {},
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}

/** Rejects on abort with the error name that the SDK's own handler uses, which the SDK recognizes. */
function unlessAborted<T>(answering: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    answering.then(resolve, reject).finally(() => signal?.removeEventListener("abort", stop));
  });
}

function queryOf(query: SdkRequest["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value]
      .flat()
      .map((each) =>
        each === null
          ? encodeURIComponent(name)
          : `${encodeURIComponent(name)}=${encodeURIComponent(each ?? "")}`,
      ),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  // Takes a view of the buffer, because the SDK's own byte arrays throw if anything reads their primitive value.
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError("this request body is a stream, which no call of ours sends");
}
