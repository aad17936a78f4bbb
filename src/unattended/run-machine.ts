/**
 * Runs the state machine of `state-machine.ts` here, for rehearsals and tests: exactly its kinds of states, and the paths
 * it uses. No library fits: aws-local-stepfunctions needs Node 22 and three AWS clients, and waits by the wall clock. The
 * tests compare this interpreter with it.
 */
import { isRecord } from "../is-record.ts";
import type { Clock } from "../seams/world.ts";
import { parseInstant, type Seconds } from "../time.ts";
import type { MachineState, StateMachine, TaskState } from "./state-machine.ts";

/** What AWS's engine sees of a failed task. */
export class TaskFailure extends Error {
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

export interface MachineOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly signal?: AbortSignal;
  readonly execution: string;
  /** The machine's own ARN. */
  readonly id: string;
  /** A task by its resource, with its parameters; throws TaskFailure. */
  readonly task: (resource: string, parameters: unknown) => Promise<unknown>;
  readonly entered?: (state: string, input: unknown) => void;
}
export interface MachineEnd {
  readonly status: "SUCCEEDED" | "FAILED";
  /** The output of the last state. */
  readonly output: unknown;
  /** Events in the execution's history, as AWS counts them. */
  readonly events: number;
  readonly path: readonly string[];
}

export async function runMachine(
  machine: StateMachine,
  input: unknown,
  options: MachineOptions,
): Promise<MachineEnd> {
  const { clock, signal, entered } = options;
  const context = { Execution: { Name: options.execution }, StateMachine: { Id: options.id } };
  const path: string[] = [];
  // ExecutionStarted, and its end.
  let events = 2;
  let data = input;
  let at = machine.StartAt;
  for (;;) {
    const state = machine.States[at] as MachineState;
    path.push(at);
    entered?.(at, data);
    events += 2;
    switch (state.Type) {
      case "Succeed":
        return { status: "SUCCEEDED", output: data, events, path };
      case "Fail":
        return { status: "FAILED", output: data, events: events - 1, path };
      case "Pass":
        data = placed(data, state.ResultPath, state.Result);
        break;
      case "Wait": {
        const until = parseInstant(String(find(data, state.TimestampPath)));
        await clock.sleep(Math.max(0, until - clock.now()), signal);
        break;
      }
      case "Choice": {
        const chosen = state.Choices.find(
          ({ Variable, StringEquals }) => find(data, Variable) === StringEquals,
        );
        at = chosen?.Next ?? state.Default;
        continue;
      }
      case "Task": {
        const ran = await attempt(state, data, context, options);
        events += 3 * ran.attempts;
        if (ran.next === undefined) return { status: "FAILED", output: ran.data, events, path };
        data = ran.data;
        at = ran.next;
        continue;
      }
    }
    at = state.Next;
  }
}

async function attempt(
  state: TaskState,
  data: unknown,
  context: unknown,
  { clock, signal, task }: MachineOptions,
): Promise<{ data: unknown; next: string | undefined; attempts: number }> {
  const retried = new Map<number, number>();
  for (let attempts = 1; ; attempts += 1) {
    try {
      const result = await task(state.Resource, filled(state.Parameters, data, context));
      const selected =
        state.ResultSelector === undefined ? result : filled(state.ResultSelector, result, context);
      return { data: placed(data, state.ResultPath, selected), next: state.Next, attempts };
    } catch (thrown) {
      if (!(thrown instanceof TaskFailure)) throw thrown;
      const { error, message } = thrown;
      const matches = ({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }) =>
        ErrorEquals.includes(error) || ErrorEquals.includes("States.ALL");
      const which = (state.Retry ?? []).findIndex(matches);
      const retrier = state.Retry?.[which];
      const times = retried.get(which) ?? 0;
      if (retrier !== undefined && times < retrier.MaxAttempts) {
        retried.set(which, times + 1);
        const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = retrier;
        const wait: Seconds = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** times);
        await clock.sleep(wait, signal);
        continue;
      }
      const catcher = state.Catch?.find(matches);
      const failure = { Error: error, Cause: message };
      if (catcher === undefined) return { data: failure, next: undefined, attempts };
      return { data: placed(data, catcher.ResultPath, failure), next: catcher.Next, attempts };
    }
  }
}

/** `$.a.b` in the data; a path that leads nowhere is an error, as in AWS. */
function find(data: unknown, path: string): unknown {
  let found = data;
  for (const name of path.split(".").slice(1)) {
    if (!isRecord(found) || !(name in found))
      throw new TaskFailure("States.Runtime", `no ${path} in the input`);
    found = found[name];
  }
  return found;
}

function filled(template: unknown, data: unknown, context: unknown): unknown {
  if (!isRecord(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      if (!name.endsWith(".$")) return [name, filled(value, data, context)];
      const path = String(value);
      const from = path.startsWith("$$") ? find(context, path.slice(1)) : find(data, path);
      return [name.slice(0, -2), from];
    }),
  );
}

function placed(data: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === undefined) return result;
  if (path === null) return data;
  return { ...(isRecord(data) ? data : {}), [path.slice(2)]: result };
}
