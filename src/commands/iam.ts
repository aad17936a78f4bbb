/** `keyturn iam`: the least-privilege policy of a role. Asks AWS for nothing. */
import { Command, Option } from "commander";
import { type IamPolicy, iamPolicy, ROLE_NEEDS, ROLES, type Role } from "../audit/iam.ts";
import type { Bind, GlobalFlags } from "../bind.ts";
import { UsageError } from "../errors.ts";
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
  if (flags.kmsKey !== undefined && !/^arn:[^:]+:kms:/.test(flags.kmsKey)) {
    throw new UsageError("ERR_USAGE", `--kms-key ${flags.kmsKey} is no ARN of a KMS key`, [
      "--kms-key arn:aws:kms:eu-west-1:111122223333:key/...",
    ]);
  }
  const gate = await openGate(flags, world);
  const region = flags.region ?? (world.env.AWS_REGION || undefined);
  const policy = iamPolicy(gate, { role: flags.role, region, kmsKey: flags.kmsKey });
  return iamReport(policy, { gate: gate.name, role: flags.role, commands: ROLE_NEEDS[flags.role].commands });
}
