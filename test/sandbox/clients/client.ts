/** One interface for every AWS client: an operation by its name in the API Reference, with its input as JSON. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as cloudFront from "@aws-sdk/client-cloudfront";
import * as secretsManager from "@aws-sdk/client-secrets-manager";

export type ServiceName = "cloudfront" | "secretsmanager";
// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of any shape, and the tests look into them.
export type Answer = any;

/** An answer, or the code of a refusal. */
type Outcome =
  | { readonly value: Answer }
  | { readonly error: string; readonly status: number; readonly message: string };

export interface AwsClient {
  call(endpoint: string, service: ServiceName, operation: string, input: object): Promise<Outcome>;
  close(): void;
}

const REGION = "eu-west-1";
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };

interface SdkClient {
  send(command: object): Promise<object>;
  destroy(): void;
}

/** Clients' waiters poll every minute or so; here, they poll as often as possible. */
const WAITER = { maxWaitTime: 600, minDelay: 0.05, maxDelay: 0.05 };

/** The npm SDK, over real sockets. */
export function npmClient(): AwsClient {
  const clients = new Map<string, SdkClient>();
  return {
    async call(endpoint, service, operation, input) {
      const sdk = service === "cloudfront" ? cloudFront : secretsManager;
      const settings = { endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
      const id = `${service} ${endpoint}`;
      const Client =
        service === "cloudfront" ? cloudFront.CloudFrontClient : secretsManager.SecretsManagerClient;
      const client = clients.get(id) ?? (new Client(settings) as unknown as SdkClient);
      clients.set(id, client);
      if (operation === "Wait") return { value: await waited(sdk, client, input) };
      const Command = sdk[`${operation}Command` as keyof typeof sdk] as unknown as new (
        input: object,
      ) => object;
      try {
        const { $metadata: _, ...value } = (await client.send(new Command(input))) as { $metadata: object };
        return { value };
      } catch (thrown) {
        const { name, message, $metadata } = thrown as Error & { $metadata?: { httpStatusCode?: number } };
        return { error: name, message, status: $metadata?.httpStatusCode ?? 0 };
      }
    },
    close: () => {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** `until` is the waiter's name in the AWS CLI, like `distribution-deployed`. */
async function waited(sdk: object, client: SdkClient, input: object): Promise<Answer> {
  const { until, input: wanted } = input as { until: string; input: object };
  const name = until.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const waitUntil = (sdk as Record<string, (how: object, input: object) => Promise<object>>)[
    `waitUntil${name}`
  ];
  return waitUntil?.({ client, ...WAITER }, wanted);
}

/**
 * A Python program that reads one JSON request per line and answers with one JSON line: botocore, or the AWS CLI
 * itself.
 */
export function pythonClient(python: string, program: "botocore_client.py" | "awscli_client.py"): AwsClient {
  const child: ChildProcessWithoutNullStreams = spawn(
    python,
    [fileURLToPath(new URL(program, import.meta.url))],
    {
      env: {
        PATH: process.env.PATH,
        HOME: "/nonexistent",
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_DEFAULT_REGION: REGION,
        AWS_MAX_ATTEMPTS: "1",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_PAGER: "",
      },
    },
  );
  let complaints = "";
  let hasEnded = false;
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const waiting: ((outcome: Outcome) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line)));
  const ended = (): Outcome => ({ error: "the client ended", status: 0, message: complaints });
  child.on("close", () => {
    hasEnded = true;
    for (const resolve of waiting.splice(0)) resolve(ended());
  });
  return {
    call: (endpoint, service, operation, input) =>
      new Promise((resolve) => {
        if (hasEnded) return resolve(ended());
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify({ endpoint, service, operation, input })}\n`);
      }),
    close: () => child.stdin.end(),
  };
}
