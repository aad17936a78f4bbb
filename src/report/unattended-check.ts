/**
 * The report of `keyturn unattended check`: the parts, current and past executions, the next check, and which alarms
 * are on.
 */

import type { Finding } from "../finding.ts";
import type { DeployedAlarm, DeployedSchedule } from "../seams/engine.ts";
import { table, wrap } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { type DeployedPart, PART_NOUN } from "../unattended/deployed-parts.ts";
import type { DrivingExecution, EndedExecution, GateExecutions } from "../unattended/executions.ts";
import { type ShownExecution, shownAtWork } from "./driving-execution.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

interface Checked {
  readonly name: string;
  readonly where: string;
  readonly parts: readonly DeployedPart[];
  readonly executions: readonly GateExecutions[];
  readonly alarms: readonly DeployedAlarm[];
  /** Keyed by gate. */
  readonly ticks: ReadonlyMap<string, DeployedSchedule>;
  readonly findings: readonly Finding[];
  readonly now: EpochSeconds;
}
interface CheckedGate {
  readonly gate: string;
  readonly atWork: readonly ShownExecution[];
  readonly ended: readonly {
    readonly execution: string;
    readonly kind: EndedExecution["kind"];
    readonly status: EndedExecution["status"];
    readonly startedAt: string;
    readonly endedAt: string;
    readonly says: string;
  }[];
  /** RFC 3339: when an execution checks the gate next; absent if none will, or while a turn is running. */
  readonly looksAt?: string;
}
export interface DeploymentCheckResult {
  readonly name: string;
  readonly where: string;
  readonly at: string;
  readonly parts: readonly DeployedPart[];
  readonly gates: readonly CheckedGate[];
  readonly alarms: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: string;
    readonly reason: string;
  }[];
}

/** A schedule ticks each hour. */
const TICK: Seconds = 3600;

const instant = (at: EpochSeconds) => formatInstant(Math.floor(at));

export function checkReport(checked: Checked): Report<DeploymentCheckResult> {
  const { name, where, parts, executions, alarms, findings, now } = checked;
  return {
    outcome: outcomeOf(findings),
    result: {
      name,
      where,
      at: instant(now),
      parts,
      gates: executions.map((each) => gateOf(each, checked)),
      alarms: alarms.map(({ name: alarm, state, since, reason }) => ({
        name: alarm,
        state,
        since: instant(since),
        reason,
      })),
    },
    findings,
    text: (style) => checkText(checked, style),
  };
}

function gateOf(each: GateExecutions, checked: Checked): CheckedGate {
  const looks = looksAt(each, checked);
  return {
    gate: each.gate,
    atWork: each.atWork.map(shownAtWork),
    ended: each.ended.map(({ name, startedAt, endedAt, ...said }) => ({
      execution: name,
      ...said,
      startedAt: instant(startedAt),
      endedAt: instant(endedAt),
    })),
    looksAt: looks === undefined ? undefined : instant(looks),
  };
}

/** When the gate is checked next: by the running execution, otherwise at the next tick. */
function looksAt(
  { gate, atWork, tickedAt }: GateExecutions,
  { ticks, now }: Pick<Checked, "ticks" | "now">,
): EpochSeconds | undefined {
  const [first] = atWork;
  if (first !== undefined) return first.wakeAt;
  const tick = ticks.get(gate);
  if (tick?.state !== "ENABLED") return undefined;
  const base = tickedAt ?? tick.createdAt;
  return base + TICK * Math.max(1, Math.ceil((now - base) / TICK));
}

function checkText(checked: Checked, style: Style): string {
  const { name, where, parts, executions, alarms, now } = checked;
  const isThere = parts.some(({ state }) => state !== "missing");
  const ringing = alarms.filter(({ state }) => state === "ALARM").length;
  const blocks = [
    style.bold(`deployment ${name}, ${where}, ${instant(now)}`),
    isThere ? table(parts.map((part) => partRow(part, ringing, style))) : "",
    ...executions.map((each) => gateText(each, checked, style)),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function partRow(
  { part, says, state, differences, stopped }: DeployedPart,
  ringing: number,
  style: Style,
): string[] {
  const [mark, word] = {
    "as-written": [style.good(style.mark.ok), ""],
    outdated: [style.warn(style.mark.warn), counted(differences.length, "difference")],
    stopped: [style.bad(style.mark.fail), "stopped"],
    missing: [style.bad(style.mark.fail), part === "schedules" || part === "alarms" ? "missing" : ""],
  }[state] as [string, string];
  const facts = [
    says,
    part === "alarms" && ringing > 0 ? `${ringing} in alarm` : "",
    state === "stopped" && stopped.length > 1 ? `${stopped.length} stopped` : word,
  ];
  return [`  ${mark}`, PART_NOUN[part], facts.filter((fact) => fact !== "").join(", ")];
}

const counted = (count: number, noun: string) => `${count} ${count === 1 ? noun : `${noun}s`}`;

function gateText(each: GateExecutions, checked: Checked, style: Style): string {
  const looks = looksAt(each, checked);
  const { now } = checked;
  const rows = [
    ...each.atWork.map((execution) => ["at work", atWorkText(execution, now)]),
    ...each.ended.map((end) => [`last ${end.kind}`, endedText(end, now)]),
    ["next check", looks === undefined ? nextUnknown(each) : whenText(looks, now)],
  ] as [string, string][];
  const lines = rows.map(([label, text]) => {
    const head = `  ${label.padEnd("next check".length)}  `;
    return wrap(`${style.dim(head)}${text}`, style.columns, 0, head.length);
  });
  return [style.bold(`gate ${each.gate}`), ...lines].join("\n");
}

function atWorkText({ startedAt, rotation, stage, says }: DrivingExecution, now: EpochSeconds): string {
  const since = `since ${instant(startedAt)} (${formatDuration(now - startedAt)})`;
  if (says === undefined) return `${since}: a turn is in progress`;
  return `${since}: ${[rotation, stage].filter((each) => each !== undefined).join(", ")}: ${says}`;
}

function endedText({ status, endedAt, says }: EndedExecution, now: EpochSeconds): string {
  const word = status.toLowerCase().replace("_", " ");
  return `${word} ${instant(endedAt)} (${formatDuration(Math.max(0, now - endedAt))} ago)${says === "" ? "" : `: ${says}`}`;
}

const whenText = (at: EpochSeconds, now: EpochSeconds) =>
  `${instant(at)} (in ${formatDuration(Math.max(0, at - now))})`;

const nextUnknown = ({ atWork }: GateExecutions) =>
  atWork.length > 0 ? "when this turn is over" : "not at all: its schedule is missing or disabled";
