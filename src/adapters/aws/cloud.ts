/** CloudFront and Secrets Manager of one account, through the AWS SDK with its default credential chain. */
import { CloudFrontClient, type CloudFrontClientConfig } from "@aws-sdk/client-cloudfront";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { STSClient } from "@aws-sdk/client-sts";
import { AnswerDates } from "../../answer-dates.ts";
import type { Cloud, CloudOptions, Random } from "../../seams.ts";
import { assumedRole, sessionNameOf } from "./assumed-role.ts";
import { boundExchanges, type ExchangeLimits, LIMITS } from "./bounded-exchange.ts";
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
  const found = options.credentials ?? (profile === undefined ? credentialsFrom(env) : undefined);
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const own = {
    retryStrategy: retryOnClock(surroundings),
    ...(profile ? { profile } : {}),
    ...(found ? { credentials: found } : {}),
    requestHandler: requestHandler ?? { connectionTimeout: limits.connect * 1000 },
  };
  const dates = new AnswerDates();
  const bounds = { dates, clock, limits, undated };
  const endpointOf = (service: string) => {
    const endpoint = options.endpointUrl ?? configuredEndpoint(env, service);
    return endpoint === undefined ? {} : { endpoint };
  };

  const sts = async (as: object) => {
    const { STSClient } = await import("@aws-sdk/client-sts");
    // The secret's region, whose outage stops the rotation anyway; the global endpoint adds one more.
    const client = new STSClient({
      ...as,
      region: knownRegion ?? "us-east-1",
      ...endpointOf("STS"),
    });
    boundExchanges(client, { ...bounds, by: "STS" });
    return client;
  };
  const credentials =
    options.assumeRole &&
    assumedRole(options.assumeRole, {
      client: () => sts(own),
      sessionName: sessionNameOf(env.USER || env.LOGNAME),
      profile,
      region,
      clock,
      interrupt,
    });
  const shared = { ...own, ...(credentials && { credentials }) };

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
      if (isElsewhere || knownRegion === undefined) return undefined;
      return callerArn(await sts(shared), interrupt);
    },
  };
}

/**
 * The caller's ARN, for the record; needs no permission. Undefined if STS does not answer, and for endpoints other
 * than AWS's own, which have no STS unless the environment names one.
 */
async function callerArn(client: STSClient, interrupt: AbortSignal): Promise<string | undefined> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
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
