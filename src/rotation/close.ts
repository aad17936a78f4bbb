/** The last steps of a rotation in either direction: point of no return, delete the key, release the labels, close the record. */
import { supersededLabels } from "./deployment.ts";
import type { NextAction, RotationStep } from "./next.ts";
import type { RotationRecord } from "./record.ts";
import { publicKeyExists, type Situation, versionLabelled } from "./situation.ts";
import { LABEL } from "./version-id.ts";

export interface ClosingSteps {
  readonly step: RotationStep;
  /** The key to delete. */
  readonly keyPairId: string | undefined;
  readonly outcome: NonNullable<RotationRecord["finished"]>["outcome"];
  /** Why the record rules out going back. */
  readonly noReturn: string;
  /** Why the record is closed. */
  readonly closed: string;
}

/** R3: the record rules out going back before the key is deleted. */
export function close(situation: Situation, closing: ClosingSteps): NextAction {
  const { record, now } = situation;
  const { step, keyPairId, outcome } = closing;
  if (record.noReturn === undefined) {
    return { act: "write-record", step, why: closing.noReturn, record: { ...record, noReturn: now } };
  }
  if (publicKeyExists(situation, keyPairId)) {
    return { act: "delete-key", step, why: `delete public key ${keyPairId}`, keyPairId };
  }
  for (const label of [LABEL.new, LABEL.old, ...supersededLabels(situation)]) {
    const holder = versionLabelled(situation, label);
    if (holder !== undefined) {
      return { act: "release", step, why: `release the label ${label}`, label, from: holder.versionId };
    }
  }
  return {
    act: "write-record",
    step,
    why: closing.closed,
    record: { ...record, finished: { at: now, outcome } },
  };
}
