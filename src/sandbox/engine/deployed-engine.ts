/**
 * What a template of `keyturn unattended` deploys, and its executions: a model behind the read calls of Step
 * Functions, Lambda, EventBridge Scheduler, CloudWatch and SNS. Nothing runs on its own: a rehearsal or a test runs
 * it.
 */
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds } from "../../time.ts";
import { filled, resourcesOf, type StackResource, type StackScope } from "./stack.ts";

export interface DeployedResource extends StackResource {
  readonly createdAt: EpochSeconds;
}
export interface StoredExecution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly startedAt: EpochSeconds;
  readonly input: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  stoppedAt?: EpochSeconds;
  output?: string;
  error?: string;
  cause?: string;
  /** The state that it is in, with its input. */
  at?: { readonly state: string; readonly type: string; readonly input: string };
}
export interface AlarmState {
  readonly value: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly reason: string;
  readonly since: EpochSeconds;
}
interface EngineOptions extends StackScope {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "uuid">;
}

export class DeployedEngine {
  readonly #options: EngineOptions;
  readonly #resources = new Map<string, DeployedResource>();
  readonly #alarmStates = new Map<string, AlarmState>();
  readonly #executions: StoredExecution[] = [];
  /** The package's SHA-256, base64. */
  codeSha256 = "";
  /** Confirmed subscriptions of the topic. */
  confirmed = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** As `aws cloudformation deploy` does it: `template` is the JSON. Replaces what was deployed before. */
  deploy(
    template: string,
    {
      codeSha256,
      parameters = {},
    }: { readonly codeSha256: string; readonly parameters?: Record<string, string> },
  ): void {
    const createdAt = this.#options.clock.now();
    this.codeSha256 = codeSha256;
    this.#resources.clear();
    const given = { CodeBucket: "packages", ...parameters };
    for (const [logical, resource] of resourcesOf(JSON.parse(template), given, this.#options)) {
      this.#resources.set(logical, { ...resource, createdAt });
    }
  }

  /** A change made by hand; `undefined` deletes. */
  change(logical: string, properties: Readonly<Record<string, unknown>> | undefined): void {
    const before = this.#resources.get(logical);
    if (before === undefined) throw new Error(`${logical} is not deployed`);
    if (properties === undefined) this.#resources.delete(logical);
    else this.#resources.set(logical, { ...before, properties: { ...before.properties, ...properties } });
  }

  setAlarm(name: string, value: AlarmState["value"], reason: string): void {
    this.#alarmStates.set(name, { value, reason, since: this.#options.clock.now() });
  }

  alarmState({ name, createdAt }: DeployedResource): AlarmState {
    const initial = { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" } as const;
    return this.#alarmStates.get(name) ?? { ...initial, since: createdAt };
  }

  of(type: string): readonly DeployedResource[] {
    return [...this.#resources.values()].filter((each) => each.type === type);
  }

  /** The definition with its substitutions, as text. */
  definitionOf({ properties }: DeployedResource): string {
    const substitutions = properties.DefinitionSubstitutions as Readonly<Record<string, string>>;
    return filled(JSON.stringify(properties.Definition), (name) => {
      const value = substitutions[name];
      if (value === undefined) throw new Error(`no substitution for ${name}`);
      return value;
    });
  }

  /** Records that an execution of the only state machine started. The caller runs it and keeps this up to date. */
  began(name: string, input: string): StoredExecution {
    const [machine] = this.of("AWS::StepFunctions::StateMachine");
    if (machine === undefined) throw new Error("no state machine is deployed");
    const stored: StoredExecution = {
      arn: `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`,
      machineArn: machine.arn,
      name,
      startedAt: this.#options.clock.now(),
      input,
      status: "RUNNING",
    };
    this.#executions.unshift(stored);
    return stored;
  }

  /** The newest first. */
  get executions(): readonly StoredExecution[] {
    return this.#executions;
  }
}
