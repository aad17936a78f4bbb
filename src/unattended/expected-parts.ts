/** Compares a deployment's parts with what AWS shows: one fact per difference. Pure. */
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../is-record.ts";
import type { DeployedAlarm, DeployedFunction, DeployedMachine, DeployedSchedule } from "../seams/engine.ts";
import { type Alarm, type Deployment, FUNCTION, MACHINE_LOG, type Schedule } from "./deployment.ts";
import { type DeploymentScope, topicArn } from "./read-deployed.ts";
import { placeholder } from "./state-machine.ts";

/** Terraform's variable allows the older one, for providers that do not know the newer one yet. */
const RUNTIMES: readonly string[] = ["nodejs24.x", "nodejs22.x"];

export function functionDifferences(
  found: DeployedFunction,
  { name, timeout, codeSha256 }: Deployment,
): string[] {
  return [
    ...(found.codeSha256 === codeSha256
      ? []
      : [
          `code ${shortSum(found.codeSha256)}, not ${shortSum(codeSha256)}: another version of keyturn, or another keyturn.yaml`,
        ]),
    ...(RUNTIMES.includes(found.runtime) ? [] : [differs("runtime", found.runtime, RUNTIMES.join(" or "))]),
    ...difference("handler", found.handler, FUNCTION.handler),
    ...difference("architecture", found.architectures.join(", "), FUNCTION.architecture),
    ...difference("memory size", found.memorySize, FUNCTION.memorySize),
    ...difference("timeout", found.timeout, timeout),
    ...difference("KEYTURN_DEPLOYMENT", found.deployment ?? "not set", name),
    ...(found.reservedConcurrency === 0
      ? []
      : difference(
          "reserved concurrency",
          found.reservedConcurrency ?? "none",
          FUNCTION.reservedConcurrency,
        )),
  ];
}

export function machineDifferences(
  { definition, type, logLevel, logGroup }: DeployedMachine,
  { name, machine }: Deployment,
  { functionArn, place }: { readonly functionArn: string | undefined; readonly place: DeploymentScope },
): string[] {
  const filled = JSON.stringify(machine)
    .replaceAll(
      placeholder("FunctionArn"),
      functionArn ?? `arn:${place.partition}:lambda:${place.region}:${place.account}:function:${name}`,
    )
    .replaceAll(placeholder("TopicArn"), topicArn(place, name))
    .replaceAll(placeholder("Partition"), place.partition);
  const expected = JSON.parse(filled) as Record<string, unknown>;
  const found = parsedDefinition(definition);
  const states = (of: Record<string, unknown>) => (isRecord(of.States) ? of.States : {});
  const names = new Set([...Object.keys(states(expected)), ...Object.keys(states(found))]);
  return [
    ...difference("type", type, "STANDARD"),
    ...difference("log level", logLevel, MACHINE_LOG.level),
    ...difference("log group", logGroup.split(":")[6], `${MACHINE_LOG.prefix}${name}`),
    ...["StartAt", "TimeoutSeconds"].flatMap((each) => difference(each, found[each], expected[each])),
    ...[...names].flatMap((each) => {
      const [is, should] = [states(found)[each], states(expected)[each]];
      if (is === undefined) return [`state ${each} is missing`];
      if (should === undefined) return [`state ${each} is not keyturn's`];
      return isDeepStrictEqual(is, should) ? [] : [`state ${each} differs`];
    }),
  ];
}

function parsedDefinition(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { ...value } : {};
  } catch {
    // Encrypted with a key that may not be used here: every state counts as missing.
    return {};
  }
}

export function scheduleDifferences(
  { expression, target }: DeployedSchedule,
  expected: Schedule,
  { machineArn, place }: { readonly machineArn: string | undefined; readonly place: DeploymentScope },
): string[] {
  const given = parsedDefinition(target.input);
  const input = parsedDefinition(typeof given.Input === "string" ? given.Input : "");
  const { gate, kind, every } = expected.input;
  return [
    ...difference("expression", expression, expected.expression),
    ...difference("target", target.arn, `arn:${place.partition}:scheduler:::aws-sdk:sfn:startExecution`),
    ...(machineArn === undefined ? [] : difference("state machine", given.StateMachineArn, machineArn)),
    ...difference("execution's name", given.Name, expected.executionName),
    ...difference("gate", input.gate, gate),
    ...difference("kind", input.kind, kind),
    ...difference("every", input.every, every),
  ];
}

export function alarmDifferences(
  found: DeployedAlarm,
  expected: Alarm,
  of: { readonly Machine: string | undefined; readonly Function: string; readonly topic: string },
): string[] {
  const dimensions = Object.fromEntries(
    Object.entries(expected.dimensions).map(([name, value]) => [
      name,
      typeof value === "string" ? value : (of[value.of] ?? found.dimensions[name]),
    ]),
  );
  return [
    ...difference("namespace", found.namespace, expected.namespace),
    ...difference("metric", found.metric, expected.metric),
    ...(isDeepStrictEqual({ ...found.dimensions }, dimensions) ? [] : ["dimensions differ"]),
    ...difference("statistic", found.statistic, expected.statistic),
    ...difference("period", found.period, expected.period),
    ...difference("threshold", found.threshold, expected.threshold),
    ...(found.actions.includes(of.topic) ? [] : [`it does not notify ${of.topic}`]),
  ];
}

function difference(what: string, is: unknown, should: unknown): string[] {
  return is === should ? [] : [differs(what, is, should)];
}

const differs = (what: string, is: unknown, should: unknown) =>
  `${what} ${is === undefined || is === "" ? "missing" : String(is)}, not ${String(should)}`;

const shortSum = (sum: string) => sum.slice(0, 12) || "unknown";
