/** What switch and switch back have in common: the sighting, the halt after a restarted clock, the signers' restart. */

import { shellWord } from "../text/shell-word.ts";
import type { Halt, Next, Run, Step } from "./next.ts";
import type { Observed } from "./observed.ts";
import type { ConfirmedRead, RotationRecord } from "./record.ts";
import { foreignSince, type Situation } from "./situation.ts";

/**
 * Secrets Manager's own rotation would put a key of its own into the secret whenever it is due. What it breaks is
 * repaired first, so this halts neither a repair nor the switch of a cut.
 */
export function haltOnManagedRotation({ record, observed }: Situation): Halt | undefined {
  if (observed.managedRotation !== true) return undefined;
  const { id } = record.settings.secret;
  return {
    halt: "managed-rotation",
    step: record.goal === "forward" ? "signer-switched" : "signer-switched-back",
    message: `somebody switched Secrets Manager's managed rotation on for ${id}: two would rotate one key`,
    remedies: [
      `aws secretsmanager cancel-rotate-secret --secret-id ${shellWord(id)}`,
      `keyturn rotate resume --gate ${record.gate}`,
    ],
  };
}

/** Replicas are asked again after this many seconds. */
const REPLICA_PAUSE = 10;

/** R5, R6: recorded only from a read that showed our copy current, and dated when its answer was here. */
export function confirmSwitch(situation: Situation, field: "switchedAt" | "backAt", step: Step): Next {
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
    why: "record that AWSCURRENT was seen on our version",
    record: { ...record, [field]: sighting },
  };
}

/** Signers there never get the key, and no waiting brings it to them. */
function haltOnReplica(
  { gate, settings }: RotationRecord,
  { region, reason }: NonNullable<Observed["failedReplica"]>,
  step: Step,
): Halt {
  const id = settings.secret.id;
  return {
    halt: "replica-failed",
    step,
    message: `the secret's replica in ${region} failed (${reason}): signers there do not get the new version; both keys stay trusted`,
    remedies: [
      "mend what it says: most often the replica's KMS key, or another secret of that name there",
      `aws secretsmanager describe-secret --secret-id ${id} --query ReplicationStatus`,
      `keyturn rotate resume --gate ${gate}`,
    ],
  };
}

/** A restarted clock is told once AWSCURRENT is ours again, in the run in which it happened. */
export function haltWhenDrainRestarted({ record }: Situation, run: Run): Halt | undefined {
  const restart = record.repairs.slice(run.told).findLast(({ kind }) => kind === "drain");
  if (restart === undefined) return undefined;
  return {
    halt: "drain-restarted",
    step: record.goal === "forward" ? "old-cookies-expired" : "new-cookies-expired",
    message: `${restart.what}; AWSCURRENT is keyturn's version again and the wait began anew`,
    remedies: [
      "find who wrote the secret: CloudTrail names it (PutSecretValue, UpdateSecret, UpdateSecretVersionStage)",
      `keyturn rotate resume --gate ${record.gate}`,
    ],
  };
}

export function waitForRestart({ record }: Situation, step: Step): Halt {
  return {
    halt: "signers-not-restarted",
    step,
    message:
      "signers hold the key until they restart (signer.cacheTtl: until-restart), and nobody said that they did",
    remedies: ["restart every signer", `keyturn rotate resume --gate ${record.gate} --signers-restarted`],
  };
}
