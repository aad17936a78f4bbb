/** The deployment of `keyturn unattended`, as AWS shows it; read-only. Types only. */
import type { EpochSeconds, Seconds } from "../time.ts";

export interface DeployedFunction {
  readonly arn: string;
  /** Base64 of the package's SHA-256. */
  readonly codeSha256: string;
  readonly runtime: string;
  readonly handler: string;
  readonly architectures: readonly string[];
  /** MB. */
  readonly memorySize: number;
  readonly timeout: Seconds;
  readonly role: string;
  readonly logGroup: string;
  /** KEYTURN_DEPLOYMENT: the deployment's name, in its metrics. No other variable is read. */
  readonly deployment: string | undefined;
  /** `Active`, `Pending`, `Inactive` or `Failed`. */
  readonly state: string;
  /** Undefined: nothing is reserved. 0: AWS does not run it. */
  readonly reservedConcurrency: number | undefined;
}
export interface DeployedMachine {
  readonly arn: string;
  /** `ACTIVE` or `DELETING`. */
  readonly status: string;
  readonly type: string;
  /** Amazon States Language, as it was deployed. */
  readonly definition: string;
  readonly role: string;
  /** `OFF`, `ERROR`, `FATAL` or `ALL`. */
  readonly logLevel: string;
  /** ARN; empty without a log. */
  readonly logGroup: string;
}
export interface DeployedSchedule {
  readonly name: string;
  readonly expression: string;
  /** `ENABLED` or `DISABLED`. */
  readonly state: string;
  readonly createdAt: EpochSeconds;
  readonly target: { readonly arn: string; readonly role: string; readonly input: string };
}
export interface DeployedAlarm {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** In CloudWatch's words. */
  readonly reason: string;
  readonly since: EpochSeconds;
  readonly actionsEnabled: boolean;
  /** ARNs of what it notifies. */
  readonly actions: readonly string[];
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly period: Seconds;
  readonly threshold: number;
}
export interface DeployedTopic {
  readonly arn: string;
  readonly confirmed: number;
  readonly pending: number;
}
export interface ExecutionSummary {
  readonly arn: string;
  readonly name: string;
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`. */
  readonly status: string;
  readonly startedAt: EpochSeconds;
  readonly stoppedAt?: EpochSeconds;
}
export interface ExecutionEnd {
  /** JSON; only if the execution succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * Lambda, Step Functions, EventBridge Scheduler, CloudWatch and SNS of one account and region; each client loads on first
 * use. Undefined for what does not exist; other errors as in ControlPlane.
 */
export interface EngineCloud {
  /** The endpoint unless it is AWS's own, otherwise the region. */
  readonly where: string;
  lambda(name: string): Promise<DeployedFunction | undefined>;
  machine(name: string): Promise<DeployedMachine | undefined>;
  /** Only its ARN. */
  machineArn(name: string): Promise<string | undefined>;
  /** The newest first. */
  executions(
    machineArn: string,
    which: { readonly running: true } | { readonly newest: number },
  ): Promise<readonly ExecutionSummary[]>;
  /** The input of the state that an execution waits in, as JSON; undefined while it is not waiting. */
  waitingWith(executionArn: string): Promise<string | undefined>;
  ended(executionArn: string): Promise<ExecutionEnd>;
  /** The group's schedules; empty if there is no such group. */
  schedules(group: string): Promise<readonly DeployedSchedule[]>;
  /** Selected by name prefix. */
  alarms(prefix: string): Promise<readonly DeployedAlarm[]>;
  topic(arn: string): Promise<DeployedTopic | undefined>;
}
