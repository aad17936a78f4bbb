/** CloudFront and Secrets Manager of one account, through the AWS SDK with its default credential chain. */
import { CloudFrontClient, type CloudFrontClientConfig } from "@aws-sdk/client-cloudfront";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AnswerDates } from "../../answer-dates.ts";
import type { Cloud, CloudOptions, Random } from "../../seams.ts";
import { type Bounds, boundExchanges, type ExchangeLimits, LIMITS } from "./bounded-exchange.ts";
import { awsCalls, type Interruption } from "./call.ts";
import { awsControlPlane } from "./control-plane.ts";
import { retryOnClock } from "./retry.ts";
import { awsSecretVault } from "./secret-vault.ts";

type RequestHandler = NonNullable<CloudFrontClientConfig["requestHandler"]>;

export interface CloudSurroundings extends Interruption {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
  /** AWS answers in milliseconds; tests with silent servers set shorter limits. */
  readonly limits?: ExchangeLimits & { readonly silence: number };
  /** Replaces the network in in-process tests. */
  readonly requestHandler?: RequestHandler;
  /** Dates responses without a Date, for `requestHandler`: a virtual Date header would shift the SDK's clock. */
  readonly undated?: () => string;
}

/** A longer silence makes people wonder. */
const SILENCE_SECONDS = 3;

/** Makes no request. Only Secrets Manager needs a region: CloudFront's API has one endpoint per partition. */
export async function awsCloud(options: CloudOptions, surroundings: CloudSurroundings): Promise<Cloud> {
  const { env, interrupt, clock, requestHandler, undated } = surroundings;
  const { limits = { ...LIMITS, silence: SILENCE_SECONDS } } = surroundings;
  // The warning is for people who update the SDK, and would precede all output on Node 20.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const profile = options.profile ?? env.AWS_PROFILE;
  const credentials = options.credentials ?? (profile === undefined ? credentialsFrom(env) : undefined);
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const shared = {
    retryStrategy: retryOnClock(surroundings),
    ...(profile ? { profile } : {}),
    ...(credentials ? { credentials } : {}),
    requestHandler: requestHandler ?? { connectionTimeout: limits.connect * 1000 },
  };
  const dates = new AnswerDates();
  const bounds = { dates, clock, limits, undated };
  const endpointOf = (service: string) => {
    const endpoint = options.endpointUrl ?? configuredEndpoint(env, service);
    return endpoint === undefined ? {} : { endpoint };
  };

  const secretsManager = new SecretsManagerClient({
    ...shared,
    ...(region ? { region } : {}),
    ...endpointOf("SECRETS_MANAGER"),
  });
  boundExchanges(secretsManager, { ...bounds, by: "Secrets Manager" });
  const knownRegion = await secretsManager.config.region().catch(() => undefined);
  const cloudFront = new CloudFrontClient({
    ...shared,
    region: knownRegion ?? "us-east-1",
    ...endpointOf("CLOUDFRONT"),
  });
  boundExchanges(cloudFront, { ...bounds, by: "CloudFront" });
  const calls = awsCalls({ ...surroundings, profile, region: knownRegion, limits });
  const endpoint = endpointOf("CLOUDFRONT").endpoint;
  return {
    controlPlane: awsControlPlane(cloudFront, calls),
    vault: awsSecretVault(secretsManager, calls),
    where: endpoint ?? `AWS ${knownRegion ?? "(no region)"}`,
    dates,
    caller: async () => {
      const isElsewhere = endpoint !== undefined && !env.AWS_ENDPOINT_URL_STS;
      return isElsewhere ? undefined : callerArn(shared, knownRegion, bounds, interrupt);
    },
  };
}

/**
 * The caller's ARN, for the record; needs no permission. Undefined if STS does not answer, and for endpoints other
 * than AWS's own, which have no STS unless the environment names one.
 */
async function callerArn(
  shared: object,
  region: string | undefined,
  bounds: Omit<Bounds, "by">,
  interrupt: AbortSignal,
): Promise<string | undefined> {
  if (region === undefined) return undefined;
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient({ ...shared, region });
  boundExchanges(client, { ...bounds, by: "STS" });
  try {
    return (await client.send(new GetCallerIdentityCommand({}), { abortSignal: interrupt })).Arn;
  } catch {
    interrupt.throwIfAborted();
    return undefined;
  }
}

/** The SDK reads process.env itself; a World may have a different environment. */
function credentialsFrom(env: CloudSurroundings["env"]) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}

function configuredEndpoint(env: CloudSurroundings["env"], service: string): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined;
}
