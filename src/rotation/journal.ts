/** The journal: one JSON line per act, for the audit trail. Never needed to continue, never with key material. */
import { KeyturnError } from "../errors.ts";
import type { JournalStore } from "../seams/world.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { ActOutcome } from "./execute.ts";
import type { NextAction, RotationAct } from "./next.ts";
import type { RotationPlan } from "./plan.ts";
import type { RotationRecord } from "./record.ts";

export type JournalOutcome = ActOutcome | "interrupted" | "failed";

/** One name per gate; adapters turn it into a file. */
function journalName(gate: string): string {
  return `rotation-${gate}`;
}

/**
 * A rotation never stops because of its audit trail: the first entry that cannot be written causes one warning, and
 * the run continues. Later entries are still tried, since a disk may have room again.
 */
export function neverStopping(store: JournalStore, warn: (text: string) => void): JournalStore {
  let isWarned = false;
  return {
    ...store,
    async append(name, entry) {
      try {
        await store.append(name, entry);
      } catch (thrown) {
        if (!(thrown instanceof KeyturnError)) throw thrown;
        if (!isWarned) warn(`warning: ${thrown.message}; the rotation continues without these entries`);
        isWarned = true;
      }
    },
  };
}

/**
 * Records who is about to open a rotation, before the record opens: an unwritable journal shows up here, where stopping
 * costs nothing. Throws what the store throws (ERR_FILE_UNREADABLE).
 */
export function journalOpening(
  store: JournalStore,
  { gate, mode, old }: Pick<RotationPlan, "gate" | "mode" | "old">,
  at: EpochSeconds,
  startedBy: RotationRecord["startedBy"],
): Promise<void> {
  const entry = { at: formatInstant(at), gate, mode, act: "open", old: old.keyPairId, startedBy };
  return store.append(journalName(gate), entry);
}

/** The newest entries of a gate's journal on this machine, oldest first. Empty without a journal. */
export async function readJournal(
  store: JournalStore,
  gate: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await store.newest?.(journalName(gate))) ?? [];
}

export function journalAct(
  store: JournalStore,
  record: RotationRecord,
  act: RotationAct,
  ended: { readonly at: EpochSeconds; readonly outcome: JournalOutcome; readonly error?: string },
): Promise<void> {
  return store.append(journalName(record.gate), {
    at: formatInstant(ended.at),
    gate: record.gate,
    rotation: record.rotation,
    epoch: record.epoch,
    goal: record.goal,
    mode: record.mode,
    step: act.step,
    act: act.act,
    ...targetOf(act),
    why: act.why,
    repair: act.repair,
    outcome: ended.outcome,
    error: ended.error,
  });
}

/** How a run ended: a wait, a halt, the end. */
export function journalEnding(
  store: JournalStore,
  record: RotationRecord,
  at: EpochSeconds,
  ending: Exclude<NextAction, RotationAct>,
): Promise<void> {
  const details =
    "halt" in ending
      ? { halt: ending.halt, message: ending.message }
      : "waitUntil" in ending
        ? { waitUntil: formatInstant(ending.waitUntil), waitingFor: ending.waitingFor }
        : { finished: ending.finished };
  return store.append(journalName(record.gate), {
    at: formatInstant(at),
    gate: record.gate,
    rotation: record.rotation,
    epoch: record.epoch,
    step: ending.step,
    ...details,
  });
}

function targetOf(act: RotationAct): Readonly<Record<string, unknown>> {
  switch (act.act) {
    case "write-group":
      return { keyGroup: act.group.id, etag: act.group.etag, added: act.add, removed: act.remove };
    case "move-current":
      return { from: act.from, to: act.to };
    case "pin":
      return { label: act.label, to: act.to };
    case "release":
      return { label: act.label, from: act.from };
    case "store-key":
    case "store-copy":
      return { versionId: act.versionId };
    case "send-triple":
    case "delete-key":
      return { keyPairId: act.keyPairId };
    default:
      return {};
  }
}
