/**
 * The loop: observe, choose the next step, act; until a wait, a halt or the end. Used by commands, the rehearsal and
 * tests.
 */
import { ConflictError, isError, KeyturnError, RemoteError } from "../errors.ts";
import type { Cloud } from "../seams/cloud.ts";
import type { JournalStore, World } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import { awsClock, warnAboutMachineClock } from "./aws-clock.ts";
import { reportDisagreement } from "./disagreement.ts";
import { type ActOutcome, execute, type RotationTools } from "./execute.ts";
import { type JournalOutcome, journalAct, journalEnding, neverStopping } from "./journal.ts";
import { signedJournal } from "./journal-signature.ts";
import { keepInRecord } from "./keep-in-record.ts";
import { KeyCache } from "./key-cache.ts";
import type { CurrentRun, Finished, Halt, NextAction, RotationAct, WaitUntil } from "./next.ts";
import { nextAction } from "./next-action.ts";
import { type Observation, type ObservationSources, observe } from "./observe.ts";
import {
  isWorthKeeping,
  NO_PENDING_WRITES,
  type PendingWrites,
  withPendingWrites,
} from "./pending-writes.ts";
import type { RotationRecord } from "./record.ts";
import { withinRoom } from "./record-room.ts";
import { secretRegister } from "./register.ts";
import { isAfter, isStage, type Stage } from "./stage.ts";

export type DriveWorld = Pick<World, "clock" | "keyPairs" | "viewer" | "journal" | "interrupt"> &
  Partial<Pick<World, "env" | "hostname">> & {
    readonly terminal?: Pick<World["terminal"], "note" | "interactive" | "columns">;
  };

export interface DriveTools extends RotationTools {
  readonly journal: JournalStore;
}

/** What a run needs. */
export function driveTools(
  world: DriveWorld,
  cloud: Pick<Cloud, "controlPlane" | "vault" | "dates">,
  secretId: string,
  mintedKeyPairId?: ObservationSources["mintedKeyPairId"],
  gate?: string,
): DriveTools {
  const { keyPairs, viewer, journal, interrupt, terminal } = world;
  const clock = awsClock(cloud.dates, world.clock);
  return {
    clock,
    keyPairs,
    viewer,
    journal: neverStopping(signedJournal(journal, world), (text) => terminal?.note(text)),
    interrupt,
    controlPlane: cloud.controlPlane,
    vault: cloud.vault,
    register: secretRegister(cloud.vault, secretId, gate),
    keyCache: new KeyCache(),
    mintedKeyPairId,
    disagrees: terminal && reportDisagreement(terminal),
    machineClock: terminal && warnAboutMachineClock(terminal),
  };
}

/** Callbacks for a run's progress. */
export type ProgressEvent =
  | {
      readonly kind: "acted";
      readonly act: RotationAct;
      readonly outcome: ActOutcome;
      readonly record: RotationRecord;
    }
  | {
      readonly kind: "waiting";
      readonly wait: WaitUntil;
      readonly now: EpochSeconds;
      readonly record: RotationRecord;
    }
  | { readonly kind: "ended"; readonly next: RunEnding["next"] };
export type Progress = (event: ProgressEvent) => void;

export interface DriveOptions {
  /** Keep running through waits instead of ending at the first. */
  readonly wait?: boolean;
  /** End once this stage is complete. */
  readonly until?: Stage;
  /** The rotation opened a moment ago: reads may not show it yet. */
  readonly opened?: string;
  readonly progress?: Progress;
  /** How often to report an ongoing wait; HEARTBEAT by default. */
  readonly tick?: Seconds;
}

export interface RunEnding {
  readonly record: RotationRecord;
  readonly observation: Observation;
  readonly next: WaitUntil | Halt | Finished | { readonly reached: Stage; readonly step: NextAction["step"] };
}

/** How often a waiting run reports that it is alive and checks for outside damage. */
export const HEARTBEAT: Seconds = 30;
/** Dates are whole seconds: reading more often gains nothing. */
const SHORTEST_WAIT: Seconds = 1;
/** How often the same act may repeat before the run gives up: stale reads, lost races. */
const PATIENCE = 12;

/**
 * Throws ERR_NOT_FOUND without a record, ERR_INTERRUPTED after a signal, ERR_REFUSED if another rotation has replaced
 * the driven one, ERR_REMOTE or ERR_PRECONDITION if there is no more progress, and AWS's permanent errors.
 */
export async function drive(tools: DriveTools, options: DriveOptions = {}): Promise<RunEnding> {
  const { clock, journal, interrupt } = tools;
  const tell = options.progress ?? (() => {});
  let run: CurrentRun | undefined;
  let driven = options.opened;
  let known = NO_PENDING_WRITES;
  let repeated = { key: "", times: 0 };
  for (;;) {
    interrupt.throwIfAborted();
    const seen = await observe(tools, { isThere: run !== undefined, opened: driven });
    if (seen === undefined) throw noRecord();
    const observation = withPendingWrites(seen, known);
    const { record } = observation.registered;
    driven ??= record.rotation;
    if (record.rotation !== driven) throw otherRotation(driven, record);
    run ??= { tried: [], told: record.repairs.length };
    const wanted = nextAction(record, observation.observed, clock.now(), run);
    const next = "act" in wanted ? await withinRoom(wanted, observation, tools) : wanted;
    if (options.until !== undefined && isPast(next, options.until)) {
      const reached = { reached: options.until, step: next.step };
      await keepForLater(observation, tools);
      tell({ kind: "ended", next: reached });
      return { record, observation, next: reached };
    }
    if ("waitUntil" in next && options.wait === true) {
      await waitWithProgress(next, record, tools, options);
      continue;
    }
    if (!("act" in next)) {
      await keepForLater(observation, tools);
      tell({ kind: "ended", next });
      await journalEnding(journal, record, clock.now(), next);
      return { record, observation, next };
    }
    const key = `${keyOf(next)} ${next.act === "send-triple" ? record.proofs[next.proof]?.lastAt : ""}`;
    repeated = key === repeated.key ? { key, times: repeated.times + 1 } : { key, times: 0 };
    if (repeated.times > 0) await pause(tools, next, repeated.times);
    const outcome = await actAndJournal(next, observation, tools, (learned) => {
      known = learned;
    });
    if (next.act === "write-record" && outcome === "done") known = NO_PENDING_WRITES;
    if (next.act === "send-triple" && outcome === "done") run = { ...run, tried: [...run.tried, next.proof] };
    tell({ kind: "acted", act: next, outcome, record });
  }
}

/** Sleeps until the wait should be over, or until the next check for outside damage; the next responses decide. */
async function waitWithProgress(
  wait: WaitUntil,
  record: RotationRecord,
  { clock, interrupt }: DriveTools,
  { progress, tick = HEARTBEAT }: DriveOptions,
): Promise<void> {
  const began = clock.now();
  const length = Math.min(HEARTBEAT, Math.max(SHORTEST_WAIT, Math.ceil(wait.waitUntil) - began));
  for (let slept = 0; slept < length; ) {
    progress?.({ kind: "waiting", wait, now: began + slept, record });
    const piece = Math.min(tick, length - slept);
    await clock.sleep(piece, interrupt);
    slept += piece;
  }
}

/** Before it ends, a run saves what a later one would otherwise redo; without room or a response, it is redone. */
async function keepForLater(observation: Observation, tools: DriveTools): Promise<void> {
  if (!isWorthKeeping(observation)) return;
  try {
    await keepInRecord(observation.registered.record, observation, tools);
  } catch (thrown) {
    if (!(thrown instanceof KeyturnError) || isError(thrown, "ERR_INTERRUPTED")) throw thrown;
  }
}

async function actAndJournal(
  act: RotationAct,
  observation: Observation,
  tools: DriveTools,
  learn: (known: PendingWrites) => void,
): Promise<ActOutcome> {
  const { record } = observation.registered;
  const end = (outcome: JournalOutcome, error?: string) =>
    journalAct(tools.journal, record, act, {
      at: tools.clock.now(),
      outcome,
      error,
    });
  try {
    const outcome = await execute(act, observation, tools, learn);
    await end(outcome);
    return outcome;
  } catch (thrown) {
    const error = thrown instanceof KeyturnError ? `${thrown.code}: ${thrown.message}` : "internal";
    await end(isError(thrown, "ERR_INTERRUPTED") ? "interrupted" : "failed", error);
    throw thrown;
  }
}

/** The same act again: its effect is not visible yet, or somebody else was faster. Wait for reads to catch up instead of writing more. */
async function pause({ clock, interrupt }: DriveTools, act: RotationAct, times: number): Promise<void> {
  if (times > PATIENCE) {
    throw new RemoteError("ERR_REMOTE", `no progress: "${act.why}" has no visible effect`, [
      "keyturn rotate resume",
      "keyturn rotate status",
    ]);
  }
  await clock.sleep(Math.min(0.25 * 2 ** times, 15), interrupt);
}

function keyOf(act: RotationAct): string {
  switch (act.act) {
    case "write-group":
      return `${act.act} ${act.group.id} ${act.add.join()} ${act.remove.join()} ${act.epoch}`;
    case "move-current":
    case "pin":
      return `${act.act} ${act.to}`;
    case "release":
      return `${act.act} ${act.label}`;
    default:
      return `${act.act} ${act.why}`;
  }
}

function isPast(next: NextAction, until: Stage): boolean {
  if ("finished" in next || "halt" in next) return false;
  return isStage(next.step) && isAfter(next.step, until);
}

/**
 * A process that slept may wake to find its rotation finished. A rotation started since then belongs to somebody
 * else.
 */
function otherRotation(driven: string, { gate, rotation, finished }: RotationRecord): ConflictError {
  const state = finished === undefined ? "is open now" : `was ${finished.outcome} since`;
  return new ConflictError(
    "ERR_REFUSED",
    `rotation ${driven}, which this command was driving, is finished, and rotation ${rotation} ${state}: stopping here`,
    [`keyturn rotate status --gate ${gate}`],
  );
}

function noRecord(): ConflictError {
  return new ConflictError("ERR_NOT_FOUND", "this gate has no open rotation", ["keyturn rotate start"]);
}
