/** `keyturn secret replicate`: creates or recreates a replica of the gate's secret in another region. */
import { Command } from "commander";
import { failedReplica } from "../../audit/failed-replica.ts";
import { planReplica, replicate } from "../../audit/secret-upkeep.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { secretIdIn } from "../../gates/secret-id.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import { SEE_GATES } from "../../report/see-gates.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { openGateSecret } from "./gate-secret.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly to: string;
  readonly overwrite?: boolean;
}

export const replicateCommand = (bind: Bind) =>
  mutating(
    new Command("replicate")
      .description(
        "Replicates the gate's secret to a region where signers read it, or repairs a failed replica there, and waits until it is in sync. With --overwrite another secret of the same name in that region is deleted.",
      )
      .argument("<to>", "region of the replica")
      .option("--overwrite", "replace another secret of that name there, which cannot be undone"),
  ).action(bind(replicateSecret));

async function replicateSecret(flags: Flags, world: World): Promise<Report> {
  const { gate, cloud, mutation } = await openGateSecret(flags, world);
  const { id } = gate.secret;
  const { to, overwrite = false } = flags;
  const before = planReplica(await cloud.vault.describe(id), to);
  const result = { secret: id, region: to, status: before.status, changed: false };
  const next = [SEE_GATES];
  if (before.status === "InSync") {
    return upkeepReport({ result, done: [`the replica in ${to} is in sync`], next });
  }
  const changes = [
    `replicate secret ${id} to ${to} (now: ${before.status}${before.message ? `, ${before.message}` : ""})`,
    ...(overwrite ? [`delete any other secret of that name in ${to}; nobody can restore it`] : []),
  ];
  const asked = { ...mutation, changes, typeBack: overwrite ? to : undefined };
  const onlyWaits = before.status === "InProgress" && !overwrite && !flags.dryRun;
  if (!onlyWaits && !(await confirmed(asked, flags, world))) return upkeepReport({ result, done: [] });
  const { status, message } = await replicate(id, before, overwrite, cloud.vault, world);
  const now = { ...result, status, changed: !onlyWaits };
  if (status === "InSync") {
    const there = await world.cloud({ ...cloudOptionsOf(flags, world.env, gate), region: to });
    const { versionId } = await there.vault.get(secretIdIn(to, id), { stage: "AWSCURRENT" });
    return upkeepReport({
      result: now,
      done: [`the replica in ${to} is in sync, with version ${versionId}`],
      next,
    });
  }
  return upkeepReport({
    result: now,
    done: [],
    findings: [
      {
        id: "replica-out-of-sync",
        severity: "error",
        basis: "observed",
        ...failedReplica({ region: to, status, message }, id, gate.name),
      },
    ],
  });
}
