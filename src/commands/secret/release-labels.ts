/** `keyturn secret release-labels`: removes leftover staging labels from the versions of the gate's secret. */
import { Command } from "commander";
import { refuseDuringRotation } from "../../audit/key-trust.ts";
import { labelsToRelease, releaseLabels } from "../../audit/secret-upkeep.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { ConflictError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { openGateSecret, openRotationOf } from "./gate-secret.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly label?: readonly string[];
}

export const releaseLabelsCommand = (bind: Bind) =>
  mutating(
    new Command("release-labels")
      .description(
        "Releases staging labels that a rotation left on the gate's secret: keyturn's own, or AWSPENDING by name. Values stay; without a label, Secrets Manager may remove a version later. Refused while a rotation is open.",
      )
      .option("--label <label...>", "only these"),
  ).action(bind(release));

async function release(flags: Flags, world: World): Promise<Report> {
  const { gate, cloud, mutation } = await openGateSecret(flags, world);
  const { id } = gate.secret;
  await refuseOpen(flags, world);
  const held = labelsToRelease(await cloud.vault.describe(id), flags.label);
  const result = { secret: id, released: [] };
  if (held.length === 0) return upkeepReport({ result, done: [`secret ${id} has no such labels left`] });
  const changes = held.map(({ label, versionId }) => `release label ${label} of version ${versionId}`);
  if (!(await confirmed({ ...mutation, changes }, flags, world))) return upkeepReport({ result, done: [] });
  if (flags.yes !== true) await refuseOpen(flags, world);
  const left = await releaseLabels(id, held, cloud.vault);
  if (left.length > 0) {
    throw new ConflictError(
      "ERR_PRECONDITION",
      `somebody put ${left.map(({ label }) => label).join(", ")} back on secret ${id}`,
      [`keyturn rotate status --gate ${gate.name}`],
    );
  }
  return upkeepReport({
    result: { ...result, released: held },
    done: held.map(({ label, versionId }) => `${label}: released from version ${versionId}`),
  });
}

async function refuseOpen(flags: Flags, world: World): Promise<void> {
  const open = await openRotationOf(flags, world);
  refuseDuringRotation(open === undefined ? [] : [open]);
}
