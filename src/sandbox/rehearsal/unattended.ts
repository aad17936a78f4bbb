/**
 * A rotation as Step Functions would run it: deploys the template into the sandbox, and runs one execution of its
 * state machine with the schedule's input. Each task calls what the deployed one would call; the function's turn is
 * the real code.
 */
import { HaltError, InternalError, InterruptError } from "../../errors.ts";
import { openGates } from "../../gates/open.ts";
import type { World } from "../../seams/world.ts";
import { unattendedFolder } from "../../unattended/folder.ts";
import type { RunbookOf } from "../../unattended/messages.ts";
import { functionPackage } from "../../unattended/package.ts";
import { runMachine, TaskFailure } from "../../unattended/run-machine.ts";
import type { RotateRun } from "../../unattended/run-status.ts";
import type { StateMachine } from "../../unattended/state-machine.ts";
import { DEFAULTS } from "../../unattended/template-input.ts";
import { takeTurn } from "../../unattended/turn.ts";
import type { TurnInput } from "../../unattended/turn-shape.ts";
import type { Account } from "../account.ts";
import type { DeployedEngine, DeployedResource, StoredExecution } from "../engine/deployed-engine.ts";

interface Needs {
  readonly account: Pick<Account, "engine">;
  readonly gateYaml: string;
}
interface Commands {
  readonly start: RotateRun;
  readonly resume: RotateRun;
  readonly runbookOf: RunbookOf;
}
export interface UnattendedRun {
  readonly execution: string;
  readonly turns: number;
  /** Events in the execution's history, as AWS counts them. */
  readonly events: number;
  /** The notifications that would have been sent. */
  readonly told: readonly string[];
}

/** Throws ERR_HALTED if the execution ends before the rotation does. `config`: where the world has the gate. */
export async function runUnattended(
  { account: { engine }, gateYaml }: Needs,
  world: World,
  config: string,
  commands: Commands,
): Promise<UnattendedRun> {
  await deploy(engine, gateYaml, world, config);
  const { machine, input, execution } = begun(engine, world);
  const lambda = onlyOf(engine, "AWS::Lambda::Function");
  const told: string[] = [];
  let turns = 0;
  const task = async (resource: string, given: unknown): Promise<unknown> => {
    // As JSON, like every state's input and output.
    const parameters = JSON.parse(JSON.stringify(given));
    if (resource.endsWith(":aws-sdk:sfn:listExecutions")) return { Executions: runningOf(engine) };
    if (resource.endsWith(":sns:publish")) {
      told.push(String(parameters.Subject));
      return { MessageId: world.random.uuid() };
    }
    if (resource !== lambda.arn) throw new InternalError("ERR_INTERNAL", `no task for ${resource}`);
    turns += 1;
    const result = await turn(parameters, lambda, world, config, commands);
    world.interrupt.throwIfAborted();
    return JSON.parse(JSON.stringify(result));
  };
  const end = await runMachine(machine, input, {
    clock: world.clock,
    signal: world.interrupt,
    execution: execution.name,
    id: execution.machineArn,
    task,
    entered: (state, data) => {
      const type = machine.States[state]?.Type ?? "";
      execution.at = { state, type, input: JSON.stringify(data) };
    },
  });
  execution.status = end.status;
  execution.stoppedAt = world.clock.now();
  execution.output = JSON.stringify(end.output);
  const subject = told.at(-1);
  if (end.status === "FAILED" || !subject?.endsWith(": rotated")) {
    throw new HaltError("ERR_HALTED", `the execution ended before the rotation: ${subject ?? end.status}`);
  }
  return { execution: execution.name, turns, events: end.events, told };
}

/** With a key age that is always due: the sandbox's key is seconds old. */
async function deploy(engine: DeployedEngine, gateYaml: string, world: World, config: string): Promise<void> {
  const { gates } = await openGates({ config }, world);
  const handler = await world.turnCode();
  const files = unattendedFolder({
    ...{ format: "cfn", gates: [...gates.values()], keyturnYaml: gateYaml, handler },
    ...{ name: DEFAULTS.name, every: 0, startAt: DEFAULTS.startAt },
  });
  const template = Buffer.from(files.get("template.json") ?? []).toString("utf8");
  engine.deploy(template, { codeSha256: functionPackage(handler, gateYaml).sha256 });
}

/** An execution with the name and the input that the schedule gives it. */
function begun(engine: DeployedEngine, { random }: Pick<World, "random">) {
  const schedule = engine
    .of("AWS::Scheduler::Schedule")
    .find(({ name }) => name.startsWith(`${DEFAULTS.name}-start-`));
  const target = schedule?.properties.Target as { readonly Input: string } | undefined;
  const { Name, Input } = JSON.parse(target?.Input ?? "{}");
  const machine = onlyOf(engine, "AWS::StepFunctions::StateMachine");
  const execution: StoredExecution = engine.began(
    String(Name).replace("<aws.scheduler.execution-id>", random.uuid()),
    String(Input),
  );
  return {
    machine: JSON.parse(engine.definitionOf(machine)) as StateMachine,
    input: JSON.parse(String(Input)) as unknown,
    execution,
  };
}

function onlyOf(engine: DeployedEngine, type: string): DeployedResource {
  const [only] = engine.of(type);
  if (only === undefined) throw new InternalError("ERR_INTERNAL", `the template has no ${type}`);
  return only;
}

const runningOf = (engine: DeployedEngine) =>
  engine.executions
    .filter(({ status }) => status === "RUNNING")
    .map(({ name, startedAt }) => ({ Name: name, StartDate: new Date(startedAt * 1000).toISOString() }));

/** As `lambda.ts` takes it: interrupted at the function's deadline. */
async function turn(
  input: TurnInput,
  { properties }: DeployedResource,
  world: World,
  config: string,
  commands: Commands,
) {
  const over = new AbortController();
  const deadline = world.clock.deadline?.(Number(properties.Timeout));
  deadline?.addEventListener("abort", () => over.abort(new InterruptError("SIGTERM")), { once: true });
  try {
    return await takeTurn(input, {
      world: { ...world, interrupt: AbortSignal.any([world.interrupt, over.signal]) },
      config,
      ...commands,
      emit: () => {},
    });
  } catch (thrown) {
    world.interrupt.throwIfAborted();
    throw new TaskFailure("Error", thrown instanceof Error ? thrown.message : String(thrown));
  }
}
