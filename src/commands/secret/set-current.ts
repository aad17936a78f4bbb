/** `keyturn secret set-current`: makes an existing version of the gate's secret current again. */
import { Command } from "commander";
import { planCurrent, refuseBesideRotation, writeCurrent } from "../../audit/current-version.ts";
import { proveTrust } from "../../audit/trust-proof.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { currentReport } from "../../report/current-version.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { settleOption } from "../keys/trust-options.ts";
import { openGateSecret, openRotationOf } from "./gate-secret.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly version: string;
  readonly from?: string;
  readonly settle?: Seconds;
  /** False after --no-proof. */
  readonly proof: boolean;
}

export const setCurrentCommand = (bind: Bind) =>
  mutating(
    new Command("set-current")
      .description(
        "Moves AWSCURRENT back to a version that the gate's secret still has, and checks whether the edge accepts that key. Refused unless every key group trusts that version's key. While a rotation is open, only its old version is accepted, and only until the signers switch.",
      )
      .argument("<version>", "version ID: keyturn rotate status and audit print it")
      .option("--from <version>", "only if this version is current now")
      .addOption(settleOption())
      .option("--no-proof", "do not check the edge afterwards"),
  ).action(bind(setCurrent));

async function setCurrent(flags: Flags, world: World): Promise<Report> {
  const { gate, cloud, mutation } = await openGateSecret(flags, world);
  const to = flags.version;
  refuseBesideRotation(await openRotationOf(flags, world), to);
  const plan = await planCurrent(gate, { to, from: flags.from }, cloud);
  const isChange = plan.from !== to;
  if (isChange) {
    const changes = [
      `make version ${to} of secret ${gate.secret.id} current; it holds key ${plan.key.id} (${plan.key.name}), which every key group trusts`,
      `remove AWSCURRENT from version ${plan.from}`,
    ];
    if (!(await confirmed({ ...mutation, changes }, flags, world))) return currentReport({ gate, plan });
    if (flags.yes !== true) refuseBesideRotation(await openRotationOf(flags, world), to);
  }
  await writeCurrent(gate, plan, cloud.vault);
  const done = { gate, plan, isWritten: true };
  if (!flags.proof) return currentReport(done);
  const groups = plan.account.groups.filter(({ id }) => gate.keyGroups.includes(id));
  const trust = { change: "trust", key: plan.key, groups, changing: [] } as const;
  const question = { plan: trust, account: plan.account, settle: flags.settle };
  const { proofs } = await proveTrust(question, [gate], flags, world);
  return currentReport({ ...done, proof: proofs[0] });
}
