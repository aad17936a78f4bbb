/** `keyturn secret rewrite`: the same key in the gate's secret, in a form that a rotation can write back. */
import { Command, Option } from "commander";
import { refuseDuringRotation } from "../../audit/key-trust.ts";
import { planRewrite, writeRewrite } from "../../audit/secret-rewrite.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import type { Rewrite } from "../../keys/secret-rewrite.ts";
import type { Report } from "../../report/report.ts";
import { mustRead, rewriteReport } from "../../report/secret-rewrite.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { openGateSecret, openRotationOf } from "./gate-secret.ts";

type Flags = GlobalFlags & MutationFlags & Rewrite;

export const rewriteCommand = (bind: Bind) =>
  mutating(
    new Command("rewrite")
      .description(
        "Writes the key in the gate's secret in a form that a rotation can write back, as a new current version: the same key, with PEM lines of 64 characters, each member once. Every other byte stays. Refused while a rotation is open, and if a key group does not trust the key, something would be lost, or someone else changes the secret in the meantime.",
      )
      .addOption(
        new Option(
          "--form <form>",
          "also write the key as pkcs8 (every key type), pkcs1 (RSA) or sec1 (EC), with real line breaks if it lost them",
        ).choices(["pkcs8", "pkcs1", "sec1"]),
      )
      .addOption(
        new Option(
          "--duplicates <which>",
          "which of two members of the same name stays, if their values differ",
        ).choices(["first", "last"]),
      ),
  ).action(bind(rewrite));

async function rewrite(flags: Flags, world: World): Promise<Report> {
  const { gate, cloud, mutation } = await openGateSecret(flags, world);
  await refuseOpen(flags, world);
  const plan = await planRewrite(gate, flags, cloud);
  if (plan.value !== undefined) {
    const changes = [
      `rewrite secret ${plan.secretId}; its key ${plan.key.id} (${plan.key.name}) stays`,
      ...plan.changes,
      `keep every other byte; current form: ${plan.was}`,
      mustRead(gate, plan),
      `make that a new current version; ${plan.from} becomes AWSPREVIOUS`,
    ];
    if (!(await confirmed({ ...mutation, changes }, flags, world))) return rewriteReport({ gate, plan });
    if (flags.yes !== true) await refuseOpen(flags, world);
  }
  return rewriteReport({ gate, plan, versionId: await writeRewrite(plan, cloud.vault) });
}

async function refuseOpen(flags: Flags, world: World): Promise<void> {
  const open = await openRotationOf(flags, world);
  refuseDuringRotation(open === undefined ? [] : [open]);
}
