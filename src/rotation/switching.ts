/** Shared by switch and switch back: the confirmed read, the halt after a restarted clock, the signers' restart. */

import { shellWord } from "../text/shell-word.ts";
import type { CurrentRun, Halt, NextAction, RotationStep } from "./next.ts";
import type { Observed } from "./observed.ts";
import type { ConfirmedRead, RotationRecord } from "./record.ts";
import { foreignSince, type Situation } from "./situation.ts";

/**
 * Secrets Manager's managed rotation would put its own key into the secret whenever it is due. Repairs come first, so
 * this halts neither a repair nor the switch of a cut-now.
 */
export function haltOnManagedRotation({ record, observed }: Situation): Halt | undefined {
  if (observed.managedRotation !== true) return undefined;
  const { id } = record.settings.secret;
  return {
    halt: "managed-rotation",
    step: record.goal === "forward" ? "signer-switched" : "signer-switched-back",
    message: `somebody turned on Secrets Manager's managed rotation for ${id}: two rotations would change one key`,
    remedies: [
      `keyturn secret cancel-rotation --gate ${shellWord(record.gate)}`,
      `keyturn rotate resume --gate ${record.gate} --wait`,
    ],
  };
}

/** Seconds until replicas are checked again. */
const REPLICA_PAUSE = 10;

/** R5, R6: recorded only from a read that showed our copy as current, dated when its response arrived. */
export function confirmSwitch(
  situation: Situation,
  field: "switchedAt" | "backAt",
  step: RotationStep,
): NextAction {
  const { record, observed, now } = situation;
  if (observed.failedReplica !== undefined) return haltOnReplica(record, observed.failedReplica, step);
  if (!observed.replicasInSync) {
    return { waitUntil: now + REPLICA_PAUSE, step, waitingFor: "the secret's replicas to be InSync" };
  }
  const bare: ConfirmedRead = { sentAt: observed.sentAt, at: observed.at, known: [] };
  const sighting = { ...bare, known: foreignSince(situation, bare).map(({ versionId }) => versionId) };
  return {
    act: "write-record",
    step,
    why: "record that AWSCURRENT is confirmed on keyturn's version",
    record: { ...record, [field]: sighting },
  };
}

/** Signers there never get the key, however long one waits. */
function haltOnReplica(
  { gate }: RotationRecord,
  { region, reason }: NonNullable<Observed["failedReplica"]>,
  step: RotationStep,
): Halt {
  return {
    halt: "replica-failed",
    step,
    message: `the secret's replica in ${region} failed (${reason}): signers there do not get the new version; both keys stay trusted`,
    remedies: [
      "fix that cause: usually the replica's KMS key, or another secret with that name there",
      `keyturn secret replicate ${region} --gate ${shellWord(gate)}`,
      `keyturn rotate resume --gate ${gate} --wait`,
    ],
  };
}

/** Reports a restarted clock once AWSCURRENT is ours again, in the run in which it happened. */
export function haltWhenDrainRestarted({ record }: Situation, run: CurrentRun): Halt | undefined {
  const restart = record.repairs.slice(run.told).findLast(({ kind }) => kind === "drain");
  if (restart === undefined) return undefined;
  return {
    halt: "drain-restarted",
    step: record.goal === "forward" ? "old-cookies-expired" : "new-cookies-expired",
    message: `${restart.what}; AWSCURRENT is back on keyturn's version, and the wait started again`,
    remedies: [
      "find out who wrote the secret: CloudTrail names the caller (PutSecretValue, UpdateSecret, UpdateSecretVersionStage)",
      `keyturn rotate resume --gate ${record.gate} --wait`,
    ],
  };
}

export function waitForRestart({ record }: Situation, step: RotationStep): Halt {
  return {
    halt: "signers-not-restarted",
    step,
    message:
      "signers hold the key until they restart (signer.cacheTtl: until-restart), and nobody has confirmed a restart",
    remedies: [
      "restart every signer",
      `keyturn rotate resume --gate ${record.gate} --signers-restarted --wait`,
    ],
  };
}
