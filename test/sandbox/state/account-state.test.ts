/** Everything that an account can contain survives being written as JSON and read back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createAccount } from "../../../src/sandbox/account.ts";
import { openStateDirectory } from "../../../src/sandbox/state/state-directory.ts";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { rawSecretsClient } from "../secrets/raw.ts";
import { testKey } from "../test-key.ts";

it("keeps keys, groups, distributions, invalidations, tags and secrets with all their settings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-account-"));
  const clock = new ManualClock();
  const start = async (seed: number) =>
    createAccount({ clock, random: seededRandom(seed), ...(await openStateDirectory(folder)) });

  const first = await start(1);
  const { cloudFront, secrets } = first;
  const key = cloudFront.publicKeys.create(testKey("one"));
  const group = cloudFront.keyGroups.create({ name: "viewers", items: [key.id], comment: "é & <b>" });
  const distribution = first.createDistribution({
    callerReference: "one",
    domainName: "d111111abcdef8.cloudfront.net",
    behaviors: [{ pathPattern: "*", trustedKeyGroups: [group.id] }],
    tags: { project: "site" },
  });
  cloudFront.invalidations.create(distribution.id, "one", ["/*"]);
  secrets.create("signer", "first", {
    description: "signs",
    tags: [{ key: "gate", value: "app" }],
    replicaRegions: ["eu-central-1"],
  });
  secrets.put("signer", "second", ["keyturn-new"]);
  secrets.holdReplica("signer", "eu-central-1", { status: "Failed", message: "no key" });
  secrets.setOwningService("signer", "cloudfront");
  const ask = rawSecretsClient(first.handler);
  const SecretId = "signer";
  await ask("CreateSecret", { Name: "binary", ClientRequestToken: "b".repeat(32), SecretBinary: "AAEC" });
  await ask("PutResourcePolicy", { SecretId, ResourcePolicy: '{"Statement":[]}' });
  const RotationLambdaARN = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";
  secrets.allowRotationBy(RotationLambdaARN);
  await ask("RotateSecret", {
    SecretId,
    ClientRequestToken: "r".repeat(32),
    RotationLambdaARN,
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  await ask("GetSecretValue", { SecretId: "binary" });
  await ask("DeleteSecret", { SecretId: "binary" });

  const second = await start(2);
  expect(second.cloudFront.state).toEqual(cloudFront.state);
  expect(second.secrets.state).toEqual(secrets.state);
  expect(second.cloudFront.published()).toEqual(cloudFront.published());
  await rm(folder, { recursive: true });
});
