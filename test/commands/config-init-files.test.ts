/** `config init` from infrastructure code drafts the same as from the account, without AWS. */
import { readFileSync } from "node:fs";
import { CreateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseGates } from "../../src/gates/read.ts";
import { healthyConfig, makeGroup, pair, pkcs8, spki, uploadKey } from "../audit/account.ts";
import { inProcessAws } from "../fakes/in-process-aws.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { sameDraft } from "../gates/same-draft.ts";

const fixture = (name: string) => readFileSync(new URL(`../iac/${name}`, import.meta.url), "utf8");

/** One account, described by Terraform's state, and by a template with its stack's resources. */
async function everywhere() {
  const { cloudFront, secrets, account, clock } = inProcessAws();
  const keyId = await uploadKey(cloudFront, pair(0).publicKey, "web-key");
  const groupId = await makeGroup(cloudFront, "web", [keyId]);
  const config = healthyConfig(groupId);
  const { Distribution } = await cloudFront.send(
    new CreateDistributionCommand({ DistributionConfig: config }),
  );
  const { Id = "", ARN = "", DomainName = "" } = Distribution ?? {};
  const content = JSON.stringify({ keyPairId: keyId, privateKey: pkcs8(pair(0).privateKey), issuer: "web" });
  const made = await secrets.send(new CreateSecretCommand({ Name: "web/key", SecretString: content }));
  const behaviors = config.CacheBehaviors?.Items ?? [];
  const resource = (type: string, name: string, values: object) => ({
    ...{ address: `${type}.${name}`, mode: "managed", type, name, values },
  });
  const behavior = (
    of: { PathPattern?: string | undefined; TargetOriginId: string | undefined },
    groups: string[],
  ) => ({
    ...{ path_pattern: of.PathPattern, target_origin_id: of.TargetOriginId, trusted_key_groups: groups },
    ...{ viewer_protocol_policy: "redirect-to-https", allowed_methods: ["GET", "HEAD"] },
  });
  const header = { HeaderName: "X-Origin-Verify", HeaderValue: "planted-origin-secret" };
  const terraform = {
    format_version: "1.0",
    values: {
      root_module: {
        resources: [
          resource("aws_cloudfront_public_key", "signing", {
            id: keyId,
            name: "web-key",
            encoded_key: spki(pair(0).publicKey),
          }),
          resource("aws_cloudfront_key_group", "web", {
            id: groupId,
            name: "web",
            items: [keyId],
            comment: "",
          }),
          resource("aws_secretsmanager_secret", "key", { id: made.ARN, arn: made.ARN, name: "web/key" }),
          resource("aws_secretsmanager_secret_version", "key", {
            secret_id: made.ARN,
            secret_string: content,
          }),
          resource("aws_cloudfront_distribution", "web", {
            ...{ id: Id, arn: ARN, domain_name: DomainName, aliases: ["cdn.example.com"], enabled: true },
            origin: [
              {
                ...{
                  origin_id: "application",
                  domain_name: "origin.example.com",
                  custom_origin_config: [{ origin_protocol_policy: "https-only" }],
                },
                custom_header: [{ name: header.HeaderName, value: header.HeaderValue }],
              },
            ],
            default_cache_behavior: [behavior({ TargetOriginId: "files" }, [])],
            ordered_cache_behavior: behaviors.map((each) =>
              behavior({ ...each, TargetOriginId: each.TargetOriginId }, [groupId]),
            ),
          }),
        ],
      },
    },
  };
  const cfnBehavior = (PathPattern: string | undefined, TargetOriginId: string | undefined) => ({
    ...{
      PathPattern,
      TargetOriginId,
      ViewerProtocolPolicy: "redirect-to-https",
      TrustedKeyGroups: [{ Ref: "WebGroup0A1B2C3D" }],
    },
  });
  const template = {
    Parameters: {
      BootstrapVersion: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/x" },
    },
    Resources: {
      WebKey4E5F6071: {
        Type: "AWS::CloudFront::PublicKey",
        Properties: {
          PublicKeyConfig: { CallerReference: "r", Name: "web-key", EncodedKey: spki(pair(0).publicKey) },
        },
      },
      WebGroup0A1B2C3D: {
        Type: "AWS::CloudFront::KeyGroup",
        Properties: { KeyGroupConfig: { Name: "web", Items: [{ Ref: "WebKey4E5F6071" }] } },
      },
      Signing8899AABB: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "web/key" } },
      SiteCCDDEEFF: {
        Type: "AWS::CloudFront::Distribution",
        Properties: {
          DistributionConfig: {
            ...{ Enabled: true, Aliases: ["cdn.example.com"] },
            Origins: [
              {
                ...{
                  Id: "application",
                  DomainName: "origin.example.com",
                  CustomOriginConfig: { OriginProtocolPolicy: "https-only" },
                },
                OriginCustomHeaders: [header],
              },
            ],
            CacheBehaviors: behaviors.map((each) => cfnBehavior(each.PathPattern, each.TargetOriginId)),
            DefaultCacheBehavior: { TargetOriginId: "files", ViewerProtocolPolicy: "redirect-to-https" },
          },
        },
      },
    },
  };
  const StackId = "arn:aws:cloudformation:eu-west-1:111111111111:stack/web/0a1b2c3d";
  const physical = {
    WebKey4E5F6071: keyId,
    WebGroup0A1B2C3D: groupId,
    Signing8899AABB: made.ARN,
    SiteCCDDEEFF: Id,
  };
  const stack = {
    StackResources: Object.entries(physical).map(([LogicalResourceId, PhysicalResourceId]) => ({
      ...{ StackId, LogicalResourceId, PhysicalResourceId },
    })),
  };
  const online = memoryWorld({ cloud: account.handler, clock, env: { AWS_REGION: "eu-west-1" } });
  const files = {
    "site.json": JSON.stringify(terraform),
    "site.template.json": JSON.stringify(template),
    "stack.json": JSON.stringify(stack),
  };
  return { online, files, ids: { keyId, groupId, Id } };
}

/** This world has no cloud, so a call to AWS would fail. */
async function draft(line: string, files: Readonly<Record<string, string>>, stdin?: string) {
  const world = memoryWorld({
    files,
    ...(stdin === undefined ? {} : { stdin }),
    env: { AWS_REGION: "eu-west-1" },
  });
  return runCommand(words(`config init --out - ${line}`), world);
}

describe("config init from infrastructure code", () => {
  it("drafts the same from Terraform's state as from the account", async () => {
    const { online, files, ids } = await everywhere();
    const fromAccount = await runCommand(words("config init --out -"), online);
    const offline = await draft("--from-terraform site.json", files);
    expect(offline.exitCode, offline.stderr).toBe(0);
    expect(sameDraft(offline.stdout)).toEqual(sameDraft(fromAccount.stdout));
    expect(parseGates(offline.stdout, "k").get("web")).toMatchObject({
      ownership: "terraform",
      terraform: {
        keyGroups: { [ids.groupId]: "aws_cloudfront_key_group.web" },
        publicKey: "aws_cloudfront_public_key.signing",
      },
    });
    expect(offline.stdout + offline.stderr).not.toMatch(/planted|PRIVATE KEY/);
  });

  it("drafts the same from a CDK template and its stack's resources as from the account", async () => {
    const { online, files, ids } = await everywhere();
    const fromAccount = await runCommand(words("config init --out -"), online);
    const offline = await draft("--from-template site.template.json --stack-resources stack.json", files);
    expect(offline.exitCode, offline.stderr).toBe(0);
    const { web } = sameDraft(offline.stdout) as { web: { secret: object } };
    const { web: own } = sameDraft(fromAccount.stdout) as { web: { secret: object } };
    // A template does not have the secret's content, so its fields keep their defaults.
    expect({ ...web, secret: { fields: undefined } }).toEqual({ ...own, secret: { fields: undefined } });
    expect(web.secret).toMatchObject({ id: "web/key", format: "json" });
    expect(parseGates(offline.stdout, "k").get("web")).toMatchObject({
      ownership: "cloudformation",
      cloudformation: {
        keyGroups: { [ids.groupId]: "WebGroup0A1B2C3D" },
        publicKey: "WebKey4E5F6071",
        cdk: true,
      },
    });
  });

  it("marks the IDs that a template does not have, and names the command that lists them", async () => {
    const { files } = await everywhere();
    const { stdout, exitCode } = await draft("--from-template site.template.json", files);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("distributions: [REPLACE-ME-SiteCCDDEEFF]");
    expect(stdout.replaceAll(/\n *# /g, " ")).toContain("aws cloudformation describe-stack-resources");
    expect(parseGates(stdout, "k").size).toBe(1);
  });

  it("reads stdin if no file is named", async () => {
    const { files } = await everywhere();
    const piped = await draft("--from-terraform", {}, files["site.json"]);
    expect(piped.stdout).toBe((await draft("--from-terraform site.json", files)).stdout);
  });

  it.each(["cdk.yaml", "sam.yaml"])("drafts a file that config check accepts from %s", async (name) => {
    const { stdout } = await draft("--from-template t", { t: fixture(name) });
    expect(parseGates(stdout, "k").size).toBe(1);
    expect(Object.keys(parse(stdout).gates)).toHaveLength(1);
  });

  it("lists values that are known only after deployment", async () => {
    const { stdout } = await draft("--from-template t", { t: fixture("sam.yaml") });
    expect(stdout.replaceAll("\n# ", " ")).toContain(
      "parameter PublicKeyPem has no default (Key.EncodedKey): --parameter PublicKeyPem=VALUE",
    );
    const given = await draft("--from-template t --parameter PublicKeyPem=x", { t: fixture("sam.yaml") });
    expect(given.stdout).not.toContain("PublicKeyPem");
  });

  it.each([
    [
      "a plan in place of a template",
      "--from-template t",
      fixture("terraform-state.json"),
      2,
      /Terraform's JSON .*\nhint: keyturn config init --from-terraform t/,
    ],
    [
      "a template in place of a state",
      "--from-terraform t",
      fixture("cdk.yaml"),
      2,
      /is a CloudFormation template .*\nhint: keyturn config init --from-template t/,
    ],
    [
      "no template at all",
      "--from-template t",
      "hello: 1",
      3,
      /neither a CloudFormation template nor Terraform's JSON/,
    ],
    [
      "a template without a gate",
      "--from-template t",
      '{"Resources":{}}',
      5,
      /no distribution in t trusts a key group/,
    ],
    ["resources of a stack without the template", "--stack-resources t", "{}", 2, /name the template/],
    [
      "a file that lists no resources",
      "--from-template t --stack-resources t",
      fixture("cdk.yaml"),
      3,
      /t is not the output of describe-stack-resources/,
    ],
    [
      "both forms at once",
      "--from-template t --from-terraform t",
      fixture("cdk.yaml"),
      2,
      /cannot be used with/,
    ],
  ] as const)("refuses %s", async (_, line, text, code, says) => {
    const { exitCode, stderr, stdout } = await draft(line, { t: text });
    expect([exitCode, stdout], stderr).toEqual([code, ""]);
    expect(stderr).toMatch(says);
  });
});
