// A sandbox in a process of its own, as a person starts it.
import { spawn } from "node:child_process";
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

/** Lets the demo's behaviors answer over plain HTTP, through the API as anybody would; resolves to the site's http URL. */
export async function allowHttp(env) {
  const {
    CloudFrontClient,
    GetDistributionConfigCommand,
    ListDistributionsCommand,
    UpdateDistributionCommand,
  } = await import("@aws-sdk/client-cloudfront");
  const client = new CloudFrontClient({
    endpoint: env.AWS_ENDPOINT_URL_CLOUDFRONT,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });
  const { DistributionList } = await client.send(new ListDistributionsCommand({}));
  const { Id } = DistributionList.Items[0];
  const { ETag, DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
  for (const behavior of DistributionConfig.CacheBehaviors.Items) behavior.ViewerProtocolPolicy = "allow-all";
  await client.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
  client.destroy();
  await new Promise((resolve) => setTimeout(resolve, 6000));
  return env.GATE_URL_HTTP;
}
