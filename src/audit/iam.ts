/**
 * The least that each role needs of AWS: the actions that its commands make, each on the narrowest resource that IAM
 * knows for it. Service Authorization Reference, pages list_amazoncloudfront and list_awssecretsmanager, column
 * "Resource types": GetDistribution has distribution, GetCachePolicy cache-policy, GetOriginRequestPolicy
 * origin-request-policy, and every action on one secret Secret. The actions on public keys and key groups have none,
 * nor have lists: those can only be allowed on `*`. A test holds each action against those pages.
 */
import type { Gate } from "../gates/gate.ts";
import { registerName } from "../rotation/register.ts";

export const ROLES = ["rotator", "minter", "auditor", "prober", "log-reader"] as const;
export type Role = (typeof ROLES)[number];

type Scope = "secret" | "record" | "secret-and-record" | "distributions" | "policies" | "everything";

interface Grant {
  readonly action: string;
  readonly on: Scope;
  /** Only for gates that match. */
  readonly when?: (gate: Gate) => boolean;
}

export interface RoleNeeds {
  readonly commands: readonly string[];
  readonly grants: readonly Grant[];
  /** On a customer-managed KMS key, through Secrets Manager (its User Guide, "Permissions for the KMS key"). */
  readonly kms: readonly string[];
}

const on = (scope: Scope, ...actions: readonly string[]): Grant[] =>
  actions.map((action) => ({ action, on: scope }));
const findsId = (gate: Gate) => gate.signer.keyPairId !== "in-secret";

/** If the secret has no key pair ID, it is found by the key itself. */
const SIGNING: readonly Grant[] = [
  ...on("secret", "secretsmanager:GetSecretValue"),
  { action: "cloudfront:ListPublicKeys", on: "everything", when: findsId },
];

export const ROLE_NEEDS: Readonly<Record<Role, RoleNeeds>> = {
  rotator: {
    commands: [
      "rotate plan",
      "rotate start",
      "rotate resume",
      "rotate amend",
      "rotate status",
      "rotate history",
      "rotate abort",
      "keys upload",
      "keys list",
      "keys trust",
      "keys untrust",
      "keys delete",
      "keys prune",
      "keys create-group",
      "keys delete-group",
      "secret set-key-id",
    ],
    grants: [
      ...on(
        "everything",
        "cloudfront:CreateKeyGroup",
        "cloudfront:CreatePublicKey",
        "cloudfront:DeleteKeyGroup",
        "cloudfront:DeletePublicKey",
        "cloudfront:GetKeyGroup",
        "cloudfront:GetPublicKey",
        "cloudfront:ListDistributionsByKeyGroup",
        "cloudfront:ListKeyGroups",
        "cloudfront:ListPublicKeys",
        "cloudfront:UpdateKeyGroup",
        "secretsmanager:ListSecrets",
      ),
      ...on("record", "secretsmanager:CreateSecret"),
      ...on(
        "secret-and-record",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ),
    ],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  minter: { commands: ["mint", "curl"], grants: SIGNING, kms: ["kms:Decrypt"] },
  prober: { commands: ["probe"], grants: SIGNING, kms: ["kms:Decrypt"] },
  // Files of logs need nothing; this is for the gate's trust, and for the stages of its rotation.
  "log-reader": {
    commands: ["logs"],
    grants: [
      ...on("everything", "cloudfront:GetKeyGroup", "cloudfront:GetPublicKey"),
      ...on("distributions", "cloudfront:GetDistribution"),
      ...on("record", "secretsmanager:GetSecretValue"),
    ],
    // The record is encrypted with aws/secretsmanager.
    kms: [],
  },
  auditor: {
    commands: [
      "audit",
      "doctor",
      "matrix",
      "inspect",
      "keys list",
      "rotate status",
      "rotate history",
      "config init",
    ],
    grants: [
      ...on(
        "everything",
        "cloudfront:GetKeyGroup",
        "cloudfront:GetPublicKey",
        "cloudfront:ListDistributions",
        "cloudfront:ListDistributionsByKeyGroup",
        "cloudfront:ListFieldLevelEncryptionProfiles",
        "cloudfront:ListKeyGroups",
        "cloudfront:ListPublicKeys",
        "secretsmanager:ListSecrets",
      ),
      ...on("distributions", "cloudfront:GetDistribution"),
      ...on("policies", "cloudfront:GetCachePolicy", "cloudfront:GetOriginRequestPolicy"),
      ...on(
        "secret-and-record",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ),
    ],
    kms: ["kms:Decrypt"],
  },
};

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}
export interface IamPolicy {
  readonly policy: PolicyDocument;
  /** Comments on statements, by Sid, since JSON has none. */
  readonly comments: readonly { readonly sid: string; readonly text: string }[];
}

export interface IamOptions {
  readonly role: Role;
  /** The secret's region, unless its ARN names it. */
  readonly region?: string | undefined;
  /** ARNs of the customer-managed keys that encrypt the secret and its replicas, one per region. */
  readonly kmsKeys?: readonly string[] | undefined;
}

const SID: Readonly<Record<Scope, string>> = {
  secret: "SigningSecret",
  record: "RotationRecord",
  "secret-and-record": "SecretAndRecord",
  distributions: "Distributions",
  policies: "ForwardingPolicies",
  everything: "NoResourceLevel",
};

/** Pure. */
export function iamPolicy(gate: Gate, asked: IamOptions): IamPolicy {
  const { grants, kms } = ROLE_NEEDS[asked.role];
  const arns = arnsOf(gate, asked.region);
  const needed = grants.filter(({ when }) => when === undefined || when(gate));
  const statements = (Object.keys(SID) as Scope[]).flatMap((scope): Statement[] => {
    const actions = needed.filter((grant) => grant.on === scope).map(({ action }) => action);
    if (actions.length === 0) return [];
    return [{ Sid: SID[scope], Effect: "Allow", Action: actions, Resource: arns[scope] }];
  });
  const kmsKeys = [...new Set(asked.kmsKeys ?? [])];
  const [firstKey] = kmsKeys;
  if (firstKey !== undefined && kms.length > 0) {
    statements.push({
      Sid: "SecretsKmsKey",
      Effect: "Allow",
      Action: kms,
      Resource: kmsKeys.length === 1 ? firstKey : kmsKeys,
      Condition: { StringLike: { "kms:ViaService": arns.services } },
    });
  }
  return {
    policy: { Version: "2012-10-17", Statement: statements },
    comments: [...commentsOn(statements, asked), ...commentsOnRegions(gate, statements, arns, kmsKeys)],
  };
}

function arnsOf(gate: Gate, regionAsked: string | undefined) {
  const [, partition, ofArn, account] =
    /^arn:([^:]+):secretsmanager:([^:]*):([^:]*):/.exec(gate.secret.id) ?? [];
  const region = ofArn ?? regionAsked ?? "*";
  const part = partition ?? partitionOf(region);
  const owner = account ?? gate.account ?? "*";
  const regions = [...new Set([region, ...gate.signer.regions])];
  const secretsIn = (name: string) =>
    // Secrets Manager adds a hyphen and six characters to the name.
    regions.map((each) => `arn:${part}:secretsmanager:${each}:${owner}:secret:${name}-??????`);
  const record = registerName(gate.secret.id);
  const name = record.slice(0, -".keyturn".length);
  const secret = secretsIn(name);
  const recordHere = [`arn:${part}:secretsmanager:${region}:${owner}:secret:${record}-??????`];
  return {
    secret,
    record: recordHere,
    "secret-and-record": [...secret, ...recordHere],
    distributions: [`arn:${part}:cloudfront::${owner}:distribution/*`],
    // Managed policies belong to AWS's account.
    policies: [
      `arn:${part}:cloudfront::*:cache-policy/*`,
      `arn:${part}:cloudfront::*:origin-request-policy/*`,
    ],
    everything: "*",
    regions,
    services: regions.map((each) => `secretsmanager.${each}.amazonaws.com${part === "aws-cn" ? ".cn" : ""}`),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function commentsOn(
  statements: readonly Statement[],
  { role, kmsKeys = [] }: IamOptions,
): IamPolicy["comments"] {
  const texts: Readonly<Record<string, string>> = {
    NoResourceLevel:
      "CloudFront has no ARNs for public keys and key groups, nor for lists: IAM allows these actions only on *",
    Distributions: "all distributions: audit --all reads every one",
    ForwardingPolicies: "any account, because AWS's managed policies belong to none of yours",
    ...(role === "auditor" && {
      SecretAndRecord:
        "the audit reads the private key to compare it with the public one; it never prints it",
    }),
    SecretsKmsKey: "only through Secrets Manager",
  };
  const comments = statements.flatMap(({ Sid }) =>
    texts[Sid] === undefined ? [] : [{ sid: Sid, text: texts[Sid] }],
  );
  if (kmsKeys.length > 0) return comments;
  return [
    ...comments,
    {
      sid: "SecretsKmsKey",
      text: "left out: KMS. If a customer-managed key encrypts the secret, add --kms-key ARN (aws/secretsmanager needs nothing)",
    },
  ];
}

/** A policy for another region allows nothing, and applying it raises no error. */
function commentsOnRegions(
  gate: Gate,
  statements: readonly Statement[],
  { regions }: ReturnType<typeof arnsOf>,
  kmsKeys: readonly string[],
): IamPolicy["comments"] {
  const [region = "*"] = regions;
  const isAside = gate.region !== undefined && gate.region !== region && !gate.secret.id.startsWith("arn:");
  // Secrets Manager only uses keys in its own region.
  const lost = kmsKeys.filter((key) => region !== "*" && !regions.includes(key.split(":")[3] ?? ""));
  return [
    ...(isAside
      ? [
          {
            sid: statements.find(({ Sid }) => Sid === SID["secret-and-record"])?.Sid ?? SID.secret,
            text: `for ${region}, from a flag or the environment; the gate is in ${gate.region}: --region ${gate.region}`,
          },
        ]
      : []),
    ...lost.map((key) => ({
      sid: "SecretsKmsKey",
      text: `${key} is in no region where the gate's secret is read (${regions.join(", ")}): signer.regions lists those of replicas`,
    })),
  ];
}
