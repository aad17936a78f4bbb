/** Secrets Manager requests by hand: what an SDK would refuse to send, or would alter in the answer. */
import type { WireHandler } from "../../../src/sandbox/wire.ts";

export interface RawAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type RawClient = (operation: string, input: unknown) => Promise<RawAnswer>;

export function rawSecretsClient(handler: WireHandler, region = "eu-west-1"): RawClient {
  return async (operation, input) => {
    const { status, body } = await handler({
      method: "POST",
      scheme: "http",
      target: "/",
      headers: {
        "x-amz-target": `secretsmanager.${operation}`,
        "content-type": "application/x-amz-json-1.1",
        authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/${region}/secretsmanager/aws4_request, SignedHeaders=host, Signature=00`,
      },
      body: Buffer.from(typeof input === "string" ? input : JSON.stringify(input)),
      remoteAddress: "127.0.0.1",
    });
    return { status, body: JSON.parse(body.toString()) };
  };
}
