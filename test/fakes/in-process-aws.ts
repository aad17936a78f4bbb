/** The npm SDK's own clients on a sandbox account in the same process: the real wire, no sockets, no real sleeps. */
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AccountOptions, createAccount } from "../../src/sandbox/account.ts";
import type { WireHandler } from "../../src/sandbox/wire.ts";
import { ManualClock } from "./manual-clock.ts";
import { sdkOverWire } from "./sdk-over-wire.ts";
import { seededRandom } from "./seeded-random.ts";

export interface ClientOptions {
  readonly region?: string;
  /** One attempt per call by default. A test that needs retries gives the number. */
  readonly maxAttempts?: number;
}

export function inProcessClients(
  handler: WireHandler,
  { region = "eu-west-1", maxAttempts = 1 }: ClientOptions = {},
) {
  const settings = {
    region,
    endpoint: "http://sandbox.invalid",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    maxAttempts,
    requestHandler: sdkOverWire(handler) as never,
  };
  return { cloudFront: new CloudFrontClient(settings), secrets: new SecretsManagerClient(settings) };
}

/** An account on a manual clock, and clients for it. A bug in the sandbox fails the test instead of hiding in a 500. */
export function inProcessAws(options: Partial<AccountOptions> & ClientOptions = {}) {
  const clock = new ManualClock();
  const account = createAccount({
    clock,
    random: seededRandom(1),
    onBug: (thrown) => {
      throw thrown;
    },
    ...options,
  });
  return { clock, account, ...inProcessClients(account.handler, options) };
}
