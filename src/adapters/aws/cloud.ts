/** CloudFront and Secrets Manager of one account, through the AWS SDK with its default credential chain. */
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Cloud, CloudOptions } from "../../seams/cloud.ts";
import { boundExchanges } from "./bounded-exchange.ts";
import { awsCalls } from "./call.ts";
import { type CloudClientOptions, clientSettings } from "./client-settings.ts";
import { awsControlPlane } from "./control-plane.ts";
import { awsSecretVault } from "./secret-vault.ts";

/** Makes no request. Only Secrets Manager needs a region: CloudFront's API has one endpoint per partition. */
export async function awsCloud(options: CloudOptions, clientOptions: CloudClientOptions): Promise<Cloud> {
  const { env, interrupt } = clientOptions;
  const settings = clientSettings(options, clientOptions);
  const { shared, region, profile, bounds, endpointOf, sts } = settings;
  const { dates, limits } = bounds;

  const secretsManager = new SecretsManagerClient({
    ...shared,
    region: region || undefined,
    ...endpointOf("SECRETS_MANAGER"),
  });
  boundExchanges(secretsManager, { ...bounds, by: "Secrets Manager" });
  const knownRegion = await secretsManager.config.region().catch(() => undefined);
  settings.learnRegion(knownRegion);
  const cloudFront = new CloudFrontClient({
    ...shared,
    region: knownRegion ?? "us-east-1",
    ...endpointOf("CLOUDFRONT"),
  });
  boundExchanges(cloudFront, { ...bounds, by: "CloudFront" });
  const calls = awsCalls({ ...clientOptions, profile, region: knownRegion, limits });
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
