/**
 * A deployment as a value, independent of CloudFormation and Terraform. Pure: the same input gives the same
 * deployment.
 */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { settingsOf } from "../rotation/settings.ts";
import type { Seconds } from "../time.ts";
import { executionName, gatePart } from "./execution-name.ts";
import { NAMESPACE } from "./metrics.ts";
import { type Allowed, functionPolicy, type PolicyOptions } from "./policy.ts";
import { FUNCTION_TIMEOUT, type StateMachine, stateMachine } from "./state-machine.ts";
import type { ExecutionKind } from "./turn-shape.ts";

const DAY: Seconds = 86_400;
/** AWS ends a standard execution after a year. */
const YEAR: Seconds = 365 * DAY;
/** How long people may take to notice a stalled rotation. */
const NOTICE: Seconds = 3 * DAY;

/** The function's settings, the same for all gates. */
export const FUNCTION = {
  handler: "index.handler",
  architecture: "arm64",
  /** MB. */
  memorySize: 512,
  reservedConcurrency: 1,
} as const;

/**
 * The log of the state machine: an execution's own history ends 90 days after it. Named as AWS recommends for logs that it
 * delivers itself, so that no resource policy grows too long (Step Functions, "Logging using CloudWatch Logs").
 */
export const MACHINE_LOG = {
  level: "ALL",
  /** Inputs and outputs of states: never key material. */
  includeExecutionData: true,
  prefix: "/aws/vendedlogs/states/",
  /** What its role needs to set up the delivery. AWS has no narrower resource for these actions. */
  actions: [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
} as const;
/** For both logs: a year, plus time for an annual report. */
export const RETENTION_DAYS = 400;

export interface DeploymentOptions extends PolicyOptions {
  readonly name: string;
  /** Rotate keys at this age. */
  readonly every: Seconds;
  /** When to check whether a key is due: a schedule expression. */
  readonly startAt: string;
  /** Base64 of the package's SHA-256, as Lambda shows it. */
  readonly codeSha256: string;
}

export interface Schedule {
  /** Unique letters and digits, for logical names. */
  readonly key: string;
  readonly name: string;
  readonly expression: string;
  readonly description: string;
  readonly executionName: string;
  readonly input: { readonly gate: string; readonly kind: ExecutionKind; readonly every: Seconds };
}
export interface Alarm {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  /** `Machine` and `Function` are placeholders for the deployed ones. */
  readonly dimensions: Readonly<Record<string, string | { readonly of: "Machine" | "Function" }>>;
  readonly statistic: "Sum" | "Maximum";
  readonly threshold: number;
  readonly period: Seconds;
}
export interface Deployment {
  readonly name: string;
  readonly runtime: "nodejs24.x";
  readonly timeout: Seconds;
  readonly policy: readonly Allowed[];
  readonly machine: StateMachine;
  readonly schedules: readonly Schedule[];
  readonly alarms: readonly Alarm[];
  readonly codeSha256: string;
}

/** Throws ERR_USAGE if two gates' names would be one in AWS. */
export function deploymentOf(gates: readonly Gate[], options: DeploymentOptions): Deployment {
  const { name, every, startAt, codeSha256 } = options;
  const parts = new Map<string, string>();
  for (const gate of gates) {
    const key = keyOf(gate.name);
    const other = parts.get(key);
    if (other !== undefined) {
      throw new UsageError(
        "ERR_USAGE",
        `gates ${other} and ${gate.name} have the same name in a template: ${key}`,
        [`keyturn unattended template --gate ${gate.name} --name keyturn-2 -o DIR`],
      );
    }
    parts.set(key, gate.name);
  }
  const longest = Math.max(...gates.map(expectedLength));
  return {
    name,
    runtime: "nodejs24.x",
    timeout: FUNCTION_TIMEOUT,
    policy: functionPolicy(gates, options),
    machine: stateMachine(Math.min(YEAR, 2 * longest + 30 * DAY)),
    schedules: gates.flatMap((gate) => schedulesOf(gate, { name, every, startAt })),
    alarms: [...engineAlarms(name), ...gates.flatMap((gate) => gateAlarms(gate, name, every))],
    codeSha256,
  };
}

/** Letters and digits, each word with a capital: `web-app` is `WebApp`. */
function keyOf(gate: string): string {
  return gatePart(gate)
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/**
 * Both settle times and the wait between them. With signers that keep a key until they restart, it depends on people.
 */
function expectedLength(gate: Gate): Seconds {
  const { settle, cacheTtl, longestLife, skew } = settingsOf(gate, "rsa-2048");
  return 2 * settle + (cacheTtl === "until-restart" ? 0 : cacheTtl) + longestLife + skew;
}

function schedulesOf(
  gate: Gate,
  { name, every, startAt }: Pick<DeploymentOptions, "name" | "every" | "startAt">,
): Schedule[] {
  const schedule = (kind: ExecutionKind, expression: string, description: string): Schedule => ({
    key: `${kind === "start" ? "Start" : "Tick"}${keyOf(gate.name)}`,
    name: `${name}-${kind}-${gatePart(gate.name)}`.slice(0, 64),
    expression,
    description,
    executionName: executionName(gate.name, kind, "<aws.scheduler.execution-id>"),
    input: { gate: gate.name, kind, every },
  });
  return [
    schedule("start", startAt, `rotates the key of gate ${gate.name} when it is due`),
    schedule("tick", "rate(1 hour)", `continues an open rotation of gate ${gate.name}, whoever started it`),
  ];
}

function engineAlarms(name: string): Alarm[] {
  const alarm = (key: string, metric: string, of: "Machine" | "Function", description: string): Alarm => ({
    key,
    name: `${name}-${key}`,
    description: `${description}. To see more: \`keyturn triage\`.`,
    namespace: of === "Machine" ? "AWS/States" : "AWS/Lambda",
    metric,
    dimensions: of === "Machine" ? { StateMachineArn: { of } } : { FunctionName: { of } },
    statistic: "Sum",
    threshold: 1,
    period: 300,
  });
  return [
    alarm("ExecutionsFailed", "ExecutionsFailed", "Machine", "A rotation's execution failed"),
    alarm("ExecutionsTimedOut", "ExecutionsTimedOut", "Machine", "A rotation's execution timed out"),
    alarm("FunctionErrors", "Errors", "Function", "The function of keyturn unattended failed"),
  ];
}

function gateAlarms(gate: Gate, name: string, every: Seconds): Alarm[] {
  const length = expectedLength(gate);
  const alarm = (metric: string, threshold: number, description: string): Alarm => ({
    key: `${metric}${keyOf(gate.name)}`,
    name: `${name}-${metric}-${gatePart(gate.name)}`,
    description: `${description}. To see more: \`keyturn rotate status --gate ${gate.name}\`.`,
    namespace: NAMESPACE,
    metric,
    dimensions: { Deployment: name, Gate: gate.name },
    statistic: "Maximum",
    threshold: Math.ceil(threshold),
    // A turn at least every hour.
    period: 7200,
  });
  return [
    alarm(
      "KeyAge",
      Math.max(every + length + NOTICE, gate.maxKeyAge ?? 0),
      `Gate ${gate.name}: its key is too old`,
    ),
    alarm("OpenTime", 2 * length + NOTICE, `Gate ${gate.name}: its rotation has been open for too long`),
    alarm("Halts", 1, `Gate ${gate.name}: its rotation halted, and somebody has to act`),
  ];
}
