/** A rotation's record, status and journal as the drawing of its stages. Pure. */
import type { AbortBand, StageMark, StageRow, StageSpan, StageTimeline } from "../../pictures/stages.ts";
import type { RotationStep } from "../../rotation/next.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import { type EpochSeconds, formatDuration } from "../../time.ts";
import { STEP_RESULT } from "../step-results.ts";
import type { JournalEntry } from "./journal-entries.ts";
import { type StageInterval, stageTimes } from "./stage-times.ts";

export interface RotationSeen {
  readonly record: RotationRecord;
  /** Absent if the gate's current state could not be read. */
  readonly status?: RotationStatus;
  readonly journal: readonly JournalEntry[];
  readonly now: EpochSeconds;
}

/** Stages that wait for time to pass. */
const WAITS: ReadonlySet<RotationStep> = new Set([
  "trust-proven",
  "old-cookies-expired",
  "untrust-proven",
  "new-cookies-expired",
]);

export function rotationTimeline(seen: RotationSeen): StageTimeline {
  const { record, status, journal, now } = seen;
  const isOver = record.finished !== undefined;
  const end = record.finished?.at ?? Math.max(now, status?.until ?? now);
  const current = isOver ? undefined : (status?.step ?? lastStep(journal));
  const times = stageTimes(record, journal, current, turnedAt(seen));
  const marks = marksOf(seen);
  const rows = times.map((each) => rowOf(each, times, marks, seen));
  const waited = rows.flatMap(({ spans }) => spans).filter(({ kind }) => kind === "wait");
  const length = waited.reduce((sum, { from, to }) => sum + to - from, 0);
  const done = rows.filter(({ state }) => state === "done").length;
  return {
    title: "Stages",
    says: `${done} of ${rows.length} steps are complete. ${isOver ? "It took" : "So far"} ${formatDuration((isOver ? end : now) - record.openedAt)}, ${formatDuration(length)} of it waiting; times are AWS's.`,
    from: record.openedAt,
    // An axis needs a length, also in the second in which the rotation is opened.
    to: Math.max(end, record.openedAt + 60),
    now: isOver ? undefined : now,
    rows,
    abort: abortBands(record, isOver ? end : now, turnedAt(seen)),
  };
}

const lastStep = (journal: readonly JournalEntry[]) => journal.at(-1)?.step as RotationStep | undefined;

interface PlacedMark extends StageMark {
  /** The row that it belongs on; otherwise the one that was under way. */
  readonly step?: RotationStep;
}

function rowOf(
  time: StageInterval,
  times: readonly StageInterval[],
  marks: readonly PlacedMark[],
  { status, now }: RotationSeen,
): StageRow {
  const { step, from, to, isLatest, by } = time;
  const isNow = from !== undefined && to === undefined;
  const isDone =
    to !== undefined || times.slice(times.indexOf(time) + 1).some((each) => each.from !== undefined);
  const kind = WAITS.has(step) ? "wait" : "work";
  const spans: StageSpan[] = [];
  if (from !== undefined) spans.push({ from, to: to ?? Math.max(from, now), kind });
  if (isNow && status?.until !== undefined) spans.push({ from: now, to: status.until, kind: "planned" });
  return {
    stage: step,
    means: STEP_RESULT[step],
    state: isNow ? "now" : isDone ? "done" : "ahead",
    spans,
    isLatest,
    by,
    marks: marks.filter((mark) => (mark.step ?? underWay(mark.at, times)) === step),
  };
}

function underWay(at: EpochSeconds, times: readonly StageInterval[]): RotationStep | undefined {
  const dated = times.filter(({ from }) => from !== undefined);
  const within = dated.find(
    ({ from, to, isLatest }) => !isLatest && at >= (from ?? 0) && at <= (to ?? Infinity),
  );
  return (within ?? dated.at(-1))?.step;
}

function marksOf({ record, status, journal, now }: RotationSeen): PlacedMark[] {
  const { proofs, repairs, amended = [], goal, noReturn } = record;
  const marks: PlacedMark[] = [];
  const proof = (at: EpochSeconds | undefined, step: RotationStep, says: string) => {
    if (at !== undefined) marks.push({ at, kind: "proof", step, says });
  };
  proof(proofs.new?.provenAt, "trust-proven", "the edge accepts the new key");
  proof(proofs.gone?.provenAt, "untrust-proven", "the edge denies the old key");
  if (goal === "abort") proof(proofs.old?.provenAt, "signer-switched-back", "the edge accepts the old key");
  for (const { at, what, lasted } of repairs) {
    const length = lasted === undefined ? "" : ` (had lasted ${formatDuration(lasted)})`;
    marks.push({ at, kind: "repair", says: `${what}${length}` });
  }
  for (const { at, what } of amended) marks.push({ at, kind: "note", says: `record amended: ${what}` });
  if (noReturn !== undefined)
    marks.push({
      at: noReturn,
      kind: "note",
      step: goal === "abort" ? "new-key-deleted" : "old-key-deleted",
      says: "point of no return: a public key is being deleted",
    });
  marks.push(...haltsOf(journal), ...turnsOf(journal));
  if (
    status?.halt !== undefined &&
    !marks.some(({ kind, says }) => kind === "halt" && says.startsWith(status.halt ?? ""))
  )
    marks.push({ at: now, kind: "halt", step: status.step, says: `${status.halt}: ${status.says}` });
  return marks;
}

/** The same halt, repeated in each run until somebody resolves it, counts once. */
function haltsOf(journal: readonly JournalEntry[]): PlacedMark[] {
  let last: string | undefined;
  return journal.flatMap(({ at, step, halt, message }): PlacedMark[] => {
    const isNew = halt !== undefined && halt !== last;
    last = halt;
    return isNew ? [{ at, kind: "halt", step: step as RotationStep, says: `${halt}: ${message ?? ""}` }] : [];
  });
}

/** When it turned to the abort, or became urgent. */
function turnsOf(journal: readonly JournalEntry[]): PlacedMark[] {
  return journal.flatMap(({ at, step, goal, mode }, index): PlacedMark[] => {
    const before = journal.slice(0, index).findLast((each) => each.goal !== undefined);
    if (before === undefined || goal === undefined) return [];
    const says = [
      ...(goal === before.goal ? [] : [goal === "abort" ? "aborted by an operator" : "turned forward again"]),
      ...(mode === before.mode ? [] : [`made ${mode}`]),
    ];
    return says.length === 0 ? [] : [{ at, kind: "note", step: step as RotationStep, says: says.join(", ") }];
  });
}

/** When the goal turned to abort, or the first trace of it. */
function turnedAt({ record, journal, now }: RotationSeen): EpochSeconds | undefined {
  if (record.goal === "forward") return undefined;
  const { proofs, backAt, noReturn, finished } = record;
  const traces = [proofs.old?.begunAt, backAt?.sentAt, noReturn, finished?.at, now];
  return (
    journal.find(({ goal }) => goal === "abort")?.at ??
    Math.min(...traces.filter((each) => each !== undefined))
  );
}

function abortBands(
  record: RotationRecord,
  end: EpochSeconds,
  turned: EpochSeconds | undefined,
): AbortBand[] {
  const { openedAt, newMaySign, oldMayGo, noReturn, mode, goal, settings } = record;
  const { cacheTtl, longestLife, skew } = settings;
  const isEmergency = mode !== "normal";
  const takes =
    cacheTtl === "until-restart"
      ? "signers must be restarted again"
      : `about ${formatDuration(cacheTtl + longestLife + skew)}`;
  const back = `signers are switched back, then the new key's cookies expire (${takes}); nobody is cut off`;
  const cuts: readonly (readonly [EpochSeconds | undefined, Omit<AbortBand, "from" | "to">])[] = [
    [openedAt, { cost: "none", says: "immediate: the new key is removed again; nobody is cut off" }],
    isEmergency
      ? [
          newMaySign,
          { cost: "refused", says: "refused: the old key is compromised, and signers may have left it" },
        ]
      : [newMaySign, { cost: "wait", says: back }],
    [
      isEmergency ? undefined : oldMayGo,
      { cost: "wait", says: `the old key is trusted and proven again, then ${back}` },
    ],
    [turned, { cost: "wait", says: "under way: the abort continues until the new key is gone" }],
    [
      goal === "forward" ? noReturn : undefined,
      { cost: "refused", says: "refused: the old key is being deleted; undoing this takes a new rotation" },
    ],
  ];
  const known = cuts.flatMap(([at, band]) => (at === undefined || at > end ? [] : [{ ...band, from: at }]));
  const before = turned === undefined ? known : known.filter(({ from }) => from <= turned);
  return before
    .map((band, index) => ({ ...band, to: before[index + 1]?.from ?? end }))
    .filter(({ from, to }, index) => to > from || index === before.length - 1);
}
