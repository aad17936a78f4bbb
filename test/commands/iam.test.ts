/** `keyturn iam` against a recording of what each role's commands really call. */
import { GetDistributionCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { ROLE_NEEDS, ROLES, type Role } from "../../src/audit/iam.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { inProcessClients } from "../fakes/in-process-aws.ts";
import { addKey, currentKeyId, type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";

const FILE = `${SITE}/media/film.txt`;
/** Milliseconds, for a busy machine: these run whole rotations, on a clock of their own. */
const SLOW = 240_000;
type Line = string | ((ready: ProbedSite, orphan: string) => string);

/** Command lines of each role, in an order in which each finds what it needs. */
const LINES: Readonly<Record<Role, readonly Line[]>> = {
  minter: [`mint ${FILE} --gate demo`],
  prober: ["probe --gate demo --rate unlimited"],
  auditor: [
    "audit --all",
    "audit --gate demo",
    (ready) => {
      const cookie = `CloudFront-Key-Pair-Id=${currentKeyId(ready)}; CloudFront-Signature=abcd; CloudFront-Expires=1`;
      ready.world.files.put("cookies.txt", `Cookie: ${cookie}\n`);
      return `doctor ${FILE} cookies.txt`;
    },
    `inspect cookies.txt --account --url ${FILE}`,
    "matrix --gate demo",
    "keys list",
    "rotate status",
    "rotate status --all",
    "config init --out -",
  ],
  // The cheap ones first: what comes before a line is run again for each of its actions.
  rotator: [
    "rotate plan",
    "keys list",
    (_, orphan) => `keys delete ${orphan} --yes`,
    "keys prune --yes",
    "rotate start --yes",
    "rotate status",
    "rotate abort --yes",
    "rotate resume --wait",
    "rotate start --yes --wait",
  ],
};

interface Variant {
  /** Signers derive their key pair ID, and the secret does not name it. */
  readonly isDerived?: boolean;
}

async function ready({ isDerived = false }: Variant = {}): Promise<{ site: ProbedSite; orphan: string }> {
  const site = await probedSite(
    isDerived ? { yaml: (yaml) => yaml.replace("keyPairId: in-secret", "keyPairId: derived") } : {},
  );
  if (isDerived) {
    const { account } = site.site;
    const { keyPairId: _, ...rest } = JSON.parse(account.secrets.text(DEMO.secret) ?? "{}");
    account.secrets.put(DEMO.secret, JSON.stringify(rest));
  }
  await addOriginRequestPolicy(site);
  return { site, orphan: addKey(site, "orphan.pem") };
}

/** An auditor looks at a rotation that somebody else began. */
async function readyFor(role: Role, variant?: Variant) {
  const made = await ready(variant);
  if (role === "auditor") await made.site.run("rotate start --yes");
  return made;
}

/** CORS-CustomOrigin, so that an audit has one to read. */
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

const recordings = new Map<string, Promise<Map<string, number>>>();

/** Action -> the first line that makes it, of a role's lines run one after the other. */
function recorded(role: Role, variant: Variant = {}): Promise<Map<string, number>> {
  const name = `${role} ${variant.isDerived}`;
  const known = recordings.get(name) ?? record(role, variant);
  recordings.set(name, known);
  return known;
}

async function record(role: Role, variant: Variant): Promise<Map<string, number>> {
  const { site, orphan } = await readyFor(role, variant);
  const actions = new Map<string, number>();
  let running = 0;
  site.site.account.faults.onCall(({ on, operation, moment }) => {
    const action = `${on}:${operation}`;
    if (moment === "before" && /^(cloudfront|secretsmanager):/.test(action) && !actions.has(action)) {
      actions.set(action, running);
    }
  });
  for (const [at, line] of LINES[role].entries()) {
    running = at;
    const { exitCode, stderr } = await site.run(typeof line === "string" ? line : line(site, orphan));
    // 0 and the outcomes: finding, pending.
    expect([0, 1, 8], `${line}: ${stderr}`).toContain(exitCode);
  }
  return actions;
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

const actionsOf = (statements: readonly { Action: string[] }[]) =>
  statements.flatMap(({ Action }) => Action).sort();

describe.each(ROLES)("keyturn iam --role %s", (role) => {
  it("allows what the role's commands call, and nothing else", { timeout: SLOW }, async () => {
    const called = [...(await recorded(role)).keys()].sort();
    expect(actionsOf((await policyOf(role)).statements)).toEqual(called);
  });

  it("names an action whose permission is missing, whichever it is", { timeout: SLOW }, async () => {
    const firstUses = await recorded(role);
    for (const [action, first] of firstUses) {
      const [service, operation] = action.split(":") as ["cloudfront" | "secretsmanager", string];
      const { site, orphan } = await readyFor(role);
      for (const line of LINES[role].slice(0, first)) {
        await site.run(typeof line === "string" ? line : line(site, orphan));
      }
      site.site.account.faults.order({
        on: service,
        operation,
        kind: "access-denied",
        times: Number.POSITIVE_INFINITY,
      });
      const line = LINES[role][first] as Line;
      const { exitCode, stderr } = await site.run(typeof line === "string" ? line : line(site, orphan));
      expect({ action, exitCode }).toEqual({ action, exitCode: 4 });
      expect(stderr).toContain(action);
    }
  });

  it("names its commands", () => {
    expect(ROLE_NEEDS[role].commands.length).toBeGreaterThan(0);
  });
});

describe("keyturn iam", () => {
  it.each(["minter", "prober"] as const)("lets a %s find a derived key pair ID", async (role) => {
    const called = [...(await recorded(role, { isDerived: true })).keys()].sort();
    expect(actionsOf((await policyOf(role, { isDerived: true })).statements)).toEqual(called);
    expect(called).toContain("cloudfront:ListPublicKeys");
  });

  it("names resources wherever IAM knows one, and says where it does not", async () => {
    const { statements, stderr } = await policyOf("rotator");
    const secret = `arn:aws:secretsmanager:${DEMO.region}:${DEMO.account}:secret:${DEMO.secret}`;
    for (const { Sid, Action, Resource } of statements) {
      if (Sid === "NoResourceLevel") {
        expect(Resource).toBe("*");
        expect(Action.every((action) => /^cloudfront:|:ListSecrets$/.test(action))).toBe(true);
      } else {
        for (const arn of [Resource].flat()) expect(arn.startsWith(secret)).toBe(true);
      }
    }
    const record = statements.find(({ Sid }) => Sid === "RotationRecord");
    expect(record).toMatchObject({
      Action: ["secretsmanager:CreateSecret"],
      Resource: [`${secret}.keyturn-??????`],
    });
    expect(stderr).toContain("no ARNs for public keys and key groups");
  });

  it("adds the KMS key, by way of Secrets Manager alone", async () => {
    const arn = "arn:aws:kms:us-east-1:111122223333:key/1234";
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

  it("refuses a KMS key that is no ARN", async () => {
    const { site } = await ready();
    expect((await site.run("iam --role minter --kms-key alias/app")).exitCode).toBe(2);
  });
});
