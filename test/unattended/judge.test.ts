/** Our interpreter of the state machine compared with another one, aws-local-stepfunctions, on scripted turns. */
import { StateMachine as Judge } from "aws-local-stepfunctions";
import { describe, expect, it } from "vitest";
import { runMachine } from "../../src/unattended/run-machine.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { MACHINE as TEMPLATE } from "./engine.ts";

// aws-local-stepfunctions needs Promise.withResolvers, which Node 20 lacks.
const platform = Promise as { withResolvers?: unknown };
platform.withResolvers ??= () => {
  let resolve: (value: unknown) => void = () => {};
  let reject: (reason?: unknown) => void = () => {};
  const promise = new Promise((good, bad) => {
    resolve = good;
    reject = bad;
  });
  return { promise, resolve, reject };
};

/** Fills in the placeholders, as CloudFormation does. */
const filled = (name: string, value: string) => (text: string) => text.replaceAll(`\${${name}}`, value);
const MACHINE: typeof TEMPLATE = JSON.parse(
  [
    filled("FunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:keyturn"),
    filled("TopicArn", "arn:aws:sns:eu-west-1:111122223333:keyturn"),
    filled("Partition", "aws"),
  ].reduce((text, fill) => fill(text), JSON.stringify(TEMPLATE)),
);

const RESULT = {
  ...{ gate: "app", kind: "start", every: 60, rotation: "r1", troubles: 0 },
  ...{ wakeAt: "2027-01-15T08:00:00Z", message: { subject: "a subject", text: "a text" } },
};
const INPUT = { gate: "app", kind: "start", every: 60 };
const CALL_LIMIT = 40;

interface Trace {
  readonly calls: unknown[];
  readonly status: string;
}

/** Scripted answers of the function, one per turn; the other tasks always answer the same. */
function tasks(turns: readonly string[]) {
  const calls: unknown[] = [];
  let turn = 0;
  const answer = async (resource: string, parameters: unknown) => {
    calls.push([resource.replace(/.*:/, ""), parameters]);
    if (calls.length > CALL_LIMIT) throw new Error("it does not end");
    if (/listExecutions/.test(resource)) return { Executions: [{ Name: "x", StartDate: 1 }] };
    if (/publish/.test(resource)) return { MessageId: "1" };
    turn += 1;
    return { ...RESULT, next: turns[turn - 1] ?? "done" };
  };
  return { calls, answer };
}

async function ours(turns: readonly string[]): Promise<Trace> {
  const { calls, answer } = tasks(turns);
  const clock = new ManualClock();
  const end = await clock.run(
    runMachine(MACHINE, INPUT, { clock, execution: "execution", id: "machine", task: answer }),
  );
  return { calls, status: end.status };
}

async function judged(turns: readonly string[]): Promise<Trace> {
  const { calls, answer } = tasks(turns);
  // Its timers cannot wait for a month.
  const machine = { ...JSON.parse(JSON.stringify(MACHINE)), TimeoutSeconds: 3600 };
  const local = Object.fromEntries(
    Object.entries(machine.States as Record<string, { Type: string; Resource: string }>)
      .filter(([, { Type }]) => Type === "Task")
      .map(([name, { Resource }]) => [name, (parameters: unknown) => answer(Resource, parameters)]),
  ) as never;
  const judge = new Judge(machine, { validationOptions: { checkArn: false, checkPaths: true } });
  const running = judge.run(INPUT, {
    overrides: { taskResourceLocalHandlers: local, waitTimeOverrides: { Wait: 0 } },
    context: { Execution: { Name: "execution" }, StateMachine: { Id: "machine" } } as never,
  });
  await running.result;
  return { calls, status: "SUCCEEDED" };
}

describe("the interpreter of the state machine", () => {
  it.each([
    [["done"]],
    [["wait", "wait", "turn", "done"]],
    [["tell"]],
    [["turn", "wait", "tell"]],
    [["something-new"]],
  ])("makes the same calls as another interpreter, with the same parameters: %j", async (turns) => {
    const own = await ours(turns);
    expect(own).toEqual(await judged(turns));
    expect(own.calls.length).toBeGreaterThan(turns.length);
  });
});
