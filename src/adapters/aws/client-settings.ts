/** What all AWS clients here share: credentials, the gate's role, region, endpoint, retries, limits. */
import type { CloudFrontClientConfig } from "@aws-sdk/client-cloudfront";
import { AnswerDates } from "../../answer-dates.ts";
import type { CloudOptions } from "../../seams/cloud.ts";
import type { Random } from "../../seams/world.ts";
import { assumedRole, sessionNameOf } from "./assumed-role.ts";
import { boundExchanges, type ExchangeLimits, LIMITS } from "./bounded-exchange.ts";
import type { Interruption } from "./call.ts";
import { retryOnClock } from "./retry.ts";

type RequestHandler = NonNullable<CloudFrontClientConfig["requestHandler"]>;

export interface CloudClientOptions extends Interruption {
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

/** Makes no request. */
export function clientSettings(options: CloudOptions, clientOptions: CloudClientOptions) {
  const { env, interrupt, clock, requestHandler, undated } = clientOptions;
  const { limits = { ...LIMITS, silence: SILENCE_SECONDS } } = clientOptions;
  // The warning is for people who update the SDK, and would precede all output on Node 20.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const profile = options.profile ?? env.AWS_PROFILE;
  const found = options.credentials ?? (profile === undefined ? credentialsFrom(env) : undefined);
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  let knownRegion = region;
  const own = {
    retryStrategy: retryOnClock(clientOptions),
    profile: profile || undefined,
    credentials: found,
    requestHandler: requestHandler ?? { connectionTimeout: limits.connect * 1000 },
  };
  const bounds = { dates: new AnswerDates(), clock, limits, undated };
  /** For a client's configuration; `service` as in AWS_ENDPOINT_URL_SERVICE. */
  const endpointOf = (service: string): { readonly endpoint?: string } => {
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
  return {
    profile,
    region,
    shared: { ...own, credentials: credentials ?? found },
    bounds,
    endpointOf,
    sts,
    /** The one that the SDK found in its own files. */
    learnRegion(learnt: string | undefined): void {
      knownRegion = learnt;
    },
  };
}

/** The SDK reads process.env itself; a World may have a different environment. */
function credentialsFrom(env: CloudClientOptions["env"]) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  };
}

function configuredEndpoint(env: CloudClientOptions["env"], service: string): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined;
}
