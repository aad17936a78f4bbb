/** When each stage of a rotation ended, if the record has the time, and how long the others will take. Pure. */
import type { EpochSeconds, Seconds } from "../time.ts";
import type { RotationStep } from "./next.ts";
import { proofLength } from "./proof.ts";
import type { RotationRecord } from "./record.ts";

export interface StageTime {
  /** Absent while the stage lasts, and for stages whose end the record does not hold. */
  readonly endedAt?: EpochSeconds;
  /** The remaining duration of a stage; absent if it takes no time, or depends on people. */
  readonly takes?: Seconds;
}

export function stageTime(record: RotationRecord, step: RotationStep, isOver: boolean): StageTime {
  if (isOver) {
    const endedAt = endedAtOf(record, step);
    return endedAt === undefined ? {} : { endedAt };
  }
  const takes = lengthOf(record, step);
  return takes === undefined ? {} : { takes };
}

function endedAtOf(record: RotationRecord, step: RotationStep): EpochSeconds | undefined {
  const { openedAt, proofs, switchedAt, backAt, oldMayGo, finished } = record;
  switch (step) {
    case "record-opened":
      return openedAt;
    case "key-trusted":
      // The first canary check is sent once every group has the new id.
      return proofs.new?.begunAt;
    case "trust-proven":
      return proofs.new?.provenAt;
    case "signer-switched":
      return switchedAt?.at;
    case "signer-switched-back":
      return backAt?.at;
    case "old-cookies-expired":
      return oldMayGo;
    case "old-untrusted":
      return proofs.gone?.begunAt;
    case "untrust-proven":
      return proofs.gone?.provenAt;
    case "old-key-deleted":
    case "new-key-deleted":
      return finished?.at;
    default:
      return undefined;
  }
}

function lengthOf({ settings, mode }: RotationRecord, step: RotationStep): Seconds | undefined {
  const { cacheTtl, longestLife, skew } = settings;
  switch (step) {
    case "trust-proven":
      return mode === "cut-now" ? undefined : proofLength(settings);
    case "untrust-proven":
      return proofLength(settings);
    case "old-cookies-expired":
      if (mode === "cut-now" || cacheTtl === "until-restart") return undefined;
      return cacheTtl + (mode === "normal" ? longestLife : 0) + skew;
    case "new-cookies-expired":
      return cacheTtl === "until-restart" ? undefined : cacheTtl + longestLife + skew;
    default:
      return undefined;
  }
}
