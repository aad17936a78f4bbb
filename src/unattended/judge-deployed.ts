/** Compares a deployment with what this version would write: findings. Pure. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { formatInstant } from "../time.ts";
import { type DeployedPart, PART_NOUN, partsOf } from "./deployed-parts.ts";
import type { Deployment } from "./deployment.ts";
import type { DeployedParts } from "./read-deployed.ts";

export interface JudgedDeployment {
  readonly parts: readonly DeployedPart[];
  readonly findings: readonly Finding[];
}
export interface JudgeOptions {
  /** Writes this version's template. */
  readonly templateLine: string;
  /** False: the deployment is checked for one gate of several, so other gates' schedules are not surplus. */
  readonly isWhole: boolean;
}

export function judgeDeployed(
  found: DeployedParts,
  expected: Deployment,
  options: JudgeOptions,
): JudgedDeployment {
  const parts = partsOf(found, expected);
  return {
    parts,
    findings: [
      ...missingFinding(parts, expected, options),
      ...parts.flatMap((part) => stoppedFinding(part, expected)),
      ...outdatedFinding(parts, options),
      ...(options.isWhole ? surplusFinding(found, expected, options) : []),
      ...alarmFindings(found, expected),
      ...topicFinding(found),
    ],
  };
}

function missingFinding(
  parts: readonly DeployedPart[],
  { name }: Deployment,
  { templateLine }: JudgeOptions,
): Finding[] {
  const missing = parts.flatMap((each) => each.missing);
  if (missing.length === 0) return [];
  const isNothing = parts.every(({ state }) => state === "missing");
  return [
    {
      id: "deployment-missing",
      severity: "error",
      message: isNothing
        ? `nothing is deployed under the name ${name} in this account and region`
        : `parts of deployment ${name} are missing`,
      basis: "observed",
      evidence: isNothing ? [] : missing,
      remedy: templateLine,
      where: `deployment ${name}`,
    },
  ];
}

function stoppedFinding({ part: kind, stopped }: DeployedPart, { name }: Deployment): Finding[] {
  if (stopped.length === 0) return [];
  return [
    {
      id: "deployment-stopped",
      severity: "error",
      message: `a part of deployment ${name} is switched off: ${PART_NOUN[kind]}`,
      basis: "observed",
      evidence: stopped,
      remedy: switchOn(kind, name, stopped),
      where: `deployment ${name}`,
    },
  ];
}

function switchOn(kind: DeployedPart["part"], name: string, stopped: readonly string[]): string {
  const names = stopped.map((fact) => shellWord(fact.split(" ")[1]?.replace(/:$/, "") ?? ""));
  switch (kind) {
    case "function":
      return `aws lambda put-function-concurrency --function-name ${name} --reserved-concurrent-executions 1`;
    case "alarms":
      return `aws cloudwatch enable-alarm-actions --alarm-names ${names.join(" ")}`;
    case "schedules":
      return `aws scheduler get-schedule --group-name ${name} --name ${names[0]}`;
    default:
      return `keyturn unattended check --name ${name}`;
  }
}

function outdatedFinding(parts: readonly DeployedPart[], { templateLine }: JudgeOptions): Finding[] {
  const evidence = parts.flatMap(({ part: kind, differences }) =>
    differences.map((fact) => (/^(schedule|alarm) /.test(fact) ? fact : `${PART_NOUN[kind]}: ${fact}`)),
  );
  if (evidence.length === 0) return [];
  return [
    {
      id: "deployment-outdated",
      severity: "warning",
      message: "the deployment differs from what this version of keyturn would write from keyturn.yaml",
      basis: "observed",
      evidence,
      remedy: templateLine,
    },
  ];
}

function surplusFinding(
  found: DeployedParts,
  expected: Deployment,
  { templateLine }: JudgeOptions,
): Finding[] {
  const surplus = (noun: string, is: readonly { name: string }[], should: readonly { name: string }[]) =>
    is.flatMap(({ name }) => (should.some((each) => each.name === name) ? [] : [`${noun} ${name}`]));
  const evidence = surplus("schedule", found.schedules, expected.schedules);
  if (evidence.length === 0) return [];
  return [
    {
      id: "deployment-surplus",
      severity: "warning",
      message: "schedules are deployed for gates that are not in keyturn.yaml",
      basis: "observed",
      evidence,
      remedy: templateLine,
    },
  ];
}

function alarmFindings({ alarms }: DeployedParts, expected: Deployment): Finding[] {
  return alarms
    .filter(({ state }) => state === "ALARM")
    .map(({ name, reason, since }): Finding => {
      const known = expected.alarms.find((each) => each.name === name);
      const gate = known?.dimensions.Gate;
      return {
        id: "deployment-alarm",
        severity: "error",
        message: known?.description.split(". To see more:")[0] ?? `alarm ${name} is in state ALARM`,
        basis: "observed",
        evidence: [`alarm ${name} since ${formatInstant(Math.floor(since))}`, reason],
        remedy:
          typeof gate === "string" ? `keyturn rotate status --gate ${shellWord(gate)}` : "keyturn triage",
        where: typeof gate === "string" ? `gate ${gate}` : undefined,
      };
    });
}

function topicFinding({ topic }: DeployedParts): Finding[] {
  if (topic === undefined || topic.confirmed > 0) return [];
  return [
    {
      id: "nobody-told",
      severity: "warning",
      message:
        "nobody is notified of halts, alarms and finished rotations: the topic has no confirmed subscription",
      basis: "observed",
      evidence:
        topic.pending > 0 ? [`${topic.pending} waiting to be confirmed, with the link in an email`] : [],
      remedy: `aws sns list-subscriptions-by-topic --topic-arn ${topic.arn}`,
    },
  ];
}
