/** What `keys trust` and `keys untrust` share: refuse, confirm, write the key groups, probe the edge. */
import {
  planTrust,
  refuseUnsafeTrust,
  type TrustChange,
  trustChanges,
  writeTrust,
} from "../../audit/key-trust.ts";
import { keyNotInSecretWarnings, proveTrust } from "../../audit/trust-proof.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { UsageError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { readAccountKeys } from "../../keys/account-keys.ts";
import { trustReport } from "../../report/key-trust.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { confirmed, type MutationFlags } from "../confirm.ts";

export interface KeyTrustFlags extends GlobalFlags, MutationFlags {
  readonly key: string;
  readonly group?: readonly string[];
  readonly settle?: Seconds;
  /** False after --no-proof. */
  readonly proof: boolean;
}

export async function changeTrust(change: TrustChange, flags: KeyTrustFlags, world: World): Promise<Report> {
  const file = await findGates(flags, world);
  const gates = [...(file?.gates.values() ?? [])];
  const gate = gateAtHand(file, flags, world);
  const groups = flags.group ?? gate?.keyGroups;
  if (groups === undefined) throw noGroup(change, flags.key);
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate ?? gates[0]));
  const account = await readAccountKeys(controlPlane);
  const plan = planTrust(change, { key: flags.key, groups }, account);
  if (plan.changing.length > 0) {
    const mentions = await refuseUnsafeTrust(plan, gates, flags, world);
    const warnings = change === "trust" ? await keyNotInSecretWarnings(plan, gates, flags, world) : [];
    const changes = [...trustChanges(plan, mentions), ...warnings];
    const mutation = {
      where,
      gate: gate?.name,
      changes,
      typeBack: change === "untrust" ? plan.key.id : undefined,
    };
    if (!(await confirmed(mutation, flags, world))) return trustReport({ plan, groups: [], proofs: [] });
    // A rotation may have started while the prompt was open.
    if (flags.yes !== true) await refuseUnsafeTrust(plan, gates, flags, world);
  }
  const written = await writeTrust(plan, controlPlane);
  const question = { plan, account, settle: flags.settle };
  const proof = flags.proof ? await proveTrust(question, gates, flags, world) : { unasked: "--no-proof" };
  return trustReport({ plan, groups: written, proofs: [], ...proof });
}

function noGroup(change: TrustChange, key: string): UsageError {
  return new UsageError("ERR_USAGE", "no key group given: name one, or a gate", [
    `keyturn keys ${change} ${key} --group GROUP`,
    `keyturn keys ${change} ${key} --gate GATE`,
    "keyturn keys list",
  ]);
}
