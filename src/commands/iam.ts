/** `keyturn iam`: the least-privilege policy of a role. Makes no AWS calls. */
import { Command, Option } from "commander";
import { type IamPolicy, iamPolicy } from "../audit/iam.ts";
import { trustPolicy } from "../audit/iam-trust.ts";
import { ROLE_NEEDS, ROLES } from "../audit/role-needs.ts";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { UsageError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import { openGate } from "../gates/open.ts";
import { iamReport } from "../report/iam.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";
import { isDeploymentName } from "../unattended/template-input.ts";
import { collect } from "./collect.ts";

interface Flags extends GlobalFlags {
  readonly role: (typeof ROLES)[number];
  readonly kmsKey?: readonly string[];
  readonly trusts?: string;
  readonly logBucket?: string;
  readonly deployment?: string;
}

export const iamCommand = (bind: Bind) =>
  new Command("iam")
    .addOption(new Option("--role <role>", "who will run keyturn").choices(ROLES).makeOptionMandatory())
    .option("--kms-key <arn>", "customer-managed KMS key of the secret or a replica; repeatable", collect)
    .option("--log-bucket <name>", "bucket of the access logs, for the log-reader")
    .option(
      "--deployment <name>",
      "name of the deployment of unattended rotations, for the deployment-reader",
      "keyturn",
    )
    .option("--trusts <arn>", "instead, print the trust policy that lets this caller assume the gate's role")
    .action(bind(iam));

export async function iam(
  flags: Flags,
  world: Pick<World, "files" | "env" | "cwd">,
): Promise<Report<IamPolicy>> {
  // In IAM, an alias does not stand for its key: the policy would allow nothing.
  const wrong = flags.kmsKey?.find((key) => !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(key));
  if (wrong !== undefined) {
    throw new UsageError("ERR_USAGE", `--kms-key ${wrong} is not the ARN of a KMS key`, [
      "--kms-key arn:aws:kms:eu-west-1:111122223333:key/...",
      "aws kms describe-key --key-id ALIAS --query KeyMetadata.Arn",
    ]);
  }
  const { logBucket, deployment } = flags;
  if (logBucket !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(logBucket)) {
    throw new UsageError("ERR_USAGE", `--log-bucket ${logBucket} is not a bucket name`, [
      "--log-bucket my-logs",
      "keyturn logs where",
    ]);
  }
  if (deployment !== undefined && !isDeploymentName(deployment)) {
    throw new UsageError("ERR_USAGE", `--deployment ${deployment} is not a valid deployment name`, [
      "--deployment keyturn",
    ]);
  }
  const gate = await openGate(flags, world);
  // The same region as the commands that the policy is for. The policy outlives this shell, so a comment warns if the gate says otherwise.
  const { region } = cloudOptionsOf(flags, world.env, gate);
  const caller = flags.trusts;
  if (caller !== undefined && !/^arn:[^:]+:(iam|sts)::\d{12}:\S+$|^\d{12}$/.test(caller)) {
    throw new UsageError("ERR_USAGE", `--trusts ${caller} is not the ARN of a caller`, [
      "--trusts arn:aws:iam::111122223333:role/NAME",
      "aws sts get-caller-identity",
    ]);
  }
  const trust = caller === undefined ? undefined : trustPolicy(gate, caller);
  const policy = iamPolicy(gate, { role: flags.role, region, kmsKeys: flags.kmsKey, logBucket, deployment });
  return iamReport(
    { ...policy, trust },
    { gate: gate.name, role: flags.role, commands: ROLE_NEEDS[flags.role].commands },
  );
}
