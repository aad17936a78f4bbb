/** The parts of a deployment: as written, outdated, stopped or missing. Pure. */
import type { Deployment } from "./deployment.ts";
import {
  alarmDifferences,
  functionDifferences,
  machineDifferences,
  scheduleDifferences,
} from "./expected-parts.ts";
import { type DeployedParts, type DeploymentScope, deploymentLocation, topicArn } from "./read-deployed.ts";

export type PartKind = "function" | "state-machine" | "schedules" | "alarms" | "topic";

export interface DeployedPart {
  readonly part: PartKind;
  /** For a single part, its name in AWS; for several, how many exist. */
  readonly says: string;
  readonly state: "as-written" | "outdated" | "stopped" | "missing";
  readonly missing: readonly string[];
  /** `schedule keyturn-tick-app: expression rate(2 hours), not rate(1 hour)`. */
  readonly differences: readonly string[];
  readonly stopped: readonly string[];
}
export const PART_NOUN: Readonly<Record<PartKind, string>> = {
  function: "function",
  "state-machine": "state machine",
  schedules: "schedules",
  alarms: "alarms",
  topic: "topic",
};

export function partsOf(found: DeployedParts, expected: Deployment): readonly DeployedPart[] {
  const place = deploymentLocation([
    found.function?.arn,
    found.machine?.arn,
    ...found.alarms.flatMap(({ actions }) => actions),
  ]) ?? { partition: "aws", region: "", account: "" };
  return [
    functionPart(found, expected),
    machinePart(found, expected, place),
    schedulesPart(found, expected, place),
    alarmsPart(found, expected, place),
    topicPart(found, expected),
  ];
}

function functionPart({ function: found }: DeployedParts, expected: Deployment): DeployedPart {
  if (found === undefined) return missingPart("function", expected.name);
  const stopped = [
    ...(found.reservedConcurrency === 0 ? ["its reserved concurrency is 0: AWS does not run it"] : []),
    ...(found.state === "Failed" ? ["it is in state Failed: AWS does not run it"] : []),
  ];
  const says = `${expected.name}, ${found.runtime}, code ${found.codeSha256.slice(0, 12)}`;
  return part("function", says, { differences: functionDifferences(found, expected), stopped });
}

function machinePart(
  { machine, function: lambda }: DeployedParts,
  expected: Deployment,
  place: DeploymentScope,
): DeployedPart {
  if (machine === undefined) return missingPart("state-machine", expected.name);
  return part("state-machine", expected.name, {
    differences: machineDifferences(machine, expected, { functionArn: lambda?.arn, place }),
    stopped: machine.status === "ACTIVE" ? [] : [`it is ${machine.status}: nothing new starts`],
  });
}

function schedulesPart(
  { schedules, machine }: DeployedParts,
  expected: Deployment,
  place: DeploymentScope,
): DeployedPart {
  return severalPart("schedules", schedules, expected.schedules, {
    differences: (is, should) => scheduleDifferences(is, should, { machineArn: machine?.arn, place }),
    stopped: ({ state }) => (state === "ENABLED" ? [] : [`it is ${state}: it starts nothing`]),
  });
}

function alarmsPart(found: DeployedParts, expected: Deployment, place: DeploymentScope): DeployedPart {
  const of = {
    Machine: found.machine?.arn,
    Function: expected.name,
    topic: topicArn(place, expected.name),
  };
  return severalPart("alarms", found.alarms, expected.alarms, {
    differences: (is, should) => alarmDifferences(is, should, of),
    stopped: ({ actionsEnabled }) => (actionsEnabled ? [] : ["its actions are disabled: it notifies nobody"]),
  });
}

function topicPart({ topic }: DeployedParts, { name }: Deployment): DeployedPart {
  if (topic === undefined) return missingPart("topic", name);
  const { confirmed, pending } = topic;
  const waiting = pending === 0 ? "" : `, ${pending} not confirmed`;
  return part(
    "topic",
    `${name}, ${confirmed} ${confirmed === 1 ? "subscription" : "subscriptions"}${waiting}`,
    {},
  );
}

interface Named {
  readonly name: string;
}

function severalPart<Is extends Named, Should extends Named>(
  kind: PartKind,
  found: readonly Is[],
  expected: readonly Should[],
  look: {
    readonly differences: (is: Is, should: Should) => readonly string[];
    readonly stopped: (is: Is) => readonly string[];
  },
): DeployedPart {
  const noun = kind.slice(0, -1);
  const pairs = expected.map((should) => ({ should, is: found.find(({ name }) => name === should.name) }));
  const there = pairs.flatMap(({ should, is }) => (is === undefined ? [] : [{ should, is }]));
  const named = (name: string, facts: readonly string[]) => facts.map((fact) => `${noun} ${name}: ${fact}`);
  return part(kind, `${there.length} of ${expected.length}`, {
    missing: pairs.flatMap(({ should, is }) => (is === undefined ? [`${noun} ${should.name}`] : [])),
    differences: there.flatMap(({ should, is }) => named(is.name, look.differences(is, should))),
    stopped: there.flatMap(({ is }) => named(is.name, look.stopped(is))),
  });
}

function part(
  kind: PartKind,
  says: string,
  facts: Partial<Pick<DeployedPart, "missing" | "differences" | "stopped">>,
): DeployedPart {
  const { missing = [], differences = [], stopped = [] } = facts;
  const state =
    missing.length > 0
      ? "missing"
      : stopped.length > 0
        ? "stopped"
        : differences.length > 0
          ? "outdated"
          : "as-written";
  return { part: kind, says, state, missing, differences, stopped };
}

function missingPart(kind: PartKind, name: string): DeployedPart {
  return part(kind, `${name} is not there`, { missing: [`${PART_NOUN[kind]} ${name}`] });
}
