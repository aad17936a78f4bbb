/** The common start of the commands that change a gate's secret: the gate, its account, and its open rotation. */
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { readAccount } from "../../gates/account.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { openGate } from "../../gates/open.ts";
import { findLostRecord, lostRecordHalt } from "../../rotation/rebuild-record.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import { openSession } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";

/** Throws as openGate and readAccount do. */
export async function openGateSecret(flags: GlobalFlags, world: World) {
  const gate = await openGate(flags, world);
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = await readAccount(cloud, gate.secret.id, gate);
  return { gate, cloud, mutation: { account, where: cloud.where, gate: gate.name } };
}

/** Undefined without an open rotation. Throws ERR_HALTED if its record is lost. */
export async function openRotationOf(flags: GlobalFlags, world: World): Promise<RotationRecord | undefined> {
  const { place, tools } = await openSession(flags, world);
  const registered = await tools.register.read();
  if (registered === undefined && place.declared !== undefined) {
    const lost = await findLostRecord(tools, place.declared);
    if (lost?.open !== undefined) throw lostRecordHalt(place.gate, lost);
  }
  return registered?.record.finished === undefined ? registered?.record : undefined;
}
