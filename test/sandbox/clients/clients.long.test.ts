/** Independent clients against the sandbox on a real socket: both APIs in full, with their errors. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { needs, skipped } from "../../fakes/needs.ts";
import { rawSecretsClient } from "../secrets/raw.ts";
import { type AwsClient, npmClient, pythonClient } from "./client.ts";
import {
  callsOf,
  DEPLOY_TIME,
  distributions,
  keyGroups,
  limits,
  publicKeys,
  ROTATION_FUNCTION,
  SMALL_LIMITS,
  secrets,
} from "./conformance.ts";
import {
  batches,
  defaults,
  deployment,
  forwardingPolicies,
  refusedDistributions,
  secretsAsOnAws,
} from "./conformance-as-on-aws.ts";
import { type Served, serveAccount } from "./served.ts";

let served: Served;
let clock = new ManualClock();
const pass = (length: number) => clock.advance(length);
beforeEach(async () => {
  clock = new ManualClock();
  served = await serveAccount({ clock, deployTime: DEPLOY_TIME });
  served.account.secrets.allowRotationBy(ROTATION_FUNCTION);
});
afterEach(async () => {
  expect(served.bugs).toEqual([]);
  await served.close();
});

function conforms(start: () => AwsClient, model: "current" | "older" = "current") {
  let client: AwsClient | undefined;
  const ask = (service: "cloudfront" | "secretsmanager", { url } = served) => {
    client ??= start();
    return callsOf(client, url, service);
  };
  afterAll(() => client?.close());
  // Each test is some sixty commands, so the limit is generous for a busy machine.
  vi.setConfig({ testTimeout: 180_000 });
  it("supports public keys", () => publicKeys(ask("cloudfront")));
  it("supports key groups", () => keyGroups(ask("cloudfront")));
  it("supports distributions, tags and invalidations", () => distributions(ask("cloudfront"), pass));
  it("sees the limits enforced", async () => {
    const small = await serveAccount(SMALL_LIMITS);
    await limits(ask("cloudfront", small)).finally(() => small.close());
    expect(small.bugs).toEqual([]);
  });
  it("supports secrets", () => secrets(ask("secretsmanager")));
  it("waits for a deployment with its own waiters", () => deployment(ask("cloudfront"), pass));
  it("sees what CloudFront refuses", () => refusedDistributions(ask("cloudfront")));
  it("sees what CloudFront fills in", () => defaults(ask("cloudfront")));
  it("supports cache and origin request policies", () => forwardingPolicies(ask("cloudfront")));
  it("sees what Secrets Manager refuses, lists and replicates", () => {
    const there = rawSecretsClient(served.account.handler, "eu-central-1");
    return secretsAsOnAws(ask("secretsmanager"), there, pass);
  });
  it.skipIf(model === "older")("reads secrets in batches", () => batches(ask("secretsmanager")));
}

const DEBIAN = "/usr/bin/python3";
/** The first Python on PATH, if it has its own botocore or AWS CLI. */
const newer = (module: string) => {
  try {
    execFileSync("python3", ["-c", `import ${module}`], { stdio: "ignore" });
    return execFileSync("python3", ["-c", "import sys; print(sys.executable)"]).toString().trim();
  } catch {
    return undefined;
  }
};
const present = (python: string | undefined) =>
  python === undefined || python === DEBIAN ? skipped("needs one newer than Debian's") : describe;

describe("the npm SDK", () => conforms(npmClient));
needs("/usr/bin/aws")("the botocore of Debian's AWS CLI", () =>
  conforms(() => pythonClient(DEBIAN, "botocore_client.py"), "older"),
);
needs("/usr/bin/aws")("Debian's AWS CLI", () =>
  conforms(() => pythonClient(DEBIAN, "awscli_client.py"), "older"),
);
const botocore = newer("botocore");
present(botocore)("a newer botocore, boto3's engine", () =>
  conforms(() => pythonClient(botocore as string, "botocore_client.py")),
);
const awscli = newer("awscli");
present(awscli)("a newer AWS CLI", () => conforms(() => pythonClient(awscli as string, "awscli_client.py")));

needs("/usr/bin/aws")("/usr/bin/aws itself", () => {
  const aws = async (...line: string[]) => {
    const endpoint = ["--endpoint-url", served.url, "--region", "eu-west-1"];
    const env = { ...process.env, AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" };
    const { stdout } = await promisify(execFile)("/usr/bin/aws", [...line, ...endpoint], { env });
    return JSON.parse(stdout || "{}");
  };
  it("works, and reports a refusal with its code", async () => {
    await expect(aws("cloudfront", "get-key-group", "--id", "unknown")).rejects.toThrow(/\(NoSuchResource\)/);
    expect(await aws("secretsmanager", "list-secrets")).toEqual({ SecretList: [] });
  });
  it("with shorthand syntax, sends the file's name instead of its content, and is refused because that is not a key", async () => {
    const config = "CallerReference=one,Name=one,EncodedKey=file://public.pem";
    await expect(aws("cloudfront", "create-public-key", "--public-key-config", config)).rejects.toThrow(
      /\(InvalidArgument\)/,
    );
  });
});
