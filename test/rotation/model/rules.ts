/** How the model reads, decides and writes; tests can replace each rule of the protocol that lives here. */
import { planAmendment } from "../../../src/rotation/amendment.ts";
import { epochOf } from "../../../src/rotation/group-comment.ts";
import type { CurrentRun, NextAction } from "../../../src/rotation/next.ts";
import { nextAction } from "../../../src/rotation/next-action.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import { mustSaveAtOnce } from "../../../src/rotation/pending-writes.ts";
import { type RotationRecord, withAbort, withMode } from "../../../src/rotation/record.ts";
import { composedRecord } from "../../../src/rotation/record-from-traces.ts";
import { recordFullUntil, type WriteFrequency } from "../../../src/rotation/record-room.ts";
import { abortRefusal } from "../../../src/rotation/status.ts";
import { type State, TIMES } from "./state.ts";

export interface Rules {
  readonly next: (record: RotationRecord, observed: Observed, now: number, run: CurrentRun) => NextAction;
  /** R4: does an observation start over if the record moved, or a higher epoch shows? */
  readonly startsOver: boolean;
  /** The gate's epoch in a group's Comment. */
  readonly epochOf: typeof epochOf;
  /** R9: does AWSCURRENT move only from the version where it was read? */
  readonly movesFromRead: boolean;
  /** The settle time that a proof is spread over. */
  readonly settle: number;
  readonly turnToAbort: (record: RotationRecord) => RotationRecord | undefined;
  readonly turnToUrgent: (record: RotationRecord) => RotationRecord | undefined;
  /** Is a result written at once, or kept in memory by the run that saw it? */
  readonly mustSaveAtOnce: typeof mustSaveAtOnce;
  /** Does the record have room for one more version? */
  readonly hasRoom: (state: State, record: RotationRecord, weight: WriteFrequency) => boolean;
  /** Which time counts: the Date of AWS's answers, or what the machine's clock shows. */
  readonly timeOf: (date: number, shown: number) => number;
  /** The record amended to the real cookie life. */
  readonly amend: (record: RotationRecord, highest: number, now: number) => RotationRecord;
  /** The record rebuilt from what a lost one left. */
  readonly rebuild: typeof composedRecord;
  /** R2: the version that a copy's ID actually names. */
  readonly versionOf: (id: string) => string;
}

export const RULES: Rules = {
  next: nextAction,
  startsOver: true,
  epochOf,
  movesFromRead: true,
  settle: 2,
  turnToAbort: (record) => (abortRefusal(record) === undefined ? withAbort(record) : undefined),
  turnToUrgent: (record) =>
    record.noReturn === undefined && record.finished === undefined && record.mode === "normal"
      ? withMode(record, "compromised")
      : undefined,
  mustSaveAtOnce,
  hasRoom: ({ written, now }, record, weight) =>
    written === undefined || recordFullUntil(written, record, now, weight) === undefined,
  timeOf: (date) => date,
  amend: (record, highest, at) =>
    planAmendment(record, { ...record.settings, longestLife: TIMES.longestLife }, { highest, at }).record,
  rebuild: composedRecord,
  versionOf: (id) => id,
};
