// A sandbox in a process of its own, as a person starts it.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts `keyturn sandbox`; resolves to the environment that it prints and a `stop`. */
export async function startSandbox(keyturn, ...flags) {
  const child = spawn(process.execPath, [keyturn, "sandbox", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const env = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name !== undefined) env[name] = value;
    const plain = /(http:\/\/\S+\.localhost:\d+)/.exec(line)?.[1];
    if (plain !== undefined) env.GATE_URL_HTTP = plain;
    if (line.includes("Ctrl-C")) break;
  }
  if (env.GATE_URL === undefined) throw new Error("the sandbox did not come up");
  child.stdout.resume();
  const stop = async () => {
    child.kill("SIGINT");
    await once(child, "exit");
  };
  return { env, pid: child.pid, stop };
}

/** The key API as anybody would use it. */
async function clientOf(env) {
  const cloudFront = await import("@aws-sdk/client-cloudfront");
  const client = new cloudFront.CloudFrontClient({
    endpoint: env.AWS_ENDPOINT_URL_CLOUDFRONT,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });
  return { client, ...cloudFront };
}

async function demoConfig({ client, GetDistributionConfigCommand, ListDistributionsCommand }) {
  const { DistributionList } = await client.send(new ListDistributionsCommand({}));
  const demo = DistributionList.Items.find(({ Aliases }) => Aliases.Items?.includes("app.keyturn.localhost"));
  return { Id: demo.Id, ...(await client.send(new GetDistributionConfigCommand({ Id: demo.Id }))) };
}

/** Lets the demo's behaviors answer over plain HTTP; resolves to the site's http URL once the edge knows. */
export async function allowHttp(env) {
  const cloudFront = await clientOf(env);
  const { Id, ETag, DistributionConfig } = await demoConfig(cloudFront);
  for (const behavior of DistributionConfig.CacheBehaviors.Items) behavior.ViewerProtocolPolicy = "allow-all";
  await cloudFront.client.send(
    new cloudFront.UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }),
  );
  cloudFront.client.destroy();
  await new Promise((resolve) => setTimeout(resolve, 6000));
  return env.GATE_URL_HTTP;
}

/** With the key of the first one. */
async function anotherKeyGroup({ client, ListKeyGroupsCommand, CreateKeyGroupCommand }) {
  const { KeyGroupList } = await client.send(new ListKeyGroupsCommand({}));
  const { Items } = KeyGroupList.Items[0].KeyGroup.KeyGroupConfig;
  const made = await client.send(
    new CreateKeyGroupCommand({ KeyGroupConfig: { Name: `bench-${randomUUID()}`, Items } }),
  );
  return { Enabled: true, Quantity: 1, Items: [made.KeyGroup.Id] };
}

/** CloudFront's own limit is 100. */
const DISTRIBUTIONS_A_KEY_GROUP = 90;

/** Adds distributions like the demo's, each with that many cache behaviors. */
export async function addDistributions(env, count, behaviors) {
  const cloudFront = await clientOf(env);
  const { DistributionConfig } = await demoConfig(cloudFront);
  const [like] = DistributionConfig.CacheBehaviors.Items;
  let TrustedKeyGroups;
  for (let at = 0; at < count; at += 1) {
    if (at % DISTRIBUTIONS_A_KEY_GROUP === 0) TrustedKeyGroups = await anotherKeyGroup(cloudFront);
    const CallerReference = randomUUID();
    const Items = Array.from({ length: behaviors - 1 }, (_, each) => ({
      ...like,
      PathPattern: `/path-${each}/*`,
      TrustedKeyGroups,
    }));
    const CacheBehaviors = { Quantity: Items.length, Items };
    const config = { ...DistributionConfig, CallerReference, Aliases: { Quantity: 0 }, CacheBehaviors };
    await cloudFront.client.send(new cloudFront.CreateDistributionCommand({ DistributionConfig: config }));
  }
  cloudFront.client.destroy();
}
