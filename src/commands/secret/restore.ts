/** `keyturn secret restore`: cancels the scheduled deletion of a gate's secret, or of its rotation record. */
import { Command } from "commander";
import { deletionOf, restoreDeletedSecret } from "../../audit/secret-upkeep.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { accountOfArn, refuseOtherAccount } from "../../gates/account.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand, openGate } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly secret?: string;
}

export const restoreCommand = (bind: Bind) =>
  mutating(
    new Command("restore")
      .description(
        "Cancels the scheduled deletion of a secret, with all of its versions and labels: the gate's own, or a rotation record by its name. Repeating it changes nothing.",
      )
      .argument("[secret]", "name or ARN (default: the gate's secret)"),
  ).action(bind(restore));

async function restore(flags: Flags, world: World): Promise<Report> {
  const gate =
    flags.secret === undefined
      ? await openGate(flags, world)
      : gateAtHand(await findGates(flags, world), flags, world);
  const id = flags.secret ?? gate?.secret.id ?? "";
  const { vault, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const secret = await vault.describe(id);
  if (gate !== undefined) refuseOtherAccount(gate, secret.arn);
  const deletion = deletionOf(secret);
  const result = { secret: secret.name, changed: false };
  if (deletion === undefined) {
    return upkeepReport({ result, done: [`secret ${secret.name} is not scheduled for deletion`] });
  }
  const changes = [`restore secret ${secret.name}, which is ${deletion}`];
  const mutation = { account: accountOfArn(secret.arn), where, gate: gate?.name, changes };
  if (!(await confirmed(mutation, flags, world))) return upkeepReport({ result, done: [] });
  await restoreDeletedSecret(id, vault);
  const { versionId } = await vault.get(id, { stage: "AWSCURRENT" });
  return upkeepReport({
    result: { ...result, changed: true },
    done: [`secret ${secret.name} is restored, and its current version ${versionId} can be read`],
    next: secret.name.endsWith(".keyturn") ? ["keyturn rotate status --all"] : [],
  });
}
