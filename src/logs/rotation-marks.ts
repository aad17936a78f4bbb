/** The parts of a rotation that logs are compared with: its keys and the times of its stages. */
import type { RotationRecord } from "../rotation/record.ts";
import type { EpochSeconds } from "../time.ts";

export interface RotationMarks {
  readonly rotation?: string;
  readonly oldKey?: string;
  readonly newKey?: string;
  /** In order of time. */
  readonly stages: readonly { readonly stage: string; readonly at: EpochSeconds }[];
  /** From then on no signer should use the old key. */
  readonly switchedAt?: EpochSeconds;
  /** From then on a group may lack the old key. */
  readonly oldMayGo?: EpochSeconds;
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
}

export const NO_MARKS: RotationMarks = { stages: [] };

/** `told`: keys from flags, if there is no record. */
export function marksOf(
  record: RotationRecord | undefined,
  told: { readonly oldKey?: string; readonly newKey?: string } = {},
): RotationMarks {
  if (record === undefined) return { ...told, stages: [] };
  const { openedAt, proofs, newMaySign, switchedAt, oldMayGo, noReturn, finished } = record;
  const stages = [
    ["record-opened", openedAt],
    ["trust-proven", proofs.new?.provenAt],
    ["signer-may-switch", newMaySign],
    ["signer-switched", switchedAt?.at],
    ["old-may-go", oldMayGo],
    ["untrust-proven", proofs.gone?.provenAt],
    ["no-return", noReturn],
    [finished?.outcome ?? "finished", finished?.at],
  ] as const;
  const newKey = told.newKey ?? record.new?.keyPairId;
  return {
    rotation: record.rotation,
    oldKey: told.oldKey ?? record.old.keyPairId,
    newKey,
    stages: stages
      .flatMap(([stage, at]) => (at === undefined ? [] : [{ stage, at }]))
      .sort((one, other) => one.at - other.at),
    switchedAt: switchedAt?.at,
    oldMayGo,
    from: openedAt,
    to: finished?.at,
  };
}
