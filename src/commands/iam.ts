/** `keyturn iam`: the least-privilege policy of a role. Asks AWS for nothing. */
import { Command, Option } from "commander";
import { type IamPolicy, iamPolicy, ROLE_NEEDS, ROLES, type Role } from "../audit/iam.ts";
import type { Bind, GlobalFlags } from "../bind.ts";
import { UsageError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import { openGate } from "../gates/open.ts";
import { iamReport } from "../report/iam.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";

interface Flags extends GlobalFlags {
  readonly role: Role;
  readonly kmsKey?: string;
}

export const iamCommand = (bind: Bind) =>
  new Command("iam")
    .addOption(new Option("--role <role>", "who will run keyturn").choices(ROLES).makeOptionMandatory())
    .option("--kms-key <arn>", "customer-managed KMS key of the secret")
    .action(bind(iam));

export async function iam(
  flags: Flags,
  world: Pick<World, "files" | "env" | "cwd">,
): Promise<Report<IamPolicy>> {
  // IAM takes no alias for the key that it stands for: the policy would allow nothing.
  if (flags.kmsKey !== undefined && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(flags.kmsKey)) {
    throw new UsageError("ERR_USAGE", `--kms-key ${flags.kmsKey} is no ARN of a KMS key`, [
      "--kms-key arn:aws:kms:eu-west-1:111122223333:key/...",
      "aws kms describe-key --key-id ALIAS --query KeyMetadata.Arn",
    ]);
  }
  const gate = await openGate(flags, world);
  // The policy outlives this shell: what the gate says counts more than the shell's region, and a flag most.
  const region = flags.region ?? gate.region ?? cloudOptionsOf({}, world.env).region;
  const policy = iamPolicy(gate, { role: flags.role, region, kmsKey: flags.kmsKey });
  return iamReport(policy, { gate: gate.name, role: flags.role, commands: ROLE_NEEDS[flags.role].commands });
}
