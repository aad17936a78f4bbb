/** When each stage of a rotation began and ended, from its record and, where this machine has one, its journal. */
import { ABORT_STEPS, type RotationStep } from "../../rotation/next.ts";
import { type RotationRecord, startedByText } from "../../rotation/record.ts";
import { STAGES } from "../../rotation/stage.ts";
import type { EpochSeconds } from "../../time.ts";
import type { JournalEntry } from "./journal-entries.ts";

export interface StageInterval {
  readonly step: RotationStep;
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  /** Complete by `to`; the exact time is not recorded. */
  readonly isLatest: boolean;
  readonly by?: string;
}

/** The forward stages that were reached, and the steps of the abort if there was one at `turned`. */
export function stageTimes(
  record: RotationRecord,
  journal: readonly JournalEntry[],
  current: RotationStep | undefined,
  turned?: EpochSeconds,
): StageInterval[] {
  const ends = new Map<RotationStep, EpochSeconds>(recordedEnds(record));
  for (const { step, at, outcome } of journal) {
    if (outcome !== "done" || !isStep(step)) continue;
    // The record's instants are AWS's; the journal only adds those that the record lacks.
    if (!recordedEnds(record).some(([known]) => known === step)) ends.set(step, at);
  }
  const order = stepsOf(record, ends, journal, current);
  const isOver = record.finished !== undefined;
  const at = isOver || current === undefined ? order.length : order.indexOf(current);
  let before: EpochSeconds = record.openedAt;
  return order.map((step, index): StageInterval => {
    const by = byOf(step, record, journal);
    // Between the last stage and the decision to abort, the rotation waited.
    if (step === ABORT_STEPS[0] && turned !== undefined) before = Math.max(before, turned);
    if (index >= at) return { step, isLatest: false, from: index === at ? before : undefined, by };
    const own = ends.get(step);
    const later = order.slice(index + 1).find((each) => ends.has(each));
    const end = own ?? (later === undefined ? undefined : ends.get(later));
    if (end === undefined) return { step, isLatest: false, by };
    const from = Math.min(before, end);
    if (own !== undefined) before = Math.max(before, own);
    return { step, from, to: Math.max(from, end), isLatest: own === undefined, by };
  });
}

function recordedEnds(record: RotationRecord): [RotationStep, EpochSeconds][] {
  const { openedAt, proofs, newMaySign, switchedAt, oldMayGo, backAt, noReturn, finished, goal } = record;
  const isBack = goal === "abort";
  const known: [RotationStep, EpochSeconds | undefined][] = [
    ["record-opened", openedAt],
    ["trust-proven", proofs.new?.provenAt],
    ["signer-switched", switchedAt?.at ?? newMaySign],
    ["old-cookies-expired", oldMayGo],
    ["old-untrusted", oldMayGo === undefined ? undefined : proofs.gone?.begunAt],
    ["untrust-proven", proofs.gone?.provenAt],
    ["old-key-deleted", isBack ? undefined : finished?.at],
    ["signer-switched-back", backAt?.at],
    ["new-untrusted", isBack ? noReturn : undefined],
    ["new-key-deleted", isBack ? finished?.at : undefined],
  ];
  return known.filter((each): each is [RotationStep, EpochSeconds] => each[1] !== undefined);
}

function stepsOf(
  { goal }: RotationRecord,
  ends: ReadonlyMap<RotationStep, EpochSeconds>,
  journal: readonly JournalEntry[],
  current: RotationStep | undefined,
): readonly RotationStep[] {
  if (goal === "forward") return STAGES;
  const last = STAGES.findLastIndex(
    (stage) => ends.has(stage) || stage === current || journal.some(({ step }) => step === stage),
  );
  return [...STAGES.slice(0, last + 1), ...ABORT_STEPS];
}

/** The journal names whoever ran keyturn here. The record names only who opened the rotation. */
function byOf(
  step: RotationStep,
  { startedBy }: RotationRecord,
  journal: readonly JournalEntry[],
): string | undefined {
  const own = [...new Set(journal.filter((each) => each.step === step).flatMap(({ by }) => by ?? []))];
  if (own.length > 0) return own.join(", ");
  return step === "record-opened" ? startedByText(startedBy) : undefined;
}

function isStep(text: string): text is RotationStep {
  return ([...STAGES, ...ABORT_STEPS] as readonly string[]).includes(text);
}
