/** Step Functions on a manual clock: runs the generated state machine, with the real turn as its function. */
import { resume } from "../../src/commands/rotate/resume.ts";
import { start } from "../../src/commands/rotate/start.ts";
import { runbookOfError } from "../../src/help/error-runbooks.ts";
import { ROTATION_PAGES } from "../../src/help/pages/rotation.ts";
import { executionName } from "../../src/unattended/execution-name.ts";
import type { TurnMetrics } from "../../src/unattended/metrics.ts";
import { type MachineEnd, runMachine, TaskFailure } from "../../src/unattended/run-machine.ts";
import { stateMachine } from "../../src/unattended/state-machine.ts";
import { takeTurn } from "../../src/unattended/turn.ts";
import type {
  ExecutionKind,
  RunningExecution,
  TurnInput,
  TurnResult,
} from "../../src/unattended/turn-shape.ts";
import type { MemoryWorld } from "../fakes/memory-world.ts";
import type { SiteWorld } from "../rotation/site-world.ts";

export const MACHINE = stateMachine(30 * 86_400);

export interface SentNotification {
  readonly Subject: string;
  readonly Message: string | Record<string, unknown>;
}

export class Engine {
  readonly notifications: SentNotification[] = [];
  readonly turns: TurnResult[] = [];
  readonly metrics: TurnMetrics[] = [];
  readonly #site: SiteWorld;
  readonly #running = new Map<string, RunningExecution>();
  #started = 0;
  /** The world of the next invocation; a test may make it die. */
  world: () => MemoryWorld;

  constructor(site: SiteWorld) {
    this.#site = site;
    this.world = () => site.direct();
  }

  async execute(
    kind: ExecutionKind,
    { every = 0, gate = "demo", name }: { every?: number; gate?: string; name?: string } = {},
  ): Promise<MachineEnd> {
    const { clock } = this.#site;
    this.#started += 1;
    const execution = name ?? executionName(gate, kind, `00000000-${this.#started}`);
    this.#running.set(execution, {
      Name: execution,
      StartDate: new Date(clock.now() * 1000).toISOString(),
    });
    try {
      return await runMachine(
        MACHINE,
        { gate, kind, every },
        { clock, execution, id: "arn:machine", task: (resource, given) => this.#task(resource, given) },
      );
    } finally {
      this.#running.delete(execution);
    }
  }

  async #task(resource: string, given: unknown): Promise<unknown> {
    // Through JSON, like every state's input and output.
    const parameters = JSON.parse(JSON.stringify(given));
    if (resource.endsWith(":listExecutions")) return { Executions: [...this.#running.values()] };
    if (resource.endsWith("sns:publish")) {
      this.notifications.push(parameters);
      return { MessageId: "1" };
    }
    const result = await this.turn(parameters);
    this.turns.push(result);
    return JSON.parse(JSON.stringify(result));
  }

  async turn(input: TurnInput): Promise<TurnResult> {
    try {
      return await takeTurn(input, {
        world: this.world(),
        config: "keyturn.yaml",
        start,
        resume,
        runbookOf: (id) => ROTATION_PAGES[id]?.runbook ?? runbookOfError(id),
        emit: (metrics) => this.metrics.push(metrics),
      });
    } catch (thrown) {
      throw new TaskFailure("Sandbox.Timedout", String(thrown));
    }
  }
}
