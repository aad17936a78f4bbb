/** `keyturn secret set-key-id`: sets the key pair ID in the gate's secret to that of its private key. */
import { Command } from "commander";
import { type KeyIdFix, planKeyIdFix, writeKeyIdFix } from "../../audit/key-id-fix.ts";
import { refuseDuringRotation } from "../../audit/key-trust.ts";
import { proveTrust } from "../../audit/trust-proof.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { readAccount } from "../../gates/account.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { openGate } from "../../gates/open.ts";
import { keyIdReport } from "../../report/key-id.ts";
import type { Report } from "../../report/report.ts";
import { openSession, recordOf } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { settleOption } from "../keys/trust-options.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly settle?: Seconds;
  /** False after --no-proof. */
  readonly proof: boolean;
}

export const setKeyIdCommand = (bind: Bind) =>
  mutating(
    new Command("set-key-id")
      .description(
        "Finds the public key that belongs to the private key in the gate's secret, and writes its key pair ID into the secret as a new current version. Every other byte stays. Refused while a rotation is open, or if someone else changes the secret in the meantime.",
      )
      .addOption(settleOption())
      .option("--no-proof", "do not check the edge afterwards"),
  ).action(bind(setKeyId));

async function setKeyId(flags: Flags, world: World): Promise<Report> {
  const gate = await openGate(flags, world);
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = await readAccount(cloud, gate.secret.id, gate);
  await refuseOpen(flags, world);
  const fix = await planKeyIdFix(gate, cloud);
  if (fix.value !== undefined) {
    const changes = [
      `set the key pair ID in secret ${gate.secret.id} to ${fix.key.id} (${fix.key.name}); it ${fix.was === undefined ? "has none" : `is ${fix.was}`} now`,
      `make that a new current version; ${fix.from} becomes AWSPREVIOUS`,
    ];
    const mutation = { account, where: cloud.where, gate: gate.name, changes };
    if (!(await confirmed(mutation, flags, world))) return keyIdReport({ gate, fix });
    if (flags.yes !== true) await refuseOpen(flags, world);
  }
  const versionId = await writeKeyIdFix(fix, cloud.vault);
  if (!flags.proof) return keyIdReport({ gate, fix, versionId });
  const groups = fix.account.groups.filter(({ id }) => gate.keyGroups.includes(id));
  const plan = { change: "trust", key: fix.key, groups, changing: [] } as const;
  const question = { plan, account: fix.account, settle: flags.settle, written: writtenText(fix) };
  const { proofs } = await proveTrust(question, [gate], flags, world);
  return keyIdReport({ gate, fix, versionId, proof: proofs[0] });
}

const writtenText = ({ value, secretId, key }: KeyIdFix) =>
  value === undefined ? `secret ${secretId} already has ${key.id}` : `secret ${secretId} is updated`;

async function refuseOpen(flags: Flags, world: World): Promise<void> {
  const registered = await recordOf(await openSession(flags, world));
  refuseDuringRotation(registered === undefined || registered.record.finished ? [] : [registered.record]);
}
