/**
 * What an open rotation will still change in the account, according to its record, and whether this run changes
 * anything.
 */

import type { RotationStep } from "./next.ts";
import type { RotationRecord } from "./record.ts";
import { isAfter, isStage, type Stage } from "./stage.ts";
import type { RotationStatus } from "./status.ts";

interface Change {
  readonly step: RotationStep;
  readonly isDone: boolean;
  readonly says: string;
}

/**
 * One imperative sentence per change, in order. `until`: the stage after which the run stops. `steps`: from an
 * observation; without one only the record counts, which does not show that a group may already trust the new key.
 */
export function changesAhead(
  record: RotationRecord,
  until?: Stage,
  steps: RotationStatus["steps"] = [],
): string[] {
  if (record.finished !== undefined) return [];
  const changes = record.goal === "forward" ? forward(record) : abort(record);
  const isOver = (step: RotationStep) => steps.some((each) => each.step === step && each.state === "done");
  const isBeyond = (step: RotationStep) => until !== undefined && isStage(step) && isAfter(step, until);
  return changes
    .filter(({ isDone, step }) => !isDone && !isOver(step) && !isBeyond(step))
    .map(({ says }) => says);
}

function forward(record: RotationRecord): Change[] {
  const { old, newMaySign, oldMayGo, noReturn, settings } = record;
  const fresh = record.new?.keyPairId ?? "the new key";
  // R17: in an emergency the old key is never put back.
  const isOldNeeded = record.mode === "normal" && (oldMayGo === undefined || record.switchedAt === undefined);
  return [
    {
      step: "key-uploaded",
      isDone: record.new !== undefined,
      says: `store a new private key in secret ${settings.secret.id} and upload its public half`,
    },
    {
      step: "key-trusted",
      isDone: newMaySign !== undefined,
      says: `trust ${fresh} in ${groupsOf(record)}`,
    },
    {
      step: "key-trusted",
      isDone: newMaySign === undefined || noReturn !== undefined,
      says: putBack(record, [...(isOldNeeded ? [old.keyPairId] : []), fresh]),
    },
    {
      step: "signer-switched",
      isDone: record.switchedAt !== undefined,
      says: `make ${fresh} the signing key in secret ${settings.secret.id}, once the edge is proven to accept it`,
    },
    {
      step: "old-untrusted",
      // The record says that it may go; whether it has gone, and stayed away, only the groups show.
      isDone: noReturn !== undefined,
      says: `stop trusting ${old.keyPairId}, ${record.mode === "normal" ? "once its last cookie has expired" : "without waiting for its cookies"}`,
    },
    { step: "old-key-deleted", isDone: noReturn !== undefined, says: `delete public key ${old.keyPairId}` },
    {
      step: "old-key-deleted",
      isDone: false,
      says: `release the rotation's labels in secret ${settings.secret.id}, and close its record`,
    },
  ];
}

function abort(record: RotationRecord): Change[] {
  const { old, newMaySign, backAt, noReturn, settings } = record;
  const fresh = record.new?.keyPairId ?? "the new key";
  return [
    {
      step: "abort-fenced",
      isDone: newMaySign === undefined || noReturn !== undefined,
      says: putBack(record, [old.keyPairId, ...(backAt === undefined ? [fresh] : [])]),
    },
    {
      step: "signer-switched-back",
      isDone: newMaySign === undefined || backAt !== undefined,
      says: `make ${old.keyPairId} the signing key again in secret ${settings.secret.id}`,
    },
    {
      step: "new-key-deleted",
      isDone: noReturn !== undefined,
      says: `stop trusting ${fresh} in ${groupsOf(record)}, and delete it`,
    },
    {
      step: "new-key-deleted",
      isDone: false,
      says: `release the rotation's labels in secret ${settings.secret.id}, and close its record`,
    },
  ];
}

/** A fence, and a repair if one is due, in one write. */
const putBack = (record: RotationRecord, ids: readonly string[]) =>
  `put ${ids.join(" and ")} into ${groupsOf(record)} where missing, with the epoch in its Comment`;

const groupsOf = ({ groups }: RotationRecord) =>
  `key group${groups.length === 1 ? "" : "s"} ${groups.join(", ")}`;

export interface UpcomingRun {
  readonly wait?: boolean;
  readonly until?: Stage;
  /** The operator supplies what a halted rotation waits for. */
  readonly isConfirmed?: boolean;
}

/** False for a run that only waits, is halted, or sends canary requests: then there is nothing to confirm. */
export function changesSomething(
  { state, steps }: Pick<RotationStatus, "state" | "steps">,
  record: RotationRecord,
  { wait, until, isConfirmed }: UpcomingRun,
): boolean {
  if (record.finished !== undefined) return state === "ready";
  const goesOn = state === "ready" || (state === "waiting" && wait === true) || isConfirmed === true;
  return goesOn && changesAhead(record, until, steps).length > 0;
}
