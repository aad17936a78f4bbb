/** Account, region and endpoint: flags win over the environment, the environment over the gate. */
import type { CloudOptions } from "../seams/cloud.ts";
import type { Gate } from "./gate.ts";

export function cloudOptionsOf(
  flags: Pick<CloudOptions, "profile" | "region" | "endpointUrl">,
  env: Readonly<Record<string, string | undefined>>,
  gate?: Pick<Gate, "profile" | "region" | "assumeRole" | "externalId">,
): CloudOptions {
  // Credentials in the environment are a choice too: a profile in keyturn.yaml must not override them.
  const profileOfGate = env.AWS_ACCESS_KEY_ID ? undefined : gate?.profile;
  return {
    profile: flags.profile ?? (env.AWS_PROFILE || profileOfGate),
    region: flags.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || gate?.region),
    endpointUrl: flags.endpointUrl,
    assumeRole:
      gate?.assumeRole === undefined ? undefined : { arn: gate.assumeRole, externalId: gate.externalId },
  };
}

/** The same for gates of one account and region, whose clients can be shared. */
export function cloudName({ profile, region, endpointUrl, assumeRole }: CloudOptions): string {
  return JSON.stringify([profile, region, endpointUrl, assumeRole?.arn, assumeRole?.externalId]);
}
