/** The status of a rotation, as a value: what it waits for and until when, whose turn, what to type, what an abort means. */
import type { KeyGroup } from "../seams/cloud.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { Mode } from "./mode.ts";
import { ABORT_STEPS, type HaltReason, type NextAction, type RotationStep } from "./next.ts";
import type { Observed } from "./observed.ts";
import { type Outage, outageOf } from "./outage.ts";
import { isProven, proofLength } from "./proof.ts";
import type { Goal, Repair, RotationRecord } from "./record.ts";
import { restoreCommands } from "./restore-commands.ts";
import { isTrustedEverywhere, mayNewHaveSigned, situationOf } from "./situation.ts";
import { STAGES } from "./stage.ts";
import { stageTime } from "./stage-times.ts";

export type WhoActs = "keyturn" | "nobody" | "you";

export interface StepState {
  readonly step: RotationStep;
  readonly state: "done" | "now" | "ahead";
  /** When it ended, if the record has the time. */
  readonly endedAt?: EpochSeconds;
  /** How long it takes, if known and more than about zero; absent once done. */
  readonly takes?: Seconds;
}

export interface AbortMeaning {
  readonly possible: boolean;
  readonly says: string;
  readonly takes?: Seconds;
}

export interface RotationStatus {
  readonly gate: string;
  readonly rotation: string;
  readonly goal: Goal;
  readonly mode: Mode;
  readonly epoch: number;
  readonly openedAt: EpochSeconds;
  /** How far this machine's clock is ahead of AWS's (negative: behind); absent if it is right. */
  readonly clockAhead?: Seconds;
  readonly startedBy: RotationRecord["startedBy"];
  /** Its record was lost and rebuilt: then nobody knows who opened it. */
  readonly rebuilt?: RotationRecord["rebuilt"];
  readonly old: string;
  readonly new?: string;
  readonly state: "waiting" | "halted" | "ready" | "rotated" | "aborted";
  /** Only when halted: the reason's id, which `keyturn explain` takes. */
  readonly halt?: HaltReason;
  readonly step: RotationStep;
  readonly steps: readonly StepState[];
  /** One sentence: what it waits for, why it halted, or what comes next. */
  readonly says: string;
  /** Viewers are being denied now: reported before anything else. */
  readonly outage?: Outage;
  readonly until?: EpochSeconds;
  readonly turn: WhoActs;
  /** What to do or type next, in order. */
  readonly typeNext: readonly string[];
  readonly abort: AbortMeaning;
  readonly repairs: readonly Repair[];
  /** After the end: the change that infrastructure code needs, or its next apply undoes the rotation. */
  readonly declare?: {
    readonly ownership: "terraform" | "cloudformation";
    readonly groups: readonly Pick<KeyGroup, "id" | "name" | "items" | "comment">[];
    /** The names of these resources in the code, if keyturn.yaml declares them. */
    readonly code?: NonNullable<RotationRecord["settings"]["code"]>;
    /** Key pair IDs: the code's public key is `to` now. Absent after an abort. */
    readonly replaced?: { readonly from: string; readonly to: string };
  };
}

export function statusOf(
  record: RotationRecord,
  observed: Observed,
  next: NextAction,
  now: EpochSeconds,
): RotationStatus {
  const summary = summaryOf(next, record, observed);
  const outage = outageOf(situationOf(record, observed, now));
  return {
    outage,
    gate: record.gate,
    rotation: record.rotation,
    goal: record.goal,
    mode: record.mode,
    epoch: record.epoch,
    openedAt: record.openedAt,
    clockAhead: observed.machineAhead,
    startedBy: record.startedBy,
    rebuilt: record.rebuilt,
    old: record.old.keyPairId,
    new: record.new?.keyPairId,
    step: next.step,
    steps: stepsOf(record, next),
    abort: abortMeaning(record, observed, now, outage !== undefined),
    repairs: record.repairs,
    ...summary,
    declare: "finished" in next ? declared(record, observed) : undefined,
  };
}

function declared(
  { settings, finished, old, new: fresh }: RotationRecord,
  { groups }: Observed,
): RotationStatus["declare"] {
  const { ownership, code } = settings;
  if (ownership === "none") return undefined;
  return {
    ownership,
    groups: groups.map(({ id, name, items, comment }) => ({ id, name, items, comment })),
    code,
    replaced:
      finished?.outcome === "rotated" && fresh !== undefined
        ? { from: old.keyPairId, to: fresh.keyPairId }
        : undefined,
  };
}

type StatusSummary = Pick<RotationStatus, "state" | "halt" | "says" | "until" | "turn" | "typeNext">;

function summaryOf(next: NextAction, record: RotationRecord, observed: Observed): StatusSummary {
  const resume = `keyturn rotate resume --gate ${record.gate} --wait`;
  if ("act" in next)
    return { state: "ready", says: `to do: ${next.why}`, turn: "keyturn", typeNext: [resume] };
  if ("halt" in next) {
    const { halt, message, remedies } = next;
    return { state: "halted", halt, says: message, turn: "you", typeNext: remedies };
  }
  if ("finished" in next) return finishedSummary(next.finished, record, observed);
  return {
    state: "waiting",
    says: `waiting for ${next.waitingFor}`,
    until: next.waitUntil,
    turn: "nobody",
    typeNext: [resume],
  };
}

/** The current state after a rotation: a finished record does not show what others did to group and secret since. */
function finishedSummary(
  state: "rotated" | "aborted",
  record: RotationRecord,
  observed: Observed,
): StatusSummary {
  const { gate, old, new: fresh } = record;
  const { current, groups } = observed;
  const { keyPairId } = current;
  const own = state === "rotated" ? fresh?.keyPairId : old.keyPairId;
  const lacking = groups.filter(({ items }) => keyPairId === undefined || !items.includes(keyPairId));
  const over = state === "rotated" ? "the rotation is finished" : "the new key is gone";
  const signing = `AWSCURRENT holds ${keyPairId ?? "a key that is not uploaded"}`;
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name).join(", ");
    const says = `${over}, but now ${signing}, which key group ${names} does not trust: viewers are being denied`;
    return {
      state,
      says,
      turn: "you",
      typeNext: [`keyturn audit --gate ${gate}`, ...restoreCommands(record, observed)],
    };
  }
  if (keyPairId !== own) {
    const says = `${over}; ${signing}, which somebody else put there: every key group trusts it, so keyturn leaves it alone`;
    return { state, says, turn: "you", typeNext: [`keyturn rotate plan --gate ${gate}`] };
  }
  const others = new Set(groups.flatMap(({ items }) => items).filter((id) => id !== own));
  const says =
    state === "aborted"
      ? "the old key stays; the new one is gone"
      : others.size === 0
        ? "only the new key is trusted, and it signs"
        : `the new key is trusted and signs; also trusted: ${[...others].join(", ")}`;
  return { state, says, turn: "nobody", typeNext: [] };
}

function stepsOf(record: RotationRecord, next: NextAction): readonly StepState[] {
  const order: readonly RotationStep[] = record.goal === "forward" ? STAGES : ABORT_STEPS;
  const at = order.indexOf(next.step);
  const isOver = "finished" in next;
  return order.map((step, index) => {
    const isDone = isOver || index < at;
    const state = isDone ? "done" : index === at ? "now" : "ahead";
    return { step, state, ...stageTime(record, step, isDone) };
  });
}

/** What `rotate abort` would do now, how long it takes, and who is cut off. */
function abortMeaning(
  record: RotationRecord,
  observed: Observed,
  now: EpochSeconds,
  isOutage: boolean,
): AbortMeaning {
  const refusal = abortRefusal(record);
  if (refusal !== undefined) return { possible: false, says: refusal };
  const nobody = isOutage ? "viewers are denied until a trusted key signs again" : "nobody is cut off";
  const situation = situationOf(record, observed, now);
  if (!mayNewHaveSigned(situation)) {
    const theirs = observed.current.keyPairId;
    const end =
      theirs !== undefined && theirs !== record.old.keyPairId && isTrustedEverywhere(situation, theirs)
        ? `AWSCURRENT stays on ${theirs}, ${nobody}`
        : record.mode === "normal"
          ? nobody
          : "the compromised key stays in use";
    return { possible: true, says: `immediate: the new key is removed again; ${end}`, takes: 0 };
  }
  const { cacheTtl, longestLife, skew, keyPairId } = record.settings;
  const isReady = isProven(record.proofs.old, record.old.keyPairId, observed.groups);
  const proof = isReady ? 0 : proofLength(record.settings);
  const first = isReady ? "" : "the old key is trusted and proven again, ";
  const says = `${first}signers are switched back, then the new key's cookies expire; ${nobody}`;
  if (keyPairId === "external")
    return { possible: true, says: `${says}; signers must be deployed with the old key pair ID first` };
  if (cacheTtl === "until-restart")
    return { possible: true, says: `${says}; signers must be restarted again` };
  return { possible: true, says, takes: proof + cacheTtl + longestLife + skew };
}

/** Why an abort is refused; undefined when it is not (R3, R18). */
export function abortRefusal(record: RotationRecord): string | undefined {
  if (record.finished !== undefined)
    return "refused: the rotation is finished; undoing it takes a new rotation";
  if (record.goal === "abort") return "it is under way";
  if (record.noReturn !== undefined)
    return "refused: the old key is being deleted; undoing this takes a new rotation";
  if (record.mode !== "normal" && record.newMaySign !== undefined) {
    return "refused: the old key is compromised, and signers may have left it already";
  }
  return undefined;
}
