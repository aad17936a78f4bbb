import { readFileSync } from "node:fs";
import { CreateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseGates } from "../../src/gates/read.ts";
import { renderDraft } from "../../src/gates/render-draft.ts";
import { healthyConfig, trusting } from "../audit/account.ts";
import { inProcessClients } from "../fakes/in-process-aws.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { gateInAccount, SECRET } from "./keys-account.ts";

const FULL = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");

describe("config check", () => {
  it("shows each gate as keyturn reads it", async () => {
    const ran = await runCommand(words("config check"), memoryWorld({ files: { "keyturn.yaml": FULL } }));
    expect(ran).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: `ok keyturn.yaml

reader
  where     account 111122223333, eu-west-1
  edge      distributions E1A2B3C4D5E6F7
            trust key groups b1f9a5a0-5a3a-4f0e-9d0f-3a1f5e6c7d88
  secret    reader/signing-key (json)
  signer    SHA1; its key pair ID is in the secret
            keeps its key for 5m
  cookies   https://app.example.com/api/*, for 15m; at most 1h
  routes    /api/* (edge, origin-verification, application)
            /login (public) of E1A2B3C4D5E6F7
  rotation  at least 1h 36m
            settle 15m, skew 1m, triples 5
`,
    });
  });

  it("prints every mistake, and exits with 1", async () => {
    const text = FULL.replace("ttl: 15m", "ttl: 900").replace("keyGroups:", "keygroups:");
    const ran = await runCommand(
      words("config check --config ops/k.yaml"),
      memoryWorld({ files: { "ops/k.yaml": text } }),
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toBe(`x ops/k.yaml: 3 mistakes

x error config-mistake (ops/k.yaml:5:5)
  gates.reader.keyGroups is missing.

x error config-mistake (ops/k.yaml:9:5)
  gates.reader.keygroups is not a name that keyturn knows.
  -> did you mean keyGroups?

x error config-mistake (ops/k.yaml:28:12)
  gates.reader.cookie.ttl needs a duration with a unit: 90s, 15m, 8h, 2d or
  1h30m.
`);
  });

  it("finds the file by flag, by environment, or in a parent folder, in this order", async () => {
    const other = FULL.replaceAll("reader", "other");
    const world = (env: Record<string, string>, files: Record<string, string>) => memoryWorld({ env, files });
    const gateOf = async (argv: string, at: ReturnType<typeof world>) =>
      JSON.parse((await runCommand(words(argv), at)).stdout).result.gates[0].name;
    const files = { "../keyturn.yaml": FULL, "other.yaml": other };
    expect(await gateOf("config check --json", world({}, files))).toBe("reader");
    expect(await gateOf("config check --json", world({ KEYTURN_CONFIG: "other.yaml" }, files))).toBe("other");
    expect(
      await gateOf(
        "config check --json --config ../keyturn.yaml",
        world({ KEYTURN_CONFIG: "other.yaml" }, files),
      ),
    ).toBe("reader");
  });

  it("prints how to create a missing file", async () => {
    const ran = await runCommand(words("config check"), memoryWorld());
    expect(ran).toMatchObject({ exitCode: 3, stdout: "" });
    expect(ran.stderr).toMatch(
      /^error: there is no keyturn.yaml .*\[ERR_CONFIG\]\nhint: keyturn config init\n/,
    );
  });
});

describe("config schema", () => {
  it("is a JSON Schema that accepts the complete file and refuses a misspelled one", async () => {
    const { stdout } = await runCommand(words("config schema"), memoryWorld());
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
    expect(validate(parse(FULL))).toBe(true);
    expect(validate(parse(FULL.replace("keyGroups:", "keygroups:")))).toBe(false);
    expect(validate(parse(FULL.replace("ownership: none", "ownership: pulumi")))).toBe(false);
  });
});

describe("config init", () => {
  async function withDistribution(callerReference = "app") {
    const set = await gateInAccount({ files: {} });
    const distribution = set.account.createDistribution({
      callerReference,
      domainName: "d111111abcdef8.cloudfront.net",
      behaviors: [{ pathPattern: "/api/*", trustedKeyGroups: [set.groupId] }],
    });
    const world = memoryWorld({
      clock: set.clock,
      cloud: set.account.handler,
      env: { AWS_REGION: "eu-west-1" },
    });
    return { ...set, world, distribution };
  }

  it("drafts the gate of an account: groups, distribution, secret, canary, routes", async () => {
    const { world, groupId, distribution } = await withDistribution();
    const ran = await runCommand(words("config init"), world);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain("ok keyturn.yaml\n  gate app-group, secret app/key\n");
    const gate = parseGates(world.files.text("keyturn.yaml"), "keyturn.yaml").get("app-group");
    expect(gate).toMatchObject({
      account: "111111111111",
      region: "eu-west-1",
      distributions: [distribution.id],
      keyGroups: [groupId],
      secret: { id: SECRET, format: "json", fields: { privateKey: "privateKey", keyPairId: "keyPairId" } },
      signer: { keyPairId: "in-secret", cacheTtl: "until-restart" },
      cookie: { resource: "https://d111111abcdef8.cloudfront.net/api/*" },
      canaries: { [distribution.id]: "https://d111111abcdef8.cloudfront.net/api/keyturn-canary" },
      routes: [{ pattern: "/api/*", layers: ["edge"] }],
    });
  });

  it.each([
    ["no sign of an owner", "app", {}, "ownership: none\n"],
    [
      "Terraform's caller reference",
      "terraform-20261101101500123400000001",
      {},
      "ownership: terraform # CHECK",
    ],
    [
      "a tag that names Terraform",
      "app",
      { ManagedBy: "Terraform" },
      "ManagedBy: Terraform; or none\n    ownership: terraform\n",
    ],
    [
      "CloudFormation's tag",
      "app",
      { "aws:cloudformation:stack-name": "web" },
      "ownership: cloudformation # CHECK: stack web created",
    ],
  ])("says what may own the key group, given %s", async (_, callerReference, tags, expected) => {
    const { world, account } = await withDistribution(callerReference);
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { secrets } = inProcessClients(account.handler);
    if (Tags.length > 0) await secrets.send(new TagResourceCommand({ SecretId: SECRET, Tags }));
    const ran = await runCommand(words("config init --out -"), world);
    expect(ran.stdout).toContain(expected);
  });

  it("keeps any text of a tag inside its comment", () => {
    const sign = `stack a\n    profile: b\u2028${"c".repeat(100)} created the secret`;
    const gate = {
      name: "a",
      distributions: [],
      keyGroups: [],
      resource: "*",
      canaries: {},
      routes: [],
      doubts: [],
    };
    const text = renderDraft([{ ...gate, ownership: { by: "cloudformation", sign } }]);
    expect(text.split("\n").at(-3)).toMatch(/^ {4}# CHECK: stack a profile: b c+; or none$/);
    expect(text).toMatch(/^ {4}ownership: cloudformation$/m);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("writes at most 80 columns", async () => {
    const { world } = await withDistribution();
    const { stdout } = await runCommand(words("config init --out -"), world);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("does not read a secret whose name may itself be a secret", async () => {
    const { world, account } = await withDistribution();
    const asked: string[] = [];
    account.faults.onCall(({ operation }) => void asked.push(operation));
    const ran = await runCommand(
      ["config", "init", "--secret", "app/key", '{"privateKey":"planted"}'],
      world,
    );
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain("--secret takes the name or ARN of a secret, not its value");
    expect(ran.stderr).not.toContain("planted");
    expect(asked).toEqual([]);
  });

  it("writes a file that config check accepts, without the secret's value", async () => {
    const { world } = await withDistribution();
    await runCommand(words("config init"), world);
    expect(world.files.text("keyturn.yaml")).not.toMatch(/PRIVATE KEY/);
    expect((await runCommand(words("config check"), world)).exitCode).toBe(0);
  });

  it.each([
    ["config init", {}, ""],
    ["config init --out new.yaml", {}, " --config new.yaml"],
    ["config init", { KEYTURN_CONFIG: "other.yaml" }, " --config keyturn.yaml"],
    ["config init --config other.yaml", {}, " --config keyturn.yaml"],
  ])("prints next commands that read the written file, for %s %j", async (line, env, by) => {
    const { world } = await withDistribution();
    const { stdout } = await runCommand(words(line), { ...world, env: { ...world.env, ...env } });
    expect(stdout).toContain(`-> keyturn config check${by}\n-> keyturn audit${by}\n`);
  });

  it("makes no call if the folder for the file is missing", async () => {
    const ran = await runCommand(words("config init --out absent/k.yaml"), memoryWorld());
    expect(ran).toEqual({
      exitCode: 3,
      stdout: "",
      stderr:
        "error: absent/k.yaml cannot be written: folder absent does not exist [ERR_FILE_UNREADABLE]\nhint: mkdir -p absent\n",
    });
  });

  it("never overwrites a file", async () => {
    const { world } = await withDistribution();
    world.files.put("keyturn.yaml", "mine");
    const ran = await runCommand(words("config init"), world);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("[ERR_FILE_EXISTS]");
    expect(world.files.text("keyturn.yaml")).toBe("mine");
  });

  it("leaves the secret blank if it may not read any", async () => {
    const { world, account } = await withDistribution();
    account.faults.order({ on: "secretsmanager", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    const ran = await runCommand(words("config init --out -"), world);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("secret: REPLACE-ME # CHECK");
    expect(ran.stderr).toContain("cannot search the secrets: secretsmanager:ListSecrets");
  });

  it("reports that the account has no gate yet", async () => {
    const { account, clock } = await gateInAccount();
    const ran = await runCommand(
      words("config init --out -"),
      memoryWorld({ clock, cloud: account.handler }),
    );
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/no distribution of this account trusts a key group \[ERR_NOT_FOUND\]/);
  });

  it.each([
    [true, /only multi-tenant distributions of this account trust a key group \((E[A-Z0-9]+)\)/],
    [false, /no distribution of this account trusts a key group/],
  ])(
    "reports an account whose only distribution is multi-tenant, with a key group: %s",
    async (guarded, says) => {
      const { account, clock, groupId } = await gateInAccount();
      const { cloudFront } = inProcessClients(account.handler);
      const config = healthyConfig(groupId);
      config.ConnectionMode = "tenant-only";
      const behaviors = [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])];
      for (const behavior of guarded ? [] : behaviors) Object.assign(behavior ?? {}, trusting());
      const made = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig: config }));
      const ran = await runCommand(
        words("config init --out -"),
        memoryWorld({ clock, cloud: account.handler }),
      );
      expect(ran.exitCode).toBe(5);
      expect(ran.stderr).toMatch(says);
      if (guarded) {
        expect(says.exec(ran.stderr)?.[1]).toBe(made.Distribution?.Id);
        expect(ran.stderr).toContain(`distributions: [${made.Distribution?.Id}], keyGroups: [${groupId}]`);
      }
    },
  );
});
