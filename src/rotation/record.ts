/** A rotation's record and its changes. `record-schema.ts` defines its content; `register.ts` stores it. */
import { formatInstant } from "../time.ts";
import { isMoreUrgent, type Mode } from "./mode.ts";
import type { Repair, RotationRecord } from "./record-schema.ts";

export type { ConfirmedRead, Proof, Repair, RotationRecord } from "./record-schema.ts";

export type Goal = RotationRecord["goal"];

export const PROOFS = ["new", "old", "gone"] as const satisfies readonly ProofName[];
export type ProofName = keyof RotationRecord["proofs"];

/** The key that signers should end with, by the record's goal. */
export function goalRole(record: Pick<RotationRecord, "goal">): "new" | "old" {
  return record.goal === "forward" ? "new" : "old";
}

/** Who opened it and on which machine, if known. */
export function startedByText({ caller, host }: RotationRecord["startedBy"]): string | undefined {
  return caller !== undefined && host !== undefined ? `${caller} (${host})` : (caller ?? host);
}

/** Who opened it, or why nobody knows. */
export function openedByText({ startedBy, rebuilt }: Pick<RotationRecord, "startedBy" | "rebuilt">): string {
  if (rebuilt === undefined) return startedByText(startedBy) ?? "unknown";
  return `unknown: its record was lost, and rebuilt by ${startedByText(rebuilt) ?? "unknown"} at ${formatInstant(rebuilt.at)}`;
}

/** Goal abort, in a new epoch. Callers check `abortRefusal` first. The fences void every proof: all ETags change. */
export function withAbort(record: RotationRecord): RotationRecord {
  return without(
    { ...record, goal: "abort", epoch: record.epoch + 1 },
    "backAt",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

/** A more urgent mode; it turns an abort forward again, in a new epoch whose fences require new proofs (R18). */
export function withMode(record: RotationRecord, mode: Mode): RotationRecord {
  const urgent = isMoreUrgent(mode, record.mode) ? mode : record.mode;
  if (record.goal === "forward") return { ...record, mode: urgent };
  return without(
    { ...record, mode: urgent, goal: "forward", epoch: record.epoch + 1 },
    "backAt",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

/** Signers may have read a foreign version: the drain starts again, in a new epoch (R14). */
export function withClockRestarted(record: RotationRecord, repair: Repair): RotationRecord {
  return withNewEpoch({ ...record, repairs: [...record.repairs, repair] }, record.epoch + 1);
}

/** The same goal in a higher epoch: fences, a fresh copy to switch to, and a new wait (R7). */
export function withNewEpoch(record: RotationRecord, epoch: number): RotationRecord {
  return without({ ...record, epoch }, "backAt", "switchedAt", "signersRestartedAt");
}

/**
 * Somebody deleted the new public key, and CloudFront never reuses an id: it is uploaded again under a new one. Copies,
 * proofs and deployed signers name the dead id, so all of that starts again, in a new epoch.
 */
export function withUploadRepeated(record: RotationRecord, repair: Repair): RotationRecord {
  const { new: _new, gone: _gone, ...proofs } = record.proofs;
  return without(
    { ...record, epoch: record.epoch + 1, proofs, repairs: [...record.repairs, repair] },
    "new",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

function without<Key extends keyof RotationRecord>(
  record: RotationRecord,
  ...fields: readonly Key[]
): RotationRecord {
  const rest: Partial<RotationRecord> = { ...record };
  for (const field of fields) delete rest[field];
  return rest as RotationRecord;
}
