/** A rotation's status on one screen: where it stands, how long it waits, who has to act, what to run next, what abort means now. */
import type { KeyturnError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { restoreLine } from "../gates/secret-id.ts";
import { changesAhead } from "../rotation/changes-ahead.ts";
import type { DeletedRecord } from "../rotation/locate.ts";
import type { Mode } from "../rotation/mode.ts";
import { openedByText, type RotationRecord, startedByText } from "../rotation/record.ts";
import type { Stage } from "../rotation/stage.ts";
import type { AbortMeaning, RotationStatus, StepState, WhoActs } from "../rotation/status.ts";
import { table, wrap } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import type { DrivingExecution } from "../unattended/executions.ts";
import { atWorkText, shownAtWork } from "./driving-execution.ts";
import { outcomeOf, type Report } from "./report.ts";
import { declareText } from "./rotation-declare.ts";
import { impactOf } from "./rotation-plan.ts";
import type { Style } from "./style.ts";

/** Not shown while viewers are being denied, because the status then leads with the repair. */
const REPAIR_TURN = "keyturn; resuming repairs it";
export const WHO_ACTS_TEXT: Readonly<Record<WhoActs, string>> = {
  keyturn: "keyturn; it can continue now",
  nobody: "nobody; it has to wait",
  you: "you",
};

/** `resumeAfter` is set while waiting; `pendingOk` makes waiting exit 0, for CI. */
export function rotationStatusReport(
  status: RotationStatus,
  now: EpochSeconds,
  pendingOk = false,
  atWork?: readonly DrivingExecution[],
): Report {
  return {
    outcome: isOver(status) ? "done" : "pending",
    result: { ...jsonOf(status), atWork: atWork?.map(shownAtWork) },
    findings: [],
    text: (style) => statusText(status, now, style, atWork),
    resumeAfter: status.until,
    exitCode: !isOver(status) && pendingOk ? 0 : undefined,
  };
}

/** A gate with a record, but whose other state could not be read. */
export interface UnreadGate {
  readonly gate: string;
  readonly error: KeyturnError;
}
export interface AllGates {
  readonly found: readonly RotationStatus[];
  readonly deleted: readonly DeletedRecord[];
  readonly unread: readonly UnreadGate[];
}

/** One line per gate: where each stands and until when; then the unreadable records. */
export function allStatusReport(
  { found, deleted, unread }: AllGates,
  now: EpochSeconds,
  pendingOk = false,
): Report {
  const findings = [...unread.map(unreadFinding), ...deleted.map(deletedFinding)];
  const isAllOver = found.every(isOver);
  const outcome = outcomeOf(findings) === "finding" ? "finding" : isAllOver ? "done" : "pending";
  return {
    outcome,
    result: found.map(jsonOf),
    findings,
    text: (style) => {
      if (found.length > 0) return gatesText(found, now, style);
      return deleted.length > 0 ? "" : "no gate of this account and region has a rotation record";
    },
    exitCode: outcome === "pending" && pendingOk ? 0 : undefined,
  };
}

export function unreadFinding({ gate, error }: UnreadGate): Finding {
  return {
    id: "gate-unreadable",
    severity: "error",
    message: `gate ${gate} cannot be read: ${error.message}`,
    basis: "observed",
    evidence: [error.code],
    remedy: error.hints[0] ?? `keyturn rotate status --gate ${gate}`,
  };
}

/** Quotes AWS's DeletedDate as is: its pages differ on whether it is the request's or the deletion's date. */
export function deletedFinding(deleted: DeletedRecord): Finding {
  const { record, deletedAt, isInUse } = deleted;
  const why = isInUse
    ? "until it is restored, nobody can tell whether a rotation is open, and in what state"
    : "the gate's secret is gone, or also marked for deletion";
  return {
    id: "rotation-record-deleted",
    severity: isInUse ? "warning" : "note",
    message: `rotation record ${record} is marked for deletion: ${why}`,
    basis: "observed",
    evidence: [`DeletedDate ${formatInstant(deletedAt)}`],
    remedy: restoreLine(record),
  };
}

function gatesText(all: readonly RotationStatus[], now: EpochSeconds, style: Style): string {
  const rows = all.map((each) => [
    each.gate,
    each.outage === undefined ? each.state : style.bad("OUTAGE"),
    each.step,
    each.until === undefined ? "" : `in ${formatDuration(Math.max(0, each.until - now))}`,
  ]);
  const [head, ...lines] = table([["gate", "state", "stage", "until"].map(style.dim), ...rows]).split("\n");
  // A command on its own line is never wrapped.
  const next = all.map(({ typeNext }) => typeNext.at(-1));
  const body = lines.flatMap((line, at) => [
    line,
    ...(next[at] === undefined ? [] : [`  ${style.sign.arrow} ${next[at]}`]),
  ]);
  return [head, ...body].join("\n");
}

export function neverRotatedReport(gate: string): Report {
  return {
    outcome: "done",
    result: { gate, state: "never-rotated" },
    findings: [],
    text: (style) =>
      [
        `gate ${gate} has never been rotated by keyturn: it has no record`,
        `${style.sign.arrow} ${style.code(`keyturn rotate plan --gate ${gate}`)}`,
      ].join("\n"),
  };
}

/** Shown before a rotation continues. */
export function resumedChanges(
  record: RotationRecord,
  mode: Mode | undefined,
  until?: Stage,
): readonly string[] {
  const { rotation, goal, finished, settings } = record;
  if (finished !== undefined) return [`rotation ${rotation} is finished: clean up whatever is left`];
  if (mode !== undefined) {
    return [`make rotation ${rotation} ${mode}, and continue it`, impactOf({ mode, settings })];
  }
  return [`continue rotation ${rotation} (${goal})`, ...changesAhead(record, until)];
}

/** Shown before a rotation is aborted, or why it is not. */
export function abortChanges({ rotation, goal, state, abort }: RotationStatus): readonly string[] {
  if (goal === "abort") {
    return [
      state === "aborted" ? `rotation ${rotation} was aborted` : `continue aborting rotation ${rotation}`,
    ];
  }
  return abort.possible ? [`give up rotation ${rotation}`, saysAndTakes(abort)] : [`abort is ${abort.says}`];
}

function statusText(
  status: RotationStatus,
  now: EpochSeconds,
  style: Style,
  atWork: readonly DrivingExecution[] = [],
): string {
  const { gate, rotation, goal, mode, epoch } = status;
  const title = `gate ${gate}, rotation ${rotation}`;
  const facts = [goal, mode === "normal" ? "" : `MODE ${mode}`, `epoch ${epoch}`].filter(
    (each) => each !== "",
  );
  const blocks = [
    outageText(status, now, style),
    [`${style.bold(title)} (${facts.join(", ")})`, openedLine(status, now, style), keysLine(status)].join(
      "\n",
    ),
    isOver(status) ? "" : status.steps.map((step) => stepLine(step, style)).join("\n"),
    wrap(statusLine(status, now, style), style.columns),
    isOver(status) && status.turn === "nobody" ? "" : turnTable(status, style),
    atWorkText(atWork, now, style),
    isOver(status) ? "" : abortText(status, style),
    repairsText(status, style),
    declareText(status),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Shown first: what is broken now, since when, and by whom. */
function outageText({ outage }: RotationStatus, now: EpochSeconds, style: Style): string {
  if (outage === undefined) return "";
  const { says, since, by } = outage;
  const lines = [
    style.bad(`${style.mark.fail} OUTAGE: ${says}`),
    ...(since === undefined
      ? []
      : [
          `began: at ${formatInstant(Math.floor(since))} or later (at most ${formatDuration(Math.max(0, now - since))} ago)`,
        ]),
    `by: ${by}`,
  ];
  return lines.map((line) => wrap(line, style.columns, 0, 2)).join("\n");
}

/** A finished rotation's stages are all complete, so they are not shown. */
function statusLine(status: RotationStatus, now: EpochSeconds, style: Style): string {
  if (!isOver(status)) return untilText(status.until, now) + status.says;
  const sign = status.turn === "you" ? style.warn(style.sign.warn) : style.good(style.sign.ok);
  return `${sign} ${style.bold(status.state)}, all ${status.steps.length} stages: ${status.says}`;
}

function isOver({ state }: RotationStatus): boolean {
  return state === "rotated" || state === "aborted";
}

function turnTable({ turn, typeNext, outage }: RotationStatus, style: Style): string {
  const says = turn === "keyturn" && outage !== undefined ? REPAIR_TURN : WHO_ACTS_TEXT[turn];
  const rows = [["turn", says], ...typeNext.map((line, at) => [at === 0 ? "next" : "", line])];
  return table(
    rows.map(([label = "", text = ""]) => [
      style.dim(label),
      // A command stays on one line, however long, for copying.
      /^(keyturn|aws) /.test(text) ? style.code(text) : hanging(text, style),
    ]),
  );
}

/** The second column, wrapped within its width. */
function hanging(text: string, { columns }: Style): string {
  const margin = "next  ".length;
  return wrap(text, columns - margin).replaceAll("\n", `\n${" ".repeat(margin)}`);
}

function openedLine(status: RotationStatus, now: EpochSeconds, style: Style): string {
  const { openedAt, startedBy, rebuilt } = status;
  const by = rebuilt === undefined ? startedByText(startedBy) : openedByText(status);
  const words = [
    `opened ${formatInstant(openedAt)} (${formatDuration(Math.max(0, now - openedAt))} ago)`,
    by === undefined ? "" : `by ${by}`,
    startedBy.ticket === undefined ? "" : `for ${startedBy.ticket}`,
  ];
  return wrap(words.filter((each) => each !== "").join(" "), style.columns, 0, 2);
}

function keysLine({ old, new: fresh }: RotationStatus): string {
  return `old key ${old}, new key ${fresh ?? "not created yet"}`;
}

function stepLine({ step, state }: StepState, style: Style): string {
  const { ok, arrow, skip } = style.mark;
  if (state === "done") return `  ${style.good(ok)} ${step}`;
  return state === "now" ? `  ${style.bold(`${arrow} ${step}`)}` : style.dim(`  ${skip} ${step}`);
}

/** The time comes before the reason: otherwise "to expire until" and "accept K2? until" would be misread. */
function untilText(until: EpochSeconds | undefined, now: EpochSeconds): string {
  if (until === undefined) return "";
  return `until ${formatInstant(Math.ceil(until))} (in ${formatDuration(Math.max(0, until - now))}): `;
}

function saysAndTakes({ says, takes }: AbortMeaning): string {
  return takes === undefined || takes === 0 ? says : `${says} (about ${formatDuration(takes)})`;
}

function abortText({ abort, gate }: RotationStatus, style: Style): string {
  const text = abort.possible ? saysAndTakes(abort) : abort.says;
  const meaning = wrap(`${style.dim("abort now")}  ${text}`, style.columns, 0, 11);
  if (!abort.possible) return meaning;
  return `${meaning}\n${" ".repeat(11)}${style.code(`keyturn rotate abort --gate ${gate} --wait`)}`;
}

function repairsText({ repairs }: RotationStatus, style: Style): string {
  if (repairs.length === 0) return "";
  const lines = repairs.map(({ at, what, lasted }) => {
    const length = lasted === undefined ? "" : ` (had lasted ${formatDuration(lasted)})`;
    return wrap(`${style.sign.warn} ${formatInstant(at)} ${what}${length}`, style.columns, 2, 4);
  });
  return `repaired during this rotation:\n${lines.join("\n")}`;
}

function jsonOf(status: RotationStatus): Readonly<Record<string, unknown>> {
  return {
    ...status,
    outage:
      status.outage?.since === undefined
        ? status.outage
        : { ...status.outage, since: formatInstant(Math.floor(status.outage.since)) },
    openedAt: formatInstant(status.openedAt),
    rebuilt: status.rebuilt && { ...status.rebuilt, at: formatInstant(status.rebuilt.at) },
    steps: status.steps.map(({ endedAt, ...step }) => ({
      ...step,
      endedAt: endedAt === undefined ? undefined : formatInstant(endedAt),
    })),
    until: status.until === undefined ? undefined : formatInstant(Math.ceil(status.until)),
    repairs: status.repairs.map((each) => ({ ...each, at: formatInstant(each.at) })),
  };
}
