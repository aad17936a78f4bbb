/** `keyturn iam` compared with a recording of what each role's commands really call. */
import { generateKeyPairSync } from "node:crypto";
import { GetDistributionCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { iamPolicy } from "../../src/audit/iam.ts";
import { ROLE_NEEDS, ROLES, type Role } from "../../src/audit/role-needs.ts";
import type { Gate } from "../../src/gates/gate.ts";
import { checkGates } from "../../src/gates/read.ts";
import { writePublicKey } from "../../src/keys/any-key.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { FaultTarget } from "../../src/sandbox/faults.ts";
import type { KmsAction } from "../../src/sandbox/secrets/kms.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { inProcessClients } from "../fakes/in-process-aws.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { logFile } from "../logs/asked-logs.ts";
import { v2Delivery } from "../logs/delivered-site.ts";
import { v1Text } from "../logs/lines.ts";
import { cookieOf, denied, T0 } from "../logs/planted.ts";
import { addKey, currentKeyId, type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";
import { deployFolder } from "../unattended/deployed-site.ts";

const FILE = `${SITE}/media/film.txt`;
/** A denied log line with a credential, whose key is looked up in the account. */
const DENIED = logFile(
  v1Text([
    denied("AccessDenied", T0, {
      host: new URL(SITE).host,
      path: "/media/film.txt",
      cookie: cookieOf("KOLD12345678"),
    }),
  ]),
);
type Line = string | ((ready: ProbedSite, orphan: string) => string);

/** Command lines of each role, in an order that gives each the state it needs. */
const LINES: Readonly<Record<Role, readonly Line[]>> = {
  minter: [`mint ${FILE} --gate demo`, `curl ${FILE} --gate demo`],
  prober: ["probe --gate demo --rate unlimited"],
  auditor: [
    "audit --all",
    "audit --gate demo",
    `doctor ${FILE} cookies.txt`,
    `inspect cookies.txt --account --url ${FILE}`,
    "matrix --gate demo",
    "keys list",
    "rotate status",
    "rotate status --all",
    "rotate history --all",
    "config init --out -",
  ],
  "deployment-reader": ["unattended check --gate demo"],
  unattended: ["rotate start --yes", "rotate resume --wait --yes"],
  "log-reader": [
    `logs denials ${DENIED} --gate demo`,
    "logs denials --since 1h --gate demo",
    ({ site }) => `logs denials ${DENIED} --gate demo --rotation ${lastRotation(site)}`,
    "logs where --gate demo",
  ],
  "secret-keeper": [
    "secret cancel-rotation --gate demo --yes",
    "secret release-labels --label keyturn-new --gate demo --yes",
    "secret set-key-id --gate demo --yes --no-proof",
    "secret rewrite --gate demo --form sec1 --yes",
    ({ site }) => `secret set-current ${currentVersion(site)} --gate demo --yes --no-proof`,
    "secret replicate eu-west-1 --gate demo --yes",
    "secret restore spare --yes",
    "secret store other --private-key other.pem --yes",
  ],
  // Cheap ones first, because for each action, all lines before the one that needs it run again.
  rotator: [
    "rotate plan",
    "keys list",
    (_, orphan) => `keys delete ${orphan} --yes`,
    "keys prune --yes",
    "keys upload upload.pem --name by-hand --yes",
    "keys trust by-hand --gate demo --yes --no-proof",
    "keys untrust by-hand --gate demo --yes --no-proof",
    "keys create-group spare by-hand --yes",
    "keys delete-group spare --yes",
    "keys delete by-hand --yes",
    "secret set-key-id --gate demo --yes --no-proof",
    "secret rewrite --gate demo --yes",
    ({ site }) => `secret set-current ${currentVersion(site)} --gate demo --yes --no-proof`,
    "secret release-labels --gate demo --yes",
    "rotate start --yes",
    "rotate status",
    "rotate history",
    "rotate amend --yes",
    "rotate abort --yes",
    "rotate resume --wait",
    "rotate start --yes --wait",
  ],
};

const currentVersion = ({ account }: ProbedSite["site"]) =>
  account.secrets.registry
    .findPrimary(DEMO.region, DEMO.secret)
    .versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.id;
const lastRotation = ({ account }: ProbedSite["site"]) =>
  /"rotation":\s*"([^"]+)"/.exec(account.secrets.text(`${DEMO.secret}.keyturn`) ?? "")?.[1];

interface Variant {
  /** How signers learn their key pair ID if the secret does not have it. */
  readonly idSource?: "derived" | "external";
  /** The secret is encrypted with a customer managed KMS key. */
  readonly hasKmsKey?: boolean;
}
const KMS_KEY = "arn:aws:kms:us-east-1:111122223333:key/1234";

async function ready({ idSource }: Variant = {}): Promise<{ site: ProbedSite; orphan: string }> {
  const site = await probedSite(
    idSource ? { yaml: (yaml) => yaml.replace("keyPairId: in-secret", `keyPairId: ${idSource}`) } : {},
  );
  if (idSource) {
    const { account } = site.site;
    const { keyPairId: _, ...rest } = JSON.parse(account.secrets.text(DEMO.secret) ?? "{}");
    account.secrets.put(DEMO.secret, JSON.stringify(rest));
  }
  const { secrets } = inProcessClients(site.site.account.handler, { region: DEMO.region });
  await secrets.send(new UpdateSecretCommand({ SecretId: DEMO.secret, KmsKeyId: KMS_KEY }));
  await addOriginRequestPolicy(site);
  return { site, orphan: addKey(site, "orphan.pem") };
}

const seesExecutions = (role: Role) => role === "auditor" || role === "rotator";

/** An auditor reads a rotation that somebody else began. */
async function readyFor(role: Role, variant?: Variant) {
  const made = await ready(variant);
  const cookie = `CloudFront-Key-Pair-Id=${currentKeyId(made.site)}; CloudFront-Signature=abcd; CloudFront-Expires=1`;
  made.site.world.files.put("cookies.txt", `Cookie: ${cookie}\n`);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  made.site.world.files.put("upload.pem", writePublicKey(publicKey));
  if (role === "secret-keeper") neglectSecrets(made.site);
  // curl itself makes no AWS calls.
  Object.assign(made.site.world, { programs: { ...made.site.world.programs, run: async () => 0 } });
  if (role === "auditor" || role === "log-reader") await made.site.run("rotate start --yes");
  // So that there are logs of the last hour.
  if (role === "deployment-reader" || seesExecutions(role)) {
    const { engine } = made.site.site.account;
    await deployFolder(made.site.world, engine);
    Object.assign(engine.began("demo_tick_1", "{}"), { status: "SUCCEEDED", output: "{}" });
    engine.began("demo_start_2", "{}");
  }
  if (role === "log-reader")
    await made.site.world.viewer.send({ method: "GET", url: `${SITE}/login`, headers: [] });
  if (role === "log-reader")
    v2Delivery(made.site, {
      to: "CWL",
      destinationArn: "arn:aws:logs:us-east-1:111122223333:log-group:/cf:*",
    });
  return made;
}

/**
 * Managed rotation is on, a label is left over, another secret is scheduled for deletion, and there is a key for a new
 * one.
 */
function neglectSecrets(made: ProbedSite): void {
  const { secrets } = made.site.account;
  const { registry } = secrets;
  const found = registry.findPrimary(DEMO.region, DEMO.secret);
  const versions = found.versions.map((each) => ({ ...each, stages: [...each.stages, "keyturn-new"] }));
  registry.save({ ...found, versions, rotation: { enabled: true } });
  secrets.create("spare", "{}");
  deleteSecret(registry, DEMO.region, "spare", { isForced: false });
  addKey(made, "other.pem");
}

/** CORS-CustomOrigin, so that an audit has a policy to read. */
async function addOriginRequestPolicy({ site }: ProbedSite): Promise<void> {
  const { cloudFront } = inProcessClients(site.account.handler);
  const Id = site.ids.distributionId;
  const { ETag, Distribution } = await cloudFront.send(new GetDistributionCommand({ Id }));
  const config = Distribution?.DistributionConfig;
  for (const behavior of config?.CacheBehaviors?.Items ?? []) {
    behavior.OriginRequestPolicyId = "59781a5b-3903-41f3-afcb-af62929ccde1";
  }
  await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: config }));
}

const GATE = `gates:
  app:
    account: "111122223333"
    distributions: [E1A2B3C4D5E6F7]
    keyGroups: [b1f9a5a0-5a3a-4f0e-9d0f-3a1f5e6c7d88]
    secret: app/signing-key
    signer: { keyPairId: derived }
    cookie: { resource: "https://app.example.com/*", ttl: 15m }
`;

/**
 * Column "Resource types (*required)" of the Service Authorization Reference, pages list_amazoncloudfront and
 * list_awssecretsmanager (2026), with the service before it; `*` where that column is empty.
 */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  "cloudfront:CreateKeyGroup": "*",
  "cloudfront:CreatePublicKey": "*",
  "cloudfront:DeleteKeyGroup": "*",
  "cloudfront:DeletePublicKey": "*",
  "cloudfront:GetCachePolicy": "cloudfront cache-policy",
  "cloudfront:GetDistribution": "cloudfront distribution",
  "cloudfront:GetKeyGroup": "*",
  "cloudfront:GetOriginRequestPolicy": "cloudfront origin-request-policy",
  "cloudfront:GetPublicKey": "*",
  "cloudfront:ListDistributions": "*",
  "cloudfront:ListDistributionsByKeyGroup": "*",
  "cloudfront:ListFieldLevelEncryptionProfiles": "*",
  "cloudfront:ListKeyGroups": "*",
  "cloudfront:ListPublicKeys": "*",
  "cloudfront:UpdateKeyGroup": "*",
  "cloudwatch:DescribeAlarms": "cloudwatch alarm",
  "lambda:GetFunctionConcurrency": "lambda function",
  "lambda:GetFunctionConfiguration": "lambda function",
  "logs:DescribeDeliveries": "*",
  "logs:DescribeDeliveryDestinations": "*",
  "logs:DescribeDeliverySources": "*",
  "scheduler:GetSchedule": "scheduler schedule",
  "scheduler:ListSchedules": "*",
  "sns:GetTopicAttributes": "sns topic",
  "states:DescribeExecution": "states execution",
  "states:DescribeStateMachine": "states stateMachine",
  "states:GetExecutionHistory": "states execution",
  "states:ListExecutions": "states stateMachine",
  "states:ListStateMachines": "*",
  "logs:DescribeLogStreams": "logs log-group",
  "s3:GetObject": "s3 object",
  "s3:ListBucket": "s3 bucket",
  "secretsmanager:CancelRotateSecret": "secretsmanager secret",
  "secretsmanager:CreateSecret": "secretsmanager secret",
  "secretsmanager:DescribeSecret": "secretsmanager secret",
  "secretsmanager:GetSecretValue": "secretsmanager secret",
  "secretsmanager:ListSecrets": "*",
  "secretsmanager:ListSecretVersionIds": "secretsmanager secret",
  "secretsmanager:PutSecretValue": "secretsmanager secret",
  "secretsmanager:ReplicateSecretToRegions": "secretsmanager secret",
  "secretsmanager:RestoreSecret": "secretsmanager secret",
  "secretsmanager:UpdateSecretVersionStage": "secretsmanager secret",
};

const recordings = new Map<string, Promise<Map<string, number>>>();

/** Action -> the first of a role's lines that calls it, when they run in order. */
function recorded(role: Role, variant: Variant = {}): Promise<Map<string, number>> {
  const name = `${role} ${variant.idSource}`;
  const known = recordings.get(name) ?? record(role, variant);
  recordings.set(name, known);
  return known;
}

async function record(role: Role, variant: Variant): Promise<Map<string, number>> {
  const { site, orphan } = await readyFor(role, variant);
  const actions = new Map<string, number>();
  let running = 0;
  site.site.account.secrets.registry.kms.onUse = (action) => {
    if (!actions.has(action)) actions.set(action, running);
  };
  site.site.account.faults.onCall(({ on, operation, moment }) => {
    // The action as IAM names it.
    const action = `${on}:${operation}`
      .replace("s3:ListObjectsV2", "s3:ListBucket")
      .replace("monitoring:", "cloudwatch:");
    if (moment === "before" && !action.startsWith("sts:") && !actions.has(action)) {
      actions.set(action, running);
    }
  });
  for (const [at, line] of LINES[role].entries()) {
    running = at;
    const { exitCode, stderr } = await site.run(typeof line === "string" ? line : line(site, orphan));
    // Done, finding, or pending.
    expect([0, 1, 8], `${line}: ${stderr}`).toContain(exitCode);
  }
  return actions;
}

/**
 * Runs the line of a role that first makes a call, with the state at that point, after `refuse` has removed the
 * permission.
 */
async function refusedAt(role: Role, first: number, refuse: (made: ProbedSite) => void) {
  const { site, orphan } = await readyFor(role);
  const run = (line: Line) => site.run(typeof line === "string" ? line : line(site, orphan));
  // Lines of roles that only read do not depend on the lines before.
  if (role === "rotator" || role === "unattended" || role === "secret-keeper")
    for (const line of LINES[role].slice(0, first)) await run(line);
  refuse(site);
  return run(LINES[role][first] as Line);
}

async function policyOf(role: Role, variant?: Variant, more = "") {
  const { site } = await ready(variant);
  const { stdout, stderr, exitCode } = await site.run(`iam --role ${role} --gate demo${more}`);
  expect(exitCode).toBe(0);
  const policy = JSON.parse(stdout) as {
    Statement: { Sid: string; Action: string[]; Resource: string | string[]; Condition?: unknown }[];
  };
  return { statements: policy.Statement, stderr };
}

const isKms = (action: string) => action.startsWith("kms:");
const actionsOf = (statements: readonly { Action: string[] }[]) =>
  statements.flatMap(({ Action }) => Action).sort();

/**
 * Without this action, `logs where` still knows the destination, and prints what it cannot tell. A status leaves out
 * executions.
 */
const TOLD = "logs:DescribeLogStreams";

describe.each(ROLES)("keyturn iam --role %s", (role) => {
  it("allows what the role's commands call, and nothing else", async () => {
    const called = [...(await recorded(role)).keys()].filter((action) => !isKms(action)).sort();
    const { statements } = await policyOf(role);
    // Athena calls Glue and S3 on the caller's behalf, which the sandbox does not. Athena's own actions have their own
    // test.
    expect(actionsOf(statements.filter(({ Sid }) => !Sid.startsWith("Athena")))).toEqual(called);
  });

  it("names the action of any missing permission", async () => {
    const firstUses = await recorded(role);
    for (const [action, first] of firstUses) {
      if (isKms(action)) continue;
      const [service, operation] = action.split(":") as [FaultTarget, string];
      const { exitCode, stdout, stderr } = await refusedAt(role, first, ({ site }) =>
        site.account.faults.order({
          on: action.startsWith("cloudwatch:") ? "monitoring" : service,
          operation: operation.replace("ListBucket", "ListObjectsV2"),
          kind: "access-denied",
          times: Number.POSITIVE_INFINITY,
        }),
      );
      if (seesExecutions(role) && action.startsWith("states:")) {
        expect([0, 1, 8], `${action}: ${stderr}`).toContain(exitCode);
        continue;
      }
      expect({ action, exitCode }).toEqual({ action, exitCode: action === TOLD ? 0 : 4 });
      expect(action === TOLD ? stdout : stderr).toContain(action);
    }
  });

  it("allows the KMS actions that the role's commands need, and names missing keys", async () => {
    const uses = [...(await recorded(role))].filter(([action]) => isKms(action));
    const { statements } = await policyOf(role, {}, ` --kms-key ${KMS_KEY}`);
    const allowed = statements.find(({ Sid }) => Sid === "SecretsKmsKey")?.Action ?? [];
    expect(allowed).toEqual(uses.map(([action]) => action).sort());

    for (const [action, first] of uses) {
      const { exitCode, stderr } = await refusedAt(role, first, ({ site }) =>
        site.account.secrets.registry.kms.denied.add(action as KmsAction),
      );
      expect({ action, exitCode }).toEqual({ action, exitCode: 4 });
      expect(stderr).toContain(action);
      expect(stderr).toContain("--kms-key ARN");
    }
  });

  it("has a recording of every command that it names", async () => {
    const { site, orphan } = await readyFor(role);
    const lines = LINES[role].map((line) => (typeof line === "string" ? line : line(site, orphan)));
    for (const command of ROLE_NEEDS[role].commands) {
      expect(lines.filter((line) => line.startsWith(`${command} `) || line === command)).not.toEqual([]);
    }
  });
});

it("the role unattended covers exactly what the Lambda function calls", async () => {
  const called = [...(await recorded("unattended")).keys()].filter((action) => !isKms(action));
  expect(ROLE_NEEDS.unattended.grants.map(({ action }) => action).toSorted()).toEqual(called.toSorted());
});

describe("keyturn iam", () => {
  it.each([
    ["minter", "derived"],
    ["minter", "external"],
    ["prober", "derived"],
    ["prober", "external"],
  ] as const)("lets a %s find a key pair ID that is %s", async (role, idSource) => {
    const recording = await recorded(role, { idSource });
    const called = [...recording.keys()].filter((action) => !isKms(action)).sort();
    expect(actionsOf((await policyOf(role, { idSource })).statements)).toEqual(called);
    expect(called).toContain("cloudfront:ListPublicKeys");
  });

  it("limits actions to resources if IAM supports it, and reports the others", async () => {
    const { statements, stderr } = await policyOf("rotator");
    const secret = `arn:aws:secretsmanager:${DEMO.region}:${DEMO.account}:secret:${DEMO.secret}`;
    for (const { Sid, Action, Resource } of statements) {
      if (Sid === "NoResourceLevel") {
        expect(Resource).toBe("*");
        expect(Action.every((action) => /^cloudfront:|:ListSecrets$|:ListStateMachines$/.test(action))).toBe(
          true,
        );
      } else {
        const owner = Action.every((action) => action.startsWith("states:"))
          ? /^arn:aws:states:us-east-1:\d{12}:(stateMachine|execution):keyturn/
          : new RegExp(`^${secret}`);
        for (const arn of [Resource].flat()) expect(arn).toMatch(owner);
      }
    }
    const record = statements.find(({ Sid }) => Sid === "RotationRecord");
    expect(record).toMatchObject({
      Action: ["secretsmanager:CreateSecret"],
      Resource: [`${secret}.keyturn-??????`],
    });
    expect(stderr).toContain("no ARNs for public keys and key groups");
  });

  it.each(ROLES)("grants a %s each action on the resource type that AWS documents for it", (role) => {
    const { gates } = checkGates(GATE);
    const { policy } = iamPolicy(gates?.get("app") as Gate, { role, region: "eu-west-1" });
    for (const { Action, Resource } of policy.Statement) {
      for (const action of Action) {
        const type = RESOURCE_TYPES[action];
        expect(type, action).toBeDefined();
        const shapes = [Resource]
          .flat()
          .map((arn) =>
            arn
              .replace(/^(arn:[^:]+:s3:::)[^/]+(\/?).*$/, (_, s3, key) => s3 + (key ? "object" : "bucket"))
              .replace(/^(arn:[^:]+:sns:[^:]*:[^:]*:).*$/, "$1topic"),
          )
          .map((arn) => `${arn}`.replace(/^arn:[^:]+:([^:]+):[^:]*:[^:]*:([^/:]+).*$/, "$1 $2"));
        expect({ action, on: [...new Set(shapes)].toSorted() }).toEqual({
          action,
          // The two policy types share a statement, and a resource of another type allows nothing.
          on: type === "*" ? ["*"] : expect.arrayContaining([type]),
        });
      }
    }
  });

  it("allows the KMS key only through Secrets Manager", async () => {
    const arn = KMS_KEY;
    const { statements } = await policyOf("rotator", {}, ` --kms-key ${arn}`);
    expect(statements.find(({ Sid }) => Sid === "SecretsKmsKey")).toEqual({
      Sid: "SecretsKmsKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: arn,
      Condition: { StringLike: { "kms:ViaService": ["secretsmanager.us-east-1.amazonaws.com"] } },
    });
    const minter = await policyOf("minter", {}, ` --kms-key ${arn}`);
    expect(actionsOf(minter.statements)).toEqual(["kms:Decrypt", "secretsmanager:GetSecretValue"]);
  });

  it.each(["alias/app", "arn:aws:kms:us-east-1:111122223333:alias/app"])(
    "refuses the KMS key %s, which IAM would not match",
    async (key) => {
      const { site } = await ready();
      const { stdout, stderr, exitCode } = await site.run(`iam --role minter --kms-key ${key}`);
      expect(stderr).toContain("is not the ARN of a KMS key");
      expect(stdout).toBe("");
      expect(exitCode).toBe(2);
    },
  );

  it("adds each KMS key once, and reports one in a region where the secret is not read", async () => {
    const there = KMS_KEY.replace("us-east-1", "eu-west-1");
    const lost = KMS_KEY.replace("us-east-1", "ap-south-1");
    const text = GATE.replace("keyPairId: derived", "keyPairId: derived, regions: [eu-west-1]");
    const world = memoryWorld({ files: { "keyturn.yaml": text }, env: { AWS_REGION: "us-east-1" } });
    const keys = [KMS_KEY, there, KMS_KEY, lost].map((key) => `--kms-key ${key}`).join(" ");
    const { stdout, stderr } = await runCommand(words(`iam --role minter ${keys}`), world);
    const { Statement } = JSON.parse(stdout);
    expect(Statement.find(({ Sid }: { Sid: string }) => Sid === "SecretsKmsKey")).toMatchObject({
      Resource: [KMS_KEY, there, lost],
      Condition: {
        StringLike: {
          "kms:ViaService": [
            "secretsmanager.us-east-1.amazonaws.com",
            "secretsmanager.eu-west-1.amazonaws.com",
          ],
        },
      },
    });
    expect(stderr.replace(/\s+/g, " ")).toContain(
      `${lost} is in no region where the gate's secret is read (us-east-1, eu-west-1)`,
    );
    expect(stderr).not.toContain("left out: with a customer-managed KMS key");
  });

  it("uses the region of the flag, the environment or the gate, in this order, as every command does", async () => {
    const regionOf = async (line: string, text: string, env: Record<string, string>) => {
      const world = memoryWorld({ files: { "keyturn.yaml": text }, env });
      const { stdout } = await runCommand(words(`iam --role minter ${line}`), world);
      return /arn:aws:secretsmanager:([^:]*):/.exec(stdout)?.[1];
    };
    const here = GATE.replace("    distributions", "    region: eu-west-1\n    distributions");
    expect(await regionOf("--region us-west-2", here, { AWS_REGION: "ap-south-1" })).toBe("us-west-2");
    expect(await regionOf("", here, { AWS_REGION: "ap-south-1" })).toBe("ap-south-1");
    expect(await regionOf("", here, {})).toBe("eu-west-1");
    expect(await regionOf("", GATE, { AWS_DEFAULT_REGION: "ap-south-1" })).toBe("ap-south-1");
  });

  it.each([
    ["AWS_REGION", { AWS_REGION: "ap-south-1" }, "for ap-south-1 (from a flag or the environment)"],
    ["no variable", {}, undefined],
  ])("with %s reports if the policy is for another region than the gate's", async (_, env, told) => {
    const here = GATE.replace("    distributions", "    region: eu-west-1\n    distributions");
    const world = memoryWorld({ files: { "keyturn.yaml": here }, env });
    const { stderr } = await runCommand(words("iam --role minter"), world);
    if (told === undefined) expect(stderr).not.toContain("the gate is in");
    else expect(stderr).toContain(told);
  });

  const ROLE = "arn:aws:iam::111122223333:role/keyturn";
  const withRole = GATE.replace(
    '    account: "111122223333"\n',
    `    assumeRole: ${ROLE}\n    externalId: shop-7\n`,
  );

  it("uses the account of the gate's own role, and prints what that role must trust", async () => {
    const world = memoryWorld({ files: { "keyturn.yaml": withRole }, env: { AWS_REGION: "us-east-1" } });
    const policy = await runCommand(words("iam --role rotator"), world);
    expect(policy.stdout).toContain("arn:aws:secretsmanager:us-east-1:111122223333:secret:app/signing-key");
    expect(policy.stderr.replace(/\s+/g, " ")).toContain(
      "keyturn iam --role rotator --gate app --trusts ARN-OF-THE-CALLER",
    );
    const caller = "arn:aws:iam::444455556666:role/ops";
    const trust = await runCommand(words(`iam --role rotator --trusts ${caller}`), world);
    expect(JSON.parse(trust.stdout)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "MayAssume",
          Effect: "Allow",
          Principal: { AWS: caller },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "shop-7" } },
        },
      ],
    });
    expect(trust).toMatchObject({ stderr: "", exitCode: 0 });
    const document = await runCommand(words(`iam --role rotator --trusts ${caller} --json`), world);
    expect(JSON.parse(document.stdout).result.trust.Statement[0].Principal).toEqual({ AWS: caller });
  });

  it("refuses a trust policy without a valid principal, or for a gate without a role", async () => {
    const world = memoryWorld({ files: { "keyturn.yaml": withRole } });
    const nobody = await runCommand(words("iam --role rotator --trusts ann"), world);
    expect(nobody).toMatchObject({ stdout: "", exitCode: 2 });
    const without = memoryWorld({ files: { "keyturn.yaml": GATE } });
    const own = await runCommand(words("iam --role rotator --trusts 111122223333"), without);
    expect(own.stderr).toContain("has no assumeRole");
    expect(own.exitCode).toBe(2);
  });
});
