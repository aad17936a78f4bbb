/**
 * The least that each role needs in AWS: the actions that its commands call, each on the narrowest resource that
 * IAM knows for it. Service Authorization Reference, pages list_amazoncloudfront and list_awssecretsmanager, column
 * "Resource types": GetDistribution has distribution, GetCachePolicy cache-policy, GetOriginRequestPolicy
 * origin-request-policy, and every action on one secret Secret. Actions on public keys and key groups have none;
 * neither do lists and descriptions of log deliveries. Those can only be allowed on `*`. A test checks each action
 * against those pages.
 */
import type { Gate } from "../gates/gate.ts";

export const ROLES = [
  "rotator",
  "secret-keeper",
  "minter",
  "auditor",
  "prober",
  "log-reader",
  "deployment-reader",
] as const;
/** The roles of `keyturn iam --role`, and the function of `keyturn unattended`, whose template holds its policy. */
export type Role = (typeof ROLES)[number] | "unattended";

export type Scope =
  | "secret"
  | "record"
  | "secret-and-record"
  | "distributions"
  | "policies"
  | "log-bucket"
  | "log-objects"
  | "function"
  | "machine"
  | "executions"
  | "schedules"
  | "alarms"
  | "topic"
  | "log-groups"
  | "everything";

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

/** What a rotation does to public keys and key groups, in alphabetical order. */
const ROTATING_KEYS: readonly string[] = [
  "cloudfront:CreatePublicKey",
  "cloudfront:DeletePublicKey",
  "cloudfront:GetKeyGroup",
  "cloudfront:GetPublicKey",
  "cloudfront:ListDistributionsByKeyGroup",
  "cloudfront:ListKeyGroups",
  "cloudfront:ListPublicKeys",
  "cloudfront:UpdateKeyGroup",
];

/** What a rotation does to the gate's secret and its record. */
const ROTATING: readonly Grant[] = [
  ...on("record", "secretsmanager:CreateSecret"),
  ...on(
    "secret-and-record",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
  ),
];
/** Whether an unattended execution drives the gate, in a status. Without these, the status leaves it out. */
const SEES_EXECUTIONS: readonly Grant[] = [
  ...on("everything", "states:ListStateMachines"),
  ...on("machine", "states:ListExecutions"),
  ...on("executions", "states:GetExecutionHistory"),
];
/** Where standard logging v2 delivers to; us-east-1. */
const LOG_DELIVERIES = [
  "logs:DescribeDeliveries",
  "logs:DescribeDeliveryDestinations",
  "logs:DescribeDeliverySources",
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
      "secret rewrite",
      "secret set-current",
      "secret release-labels",
    ],
    grants: [
      ...on(
        "everything",
        ...["cloudfront:CreateKeyGroup", "cloudfront:DeleteKeyGroup", ...ROTATING_KEYS].toSorted(),
        "secretsmanager:ListSecrets",
      ),
      ...ROTATING,
      ...SEES_EXECUTIONS,
    ],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  // What a secret needs before a rotation is possible, or when it is broken: no key, group or record changes.
  "secret-keeper": {
    commands: [
      "secret store",
      "secret restore",
      "secret replicate",
      "secret cancel-rotation",
      "secret release-labels",
      "secret set-key-id",
      "secret rewrite",
      "secret set-current",
    ],
    grants: [
      ...on("everything", "cloudfront:GetKeyGroup", "cloudfront:ListKeyGroups", "cloudfront:ListPublicKeys"),
      ...on(
        "secret",
        "secretsmanager:CancelRotateSecret",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:ReplicateSecretToRegions",
        "secretsmanager:UpdateSecretVersionStage",
      ),
      ...on(
        "secret-and-record",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:RestoreSecret",
      ),
    ],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  // The function of `keyturn unattended`: it can only rotate.
  unattended: {
    commands: ["rotate start", "rotate resume"],
    grants: [...on("everything", ...ROTATING_KEYS), ...ROTATING],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  minter: { commands: ["mint", "curl"], grants: SIGNING, kms: ["kms:Decrypt"] },
  prober: { commands: ["probe"], grants: SIGNING, kms: ["kms:Decrypt"] },
  // Local log files need no permissions; these are for the gate's trust, the stages of its rotation, and logs in S3.
  // Athena has its own statements.
  "log-reader": {
    commands: ["logs", "logs where"],
    grants: [
      ...on("everything", "cloudfront:GetKeyGroup", "cloudfront:GetPublicKey", ...LOG_DELIVERIES),
      ...on("distributions", "cloudfront:GetDistribution"),
      ...on("record", "secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds"),
      ...on("log-bucket", "s3:ListBucket"),
      ...on("log-objects", "s3:GetObject"),
      ...on("log-groups", "logs:DescribeLogStreams"),
    ],
    // The record is encrypted with aws/secretsmanager.
    kms: [],
  },
  "deployment-reader": {
    commands: ["unattended check"],
    grants: [
      ...on("everything", "scheduler:ListSchedules", "states:ListStateMachines"),
      ...on("function", "lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration"),
      ...on("machine", "states:DescribeStateMachine", "states:ListExecutions"),
      ...on("executions", "states:DescribeExecution", "states:GetExecutionHistory"),
      ...on("schedules", "scheduler:GetSchedule"),
      ...on("alarms", "cloudwatch:DescribeAlarms"),
      ...on("topic", "sns:GetTopicAttributes"),
    ],
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
        ...LOG_DELIVERIES,
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
      ...SEES_EXECUTIONS,
    ],
    kms: ["kms:Decrypt"],
  },
};
