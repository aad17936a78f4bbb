/**
 * One turn of a rotation driven by Step Functions: runs `rotate start` or `rotate resume` under a deadline, and
 * returns what comes next. The record remains the only state; a turn that is killed at any point is simply repeated.
 */
import { ConflictError, HaltError, InternalError, isError, KeyturnError, RemoteError } from "../errors.ts";
import { declaredGate } from "../rotation/locate.ts";
import type { RotationRecord } from "../rotation/record.ts";
import { openSession, recordOf } from "../rotation/session.ts";
import type { World } from "../seams/world.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { earlierExecution } from "./earlier-execution.ts";
import { presentKeyAge, recordedKeyAge } from "./key-age.ts";
import { endMessage, errorMessage, outageMessage, type RunbookOf } from "./messages.ts";
import type { TurnMetrics } from "./metrics.ts";
import { isOver, type RotateRun, type RunStatus, runStatusOf } from "./run-status.ts";
import type { TurnInput, TurnMessage, TurnResult } from "./turn-shape.ts";
import { wakeAt } from "./wake.ts";

export interface TurnTools {
  /** Its interrupt is the deadline. */
  readonly world: World;
  /** Path of keyturn.yaml. */
  readonly config: string;
  readonly start: RotateRun;
  readonly resume: RotateRun;
  readonly runbookOf: RunbookOf;
  readonly emit: (metrics: TurnMetrics, at: EpochSeconds) => void;
}

const STARTER = "unattended";
/** After this many turns in a row without an answer, notify people. */
const PATIENCE = 10;
const AGAIN: Seconds = 60;
/** An unresolved halt is reported again at this hour, UTC, instead of every hour. */
const REMINDER_HOUR = 9;

/** Throws only for bugs, so that AWS's alarms show them; every other end is a result. */
export async function takeTurn(input: TurnInput, tools: TurnTools): Promise<TurnResult> {
  const { gate, execution, running = [] } = input;
  const first = input.task === "open" ? earlierExecution(gate, execution, running) : undefined;
  if (first !== undefined) return resultOf(input, { next: "done", why: `execution ${first} is running` });
  const turn = new Turn(input, tools);
  try {
    return await turn.take();
  } catch (thrown) {
    return turn.failed(thrown);
  }
}

type Change = Partial<TurnResult> & Pick<TurnResult, "next" | "why">;

function resultOf({ gate, kind, every, execution, rotation }: TurnInput, change: Change): TurnResult {
  const unsaid = { stage: "", epoch: 0, wakeAt: formatInstant(0), resumeAfter: "", troubles: 0 };
  const message = { subject: "", text: "" };
  return { gate, kind, every, execution, rotation, ...unsaid, message, ...change };
}

class Turn {
  readonly #input: TurnInput;
  readonly #tools: TurnTools;
  readonly #world: World;
  #record: RotationRecord | undefined;
  #keyAge: Seconds | undefined;
  /** Writes that advanced the rotation, or repaired something. */
  #changes = 0;
  #repairs = 0;

  constructor(input: TurnInput, tools: TurnTools) {
    this.#input = input;
    this.#tools = tools;
    this.#world = {
      ...tools.world,
      // Who started the rotation, according to its record.
      env: { ...tools.world.env, USER: STARTER },
      hostname: async () => input.execution,
      journal: { append: (name, entry) => this.#journal(name, entry) },
    };
  }

  async take(): Promise<TurnResult> {
    const { gate, kind, every, rotation } = this.#input;
    const { config, start, resume } = this.#tools;
    const declared = await declaredGate({ config, gate }, this.#world);
    // The function's own region is in its environment, which would otherwise win over the gate's.
    const flags = { config, gate, yes: true, region: declared?.region } as const;
    const session = await openSession(flags, this.#world);
    const before = (await recordOf(session))?.record;
    this.#record = before;
    const isOpen = before !== undefined && before.finished === undefined;
    if (before !== undefined && rotation !== "" && before.rotation !== rotation) {
      return this.#done(`rotation ${rotation} is over: the gate's latest is ${before.rotation}`);
    }
    this.#keyAge = before && (await recordedKeyAge(session, before));
    let run: RotateRun = resume;
    if (!isOpen && kind === "start" && rotation === "") {
      this.#keyAge ??= await presentKeyAge(flags, this.#world);
      const age = this.#keyAge;
      if (age !== undefined && age < every) {
        return this.#done(
          `the key is ${formatDuration(age)} old: due in ${formatDuration(every - age)} at the earliest`,
        );
      }
      run = start;
    } else if (before === undefined) return this.#done("this gate has never been rotated by keyturn");
    const readAgain = async () => {
      this.#record = (await session.tools.register.read())?.record ?? before;
      const earlier = before?.rotation === this.#record?.rotation ? (before?.repairs.length ?? 0) : 0;
      this.#repairs = (this.#record?.repairs.length ?? 0) - earlier;
    };
    const report = await run(flags, this.#world).catch(async (thrown: unknown) => {
      if (thrown instanceof HaltError) await readAgain();
      throw thrown;
    });
    await readAgain();
    const seen = runStatusOf(report.result);
    if (seen === undefined) return this.#done("no rotation is open");
    return this.#seen(seen, report.resumeAfter, isOpen || run === start, session.tools.clock.now());
  }

  #seen(
    seen: RunStatus,
    resumeAfter: EpochSeconds | undefined,
    wasOpen: boolean,
    now: EpochSeconds,
  ): TurnResult {
    const { runbookOf } = this.#tools;
    const { rotation, step, epoch, says } = seen;
    const where = { rotation, stage: step, epoch, why: says };
    if (isOver(seen) && seen.turn === "you") {
      const message = outageMessage(says, seen.typeNext, runbookOf, this.#input);
      return this.#told(message, where, wasOpen);
    }
    if (isOver(seen)) {
      this.#emit(0);
      if (!wasOpen && rotation !== this.#input.rotation) return this.#result({ ...where, next: "done" });
      return this.#result({ ...where, next: "tell", message: endMessage(seen, this.#input) });
    }
    this.#emit(0);
    if (seen.state !== "waiting" || this.#record === undefined) {
      return this.#result({ ...where, next: "turn" });
    }
    const at = wakeAt(this.#record, resumeAfter, now);
    const after = resumeAfter === undefined ? "" : formatInstant(Math.ceil(resumeAfter));
    return this.#result({ ...where, next: "wait", wakeAt: formatInstant(at), resumeAfter: after });
  }

  failed(thrown: unknown): TurnResult {
    const { world, runbookOf } = this.#tools;
    const rotation = this.#input.rotation || this.#openRotation();
    if (isError(thrown, "ERR_INTERRUPTED")) {
      return this.#result({ rotation, next: "turn", why: "the turn ran out of time; nothing is lost" });
    }
    if (!(thrown instanceof KeyturnError) || thrown instanceof InternalError) throw thrown;
    if (isPassing(thrown) && this.#input.troubles < PATIENCE) {
      const wakeAt = formatInstant(Math.ceil(world.clock.now() + AGAIN));
      const troubles = this.#input.troubles + 1;
      return this.#result({ rotation, next: "wait", wakeAt, troubles, why: thrown.message });
    }
    const message = errorMessage(thrown, runbookOf, this.#input);
    return this.#told(message, { rotation, why: thrown.message }, false);
  }

  /** A tick that changed nothing and finds the same state as an hour ago reports it once a day. */
  #told(message: TurnMessage, where: Partial<TurnResult> & { why: string }, isNews: boolean): TurnResult {
    this.#emit(1);
    const { task, kind } = this.#input;
    const hour = new Date(this.#tools.world.clock.now() * 1000).getUTCHours();
    const isRepeat = kind === "tick" && task === "open" && this.#changes === 0 && !isNews;
    if (isRepeat && hour !== REMINDER_HOUR) return this.#result({ ...where, next: "done" });
    return this.#result({ ...where, next: "tell", message });
  }

  #done(why: string): TurnResult {
    this.#emit(0);
    return this.#result({ next: "done", why });
  }

  #result(change: Change): TurnResult {
    return resultOf(this.#input, change);
  }

  #openRotation(): string {
    return this.#record?.finished === undefined ? (this.#record?.rotation ?? "") : "";
  }

  #emit(halts: number): void {
    const { emit, world } = this.#tools;
    const now = world.clock.now();
    const { openedAt, finished } = this.#record ?? { openedAt: now, finished: undefined };
    const open = finished === undefined ? Math.max(0, now - openedAt) : 0;
    emit({ KeyAge: this.#keyAge, OpenTime: open, Halts: halts, Repairs: this.#repairs }, now);
  }

  async #journal(name: string, entry: Readonly<Record<string, unknown>>): Promise<void> {
    if (entry.outcome === "done" && !PASSIVE.has(String(entry.act))) this.#changes += 1;
    await this.#tools.world.journal.append(name, entry);
  }
}

/** Acts that a halted rotation repeats whenever somebody resumes it. */
const PASSIVE: ReadonlySet<string> = new Set(["send-triple", "write-record"]);

/** Errors that may be gone by the next turn: no answer, or somebody else was faster. */
function isPassing(error: KeyturnError): boolean {
  return (
    error instanceof RemoteError ||
    (error instanceof ConflictError && isError(error, "ERR_PRECONDITION", "ERR_REFUSED", "ERR_EXISTS"))
  );
}
