/** For an account made with the AWS CLI, the keyturn.yaml that `config init` writes is accepted unchanged. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DistributionConfig } from "@aws-sdk/client-cloudfront";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ManualClock } from "../fakes/manual-clock.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";
import { type Served, serveAccount } from "../sandbox/clients/served.ts";
import { healthyConfig, pair, pkcs8, spki, trusting } from "./account.ts";
import { configAccepted } from "./config-accepted.ts";

const run = promisify(execFile);

interface Made {
  readonly PublicKey?: { readonly Id: string };
  readonly KeyGroup?: { readonly Id: string };
}

needs("aws")("config init on an account made with the AWS CLI", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-config-init-"));
  let served: Served;
  let keyId: string;

  async function aws(service: string, operation: string, ...rest: string[]): Promise<Made> {
    const words = [service, operation, "--endpoint-url", served.url, "--output", "json", ...rest];
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_PAGER: "",
    };
    const { stdout } = await run("aws", words, { env });
    return JSON.parse(stdout) as Made;
  }
  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return `file://${path}`;
  }

  beforeAll(async () => {
    served = await serveAccount({ clock: new ManualClock() });
    const publicKey = { CallerReference: "web", Name: "web", EncodedKey: spki(pair(0).publicKey) };
    const key = await aws(
      "cloudfront",
      "create-public-key",
      "--public-key-config",
      file("key.json", publicKey),
    );
    keyId = key.PublicKey?.Id ?? "";
    const group = await aws(
      "cloudfront",
      "create-key-group",
      "--key-group-config",
      file("group.json", { Name: "web", Items: [keyId] }),
    );
    const groupId = group.KeyGroup?.Id ?? "";
    const create = async (name: string, config: DistributionConfig) => {
      const Aliases = { Quantity: 1, Items: [`${name}.example.com`] };
      const given = file(`${name}.json`, { ...config, CallerReference: name, Aliases });
      await aws("cloudfront", "create-distribution", "--distribution-config", given);
    };
    const config = healthyConfig(groupId);
    await create("cdn", config);
    // Everything is signed except the login page and its assets, with other patterns than in the first distribution.
    const rest = config.DefaultCacheBehavior as NonNullable<DistributionConfig["DefaultCacheBehavior"]>;
    const open = ["/login", "assets/*"].map((PathPattern) => ({ ...rest, PathPattern }));
    await create("videos", {
      ...config,
      CacheBehaviors: { Quantity: open.length, Items: open },
      DefaultCacheBehavior: { ...rest, ...trusting(groupId) },
    });
    const value = { keyPairId: keyId, privateKey: pkcs8(pair(0).privateKey) };
    const secret = file("secret.json", value);
    await aws("secretsmanager", "create-secret", "--name", "web/signing-key", "--secret-string", secret);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await served.close();
  });

  it("writes a file that config check and audit accept", async () => {
    const { yaml, keyPairId } = await configAccepted(memoryWorld({ cloud: served.account.handler }));
    expect(yaml).toContain("id: web/signing-key");
    expect(yaml).toContain("ownership: none");
    expect(yaml).toMatch(/pattern: "?\/login"?\n +layers: \[\] # CHECK: open to everyone/);
    expect(keyPairId).toBe(keyId);
    expect(served.bugs).toEqual([]);
  });
});
