/** From flags to a plan: the gate in keyturn.yaml, the state of the account, and every obstacle. */
import { UsageError } from "../errors.ts";
import { readAccount } from "../gates/account.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import { chooseGate, openGates } from "../gates/open.ts";
import { findNamed } from "../keys/account-keys.ts";
import type { KeyType } from "../keys/key-pair.ts";
import type { Cloud } from "../seams/cloud.ts";
import { warnAboutMachineClock } from "./aws-clock.ts";
import type { GateLocation } from "./locate.ts";
import type { Mode } from "./mode.ts";
import { planRotation, type RotationPlan } from "./plan.ts";
import { gatherFacts, type PlanFacts } from "./plan-facts.ts";
import type { SessionFlags, SessionWorld } from "./session.ts";

export interface PlanFlags extends SessionFlags {
  readonly keyType?: KeyType;
  readonly keep?: readonly string[];
  readonly leavesStale?: readonly string[];
  readonly compromised?: boolean;
  readonly cutNow?: boolean;
}

export interface PlanSession {
  readonly plan: RotationPlan;
  readonly facts: PlanFacts;
  readonly cloud: Cloud;
  readonly place: GateLocation & { readonly declared: Gate };
}

/** Reads only. Throws ERR_USAGE, ERR_CONFIG, ERR_GATE, ERR_ACCOUNT, ERR_NOT_FOUND for --keep, and the cloud's errors. */
export async function makePlan(flags: PlanFlags, world: SessionWorld): Promise<PlanSession> {
  const mode = rotationModeOf(flags);
  const file = await openGates(flags, world);
  const gate = chooseGate(file, flags.gate ?? (world.env.KEYTURN_GATE || undefined));
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  await readAccount(cloud, gate.secret.id, gate);
  const facts = await gatherFacts(world, cloud, gate);
  if (world.terminal !== undefined) warnAboutMachineClock(world.terminal)(cloud.dates.machineAhead);
  const plan = planRotation(facts, {
    gate,
    others: [...file.gates.values()].filter(({ name }) => name !== gate.name),
    keep: (flags.keep ?? []).map((each) => findNamed(facts.publicKeys, each, "public key").id),
    mode,
    keyType: flags.keyType ?? keyTypeNow(facts),
    leavesStale: flags.leavesStale ?? [],
    where: cloud.where,
  });
  return { plan, facts, cloud, place: { gate: gate.name, secretId: gate.secret.id, declared: gate } };
}

/** A signer that loads one kind of key may not load the other. */
const keyTypeNow = ({ signing }: PlanFacts): KeyType =>
  "trouble" in signing ? "rsa-2048" : (signing.keyType ?? "rsa-2048");

export function rotationModeOf({ compromised, cutNow }: Pick<PlanFlags, "compromised" | "cutNow">): Mode {
  if (compromised && cutNow) {
    throw new UsageError("ERR_USAGE", "--compromised and --cut-now are two different modes: choose one", [
      "--compromised (minutes; viewers who mint again are not denied)",
      "--cut-now (seconds; every viewer is denied until they mint again)",
    ]);
  }
  return cutNow ? "cut-now" : compromised ? "compromised" : "normal";
}
