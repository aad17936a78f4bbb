/**
 * What a deployment's executions are doing and did, by gate: from their names, the state that each waits in, and how
 * they ended. Reads only.
 */

import { isRecord } from "../is-record.ts";
import type { EngineCloud, ExecutionSummary } from "../seams/engine.ts";
import { type EpochSeconds, parseInstant } from "../time.ts";
import { executionKindOf, gatePart, gatePartOf } from "./execution-name.ts";
import type { ExecutionKind } from "./turn-shape.ts";

export interface DrivingExecution {
  readonly name: string;
  readonly startedAt: EpochSeconds;
  /** The message of its last turn; absent while a turn is running. */
  readonly rotation?: string;
  readonly stage?: string;
  readonly says?: string;
  /** When it checks again; absent while a turn is running. */
  readonly wakeAt?: EpochSeconds;
}
export interface EndedExecution {
  readonly name: string;
  readonly kind: ExecutionKind;
  readonly status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly startedAt: EpochSeconds;
  readonly endedAt: EpochSeconds;
  /** Why it had nothing more to do, or how it failed. */
  readonly says: string;
}
export interface GateExecutions {
  readonly gate: string;
  /** The earliest first; the later ones leave the work to it. */
  readonly atWork: readonly DrivingExecution[];
  /** The latest of each kind. */
  readonly ended: readonly EndedExecution[];
  /** When the latest tick started, however it ended. */
  readonly tickedAt?: EpochSeconds;
}

/** One page: four days of ticks, for ten gates. */
const NEWEST = 1000;

export async function executionsOf(
  gates: readonly string[],
  machineArn: string,
  engine: EngineCloud,
): Promise<GateExecutions[]> {
  const [running, newest] = await Promise.all([
    engine.executions(machineArn, { running: true }),
    engine.executions(machineArn, { newest: NEWEST }),
  ]);
  return Promise.all(
    gates.map(async (gate) => {
      const own = endedOf(gate, newest);
      const ended = (["start", "tick"] as const).flatMap(
        (kind) => own.find(({ name }) => executionKindOf(name) === kind) ?? [],
      );
      const tickedAt = newest.find(
        ({ name }) => gatePartOf(name) === gatePart(gate) && executionKindOf(name) === "tick",
      )?.startedAt;
      return {
        gate,
        atWork: await drivingExecutionsOf(gate, running, engine),
        ended: await Promise.all(ended.map((each) => toldEnd(each, engine))),
        tickedAt,
      };
    }),
  );
}

/** A gate's ended executions, the latest end first: one may have waited for days while many short ones ran. */
export function endedOf(gate: string, all: readonly ExecutionSummary[]): ExecutionSummary[] {
  return all
    .filter(({ name, status }) => gatePartOf(name) === gatePart(gate) && status !== "RUNNING")
    .toSorted((one, other) => endOf(other) - endOf(one));
}

const endOf = ({ stoppedAt, startedAt }: ExecutionSummary) => stoppedAt ?? startedAt;

/** The executions that drive a gate now, or wait. */
export async function drivingExecutionsOf(
  gate: string,
  running: readonly ExecutionSummary[],
  engine: Pick<EngineCloud, "waitingWith">,
): Promise<DrivingExecution[]> {
  const own = running
    .filter(({ name }) => gatePartOf(name) === gatePart(gate))
    .toSorted((one, other) => one.startedAt - other.startedAt);
  return Promise.all(
    own.map(async ({ arn, name, startedAt }) => {
      const waiting = parsed(await engine.waitingWith(arn));
      const { rotation, stage, why, wakeAt } = waiting;
      return {
        name,
        startedAt,
        rotation: isText(rotation) ? rotation : undefined,
        stage: isText(stage) ? stage : undefined,
        says: isText(why) ? why : undefined,
        wakeAt: isText(wakeAt) ? parseInstant(wakeAt) : undefined,
      };
    }),
  );
}

async function toldEnd(
  execution: ExecutionSummary,
  engine: Pick<EngineCloud, "ended">,
): Promise<EndedExecution> {
  const { arn, name, status, startedAt, stoppedAt = startedAt } = execution;
  const { output, error, cause } = await engine.ended(arn);
  const { why } = parsed(output);
  return {
    name,
    kind: executionKindOf(name) as ExecutionKind,
    status: status as EndedExecution["status"],
    startedAt,
    endedAt: stoppedAt,
    says: isText(why) ? why : [error, cause].filter(isText).join(": "),
  };
}

/** An execution that a person started may hold anything. */
function parsed(json: string | undefined): Readonly<Record<string, unknown>> {
  if (json === undefined) return {};
  const value: unknown = JSON.parse(json);
  return isRecord(value) ? value : {};
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
