/** The least-privilege policy of a role for one gate; what each role needs is the table in `role-needs.ts`. */
import type { Gate } from "../gates/gate.ts";
import { registerName } from "../rotation/register.ts";
import { athenaStatements, type IamStatement } from "./iam-athena.ts";
import { deploymentArns } from "./iam-deployment.ts";
import type { TrustPolicy } from "./iam-trust.ts";
import { ROLE_NEEDS, type Role, type Scope } from "./role-needs.ts";

interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly IamStatement[];
}
export interface IamPolicy {
  readonly policy: PolicyDocument;
  /** Comments on statements, by Sid, since JSON has none. */
  readonly comments: readonly { readonly sid: string; readonly text: string }[];
  /** Who may assume the gate's own role, if requested. */
  readonly trust?: TrustPolicy;
}

export interface IamOptions {
  readonly role: Role;
  /** The secret's region, unless its ARN names it. */
  readonly region?: string | undefined;
  /** ARNs of the customer-managed keys that encrypt the secret and its replicas, one per region. */
  readonly kmsKeys?: readonly string[] | undefined;
  /** The bucket that receives the access logs. */
  readonly logBucket?: string | undefined;
  /** The name of the deployment. */
  readonly deployment?: string | undefined;
}

/** No bucket can have that name: until it is replaced, it allows nothing. */
const NO_BUCKET = "LOG-BUCKET";

const SID: Readonly<Record<Scope, string>> = {
  secret: "SigningSecret",
  record: "RotationRecord",
  "secret-and-record": "SecretAndRecord",
  distributions: "Distributions",
  policies: "ForwardingPolicies",
  "log-bucket": "LogBucket",
  "log-objects": "Logs",
  function: "Function",
  machine: "StateMachine",
  executions: "Executions",
  schedules: "Schedules",
  alarms: "Alarms",
  topic: "Topic",
  "log-groups": "LogGroups",
  everything: "NoResourceLevel",
};

/** Pure. */
export function iamPolicy(gate: Gate, options: IamOptions): IamPolicy {
  const { grants, kms } = ROLE_NEEDS[options.role];
  const arns = arnsOf(gate, options);
  const needed = grants.filter(({ when }) => when === undefined || when(gate));
  const statements = (Object.keys(SID) as Scope[]).flatMap((scope): IamStatement[] => {
    const actions = needed.filter((grant) => grant.on === scope).map(({ action }) => action);
    if (actions.length === 0) return [];
    return [{ Sid: SID[scope], Effect: "Allow", Action: actions, Resource: arns[scope] }];
  });
  if (options.role === "log-reader") statements.push(...athenaStatements(gate, arns));
  const kmsKeys = [...new Set(options.kmsKeys ?? [])];
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
    comments: [
      ...commentsOn(statements, options),
      ...commentsOnRegions(gate, statements, arns, kmsKeys),
      ...commentsOnRole(gate, options),
    ],
  };
}

function commentsOnRole({ assumeRole, name }: Gate, { role }: IamOptions): IamPolicy["comments"] {
  if (assumeRole === undefined) return [];
  return [
    {
      sid: "MayAssume",
      text: `left out: the policy is for ${assumeRole}. To print its trust policy: \`keyturn iam --role ${role} --gate ${name} --trusts ARN-OF-THE-CALLER\``,
    },
  ];
}

function arnsOf(gate: Gate, { region: regionAsked, logBucket, deployment = "keyturn" }: IamOptions) {
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
    "log-bucket": [`arn:${part}:s3:::${logBucket ?? NO_BUCKET}`],
    "log-objects": [`arn:${part}:s3:::${logBucket ?? NO_BUCKET}/*`],
    ...deploymentArns(gate, { part, owner, region }, deployment),
    // CloudFront delivers to this region alone.
    "log-groups": [`arn:${part}:logs:us-east-1:${owner}:log-group:*`],
    everything: "*",
    regions,
    part,
    owner,
    region,
    services: regions.map((each) => `secretsmanager.${each}.amazonaws.com${part === "aws-cn" ? ".cn" : ""}`),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function commentsOn(
  statements: readonly IamStatement[],
  { role, kmsKeys = [], logBucket }: IamOptions,
): IamPolicy["comments"] {
  const texts: Readonly<Record<string, string | undefined>> = {
    NoResourceLevel:
      role === "deployment-reader"
        ? "AWS has no ARNs for lists: IAM allows these actions only on *"
        : "AWS has no ARNs for public keys and key groups, nor for lists: IAM allows these actions only on *",
    LogGroups:
      "any log group, because keyturn.yaml does not name the one that CloudFront delivers to; keyturn reads only timestamps, not events",
    Distributions: "all distributions: audit --all reads every one",
    ForwardingPolicies: "any account, because AWS's managed policies belong to no customer account",
    SecretAndRecord:
      role === "auditor"
        ? "the audit reads the private key to compare it with the public one; it never prints it"
        : undefined,
    SecretsKmsKey: "only through Secrets Manager",
    LogBucket:
      logBucket === undefined
        ? "replace LOG-BUCKET, or add --log-bucket NAME; keyturn logs where names the bucket"
        : undefined,
  };
  const comments = statements.flatMap(({ Sid }) =>
    texts[Sid] === undefined ? [] : [{ sid: Sid, text: texts[Sid] }],
  );
  if (kmsKeys.length > 0 || ROLE_NEEDS[role].kms.length === 0) return comments;
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
  statements: readonly IamStatement[],
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
            text: `this policy is for ${region} (from a flag or the environment), but the gate is in ${gate.region}: --region ${gate.region}`,
          },
        ]
      : []),
    ...lost.map((key) => ({
      sid: "SecretsKmsKey",
      text: `${key} is in no region where the gate's secret is read (${regions.join(", ")}): signer.regions lists the replicas' regions`,
    })),
  ];
}
