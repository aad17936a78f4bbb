/** Sends canary requests, valid and invalid, until a response changes: for watching changes that others make. */
import type { Viewer } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import { executeProbe, type SendOptions } from "./execute.ts";
import type { JudgedOutcome } from "./judge.ts";
import { type Keys, prepareMaterials } from "./materials.ts";
import type { ProbePlan, ProbeRequest } from "./plan.ts";
import { preparation } from "./prepare.ts";
import { judgeRun } from "./reconsider.ts";

/** One canary's response at one moment. */
export interface CanaryResult {
  readonly at: EpochSeconds;
  readonly verdict: JudgedOutcome["judgement"]["verdict"];
  /** What is compared: status and code, or who answered. */
  readonly answer: string;
}

export interface Canary {
  readonly request: ProbeRequest;
  /** The latest ones, oldest first. */
  readonly beats: readonly CanaryResult[];
}

interface CanaryChange {
  readonly at: EpochSeconds;
  readonly request: ProbeRequest;
  readonly from: string;
  readonly to: string;
}

export interface WatchRun {
  readonly canaries: readonly Canary[];
  readonly rounds: number;
  readonly startedAt: EpochSeconds;
  readonly endedAt: EpochSeconds;
  /** The first change of any canary, which ends the watch. */
  readonly change?: CanaryChange;
  /** Ended by a signal. */
  readonly interrupted: boolean;
  /** The last round, judged as in a probe. */
  readonly last: readonly JudgedOutcome[];
}

export interface WatchChoice {
  readonly every: Seconds;
  /** How long to watch; without it only a change or an interrupt ends it. */
  readonly for?: Seconds | undefined;
  /** Called after each round. */
  readonly watched: (progress: WatchProgress) => void;
}

export type WatchProgress = Pick<WatchRun, "canaries" | "rounds">;

/** What fits on a terminal line. */
const KEPT_BEATS = 60;

/**
 * Ends at the first change, after `for`, or when the signal aborts, which is not an error here: the result covers the
 * time until then. Mints new cookies each round, so that only the expired case is expired.
 */
export async function watch(
  plan: ProbePlan,
  keys: Keys,
  choice: WatchChoice,
  world: { readonly viewer: Viewer; readonly clock: Clock },
  sending: SendOptions,
): Promise<WatchRun> {
  const { clock } = world;
  const startedAt = clock.now();
  const beats = new Map<ProbeRequest, CanaryResult[]>(plan.requests.map((request) => [request, []]));
  const canaries = () => [...beats].map(([request, kept]) => ({ request, beats: kept }));
  let last: readonly JudgedOutcome[] = [];
  let rounds = 0;
  let change: CanaryChange | undefined;
  const end = startedAt + (choice.for ?? Number.POSITIVE_INFINITY);
  try {
    for (;;) {
      const at = clock.now();
      const ready = preparation(plan, prepareMaterials(keys, at), at, "watch");
      last = judgeRun(await executeProbe(plan.requests, ready, world, sending));
      rounds += 1;
      const changes = last.flatMap((judged) => noteBeat(beats.get(judged.request) ?? [], judged, at) ?? []);
      change = changes[0];
      choice.watched({ canaries: canaries(), rounds });
      if (change !== undefined || at + choice.every > end) break;
      await clock.sleep(Math.max(0, at + choice.every - clock.now()), sending.signal);
    }
  } catch (thrown) {
    if (!sending.signal?.aborted || rounds === 0) throw thrown;
  }
  return {
    canaries: canaries(),
    rounds,
    startedAt,
    endedAt: clock.now(),
    change,
    interrupted: change === undefined && sending.signal?.aborted === true,
    last,
  };
}

function noteBeat(kept: CanaryResult[], judged: JudgedOutcome, at: EpochSeconds): CanaryChange | undefined {
  const before = kept.at(-1);
  const beat = { at, verdict: judged.judgement.verdict, answer: answerOf(judged) };
  kept.push(beat);
  if (kept.length > KEPT_BEATS) kept.shift();
  if (before === undefined || before.answer === beat.answer) return undefined;
  return { at, request: judged.request, from: before.answer, to: beat.answer };
}

/** Whether the cache or the origin answers may vary without any change to the gate. */
function answerOf({ answer }: JudgedOutcome): string {
  if (answer === undefined) return "no answer";
  const what = answer.code ?? (answer.edge === "passed" ? "passed" : answer.layer);
  return `${answer.status} ${what}`;
}
