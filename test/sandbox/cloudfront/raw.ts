/** CloudFront requests by hand: bodies that no SDK would send, and unprocessed answers. */
import type { WireHandler } from "../../../src/sandbox/wire.ts";

interface RawAnswer {
  readonly status: number;
  /** The code of a refusal. */
  readonly code?: string;
  readonly message?: string;
  readonly etag?: string;
  /** The first Id in the body. */
  readonly id?: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type RawClient = (
  method: string,
  path: string,
  body?: string | Uint8Array,
  ifMatch?: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<RawAnswer>;

export function rawCloudFrontClient(handler: WireHandler): RawClient {
  return async (method, path, body = "", ifMatch, extra = {}) => {
    const answer = await handler({
      method,
      scheme: "http",
      target: `/2020-05-31${path}`,
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/cloudfront/aws4_request, SignedHeaders=host, Signature=00",
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
        ...extra,
      },
      body: Buffer.from(body),
      remoteAddress: "127.0.0.1",
    });
    const text = answer.body.toString();
    const headers = Object.fromEntries(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
    const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    return {
      status: answer.status,
      text,
      headers,
      ...optional("code", answer.status >= 400 ? part("Code") : undefined),
      ...optional("message", answer.status >= 400 ? part("Message") : undefined),
      ...optional("etag", headers.etag),
      ...optional("id", part("Id")),
    };
  };
}

const optional = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });
