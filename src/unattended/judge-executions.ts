/** Findings about a gate's executions: failures, and missing ticks. Pure. */

import type { Finding } from "../finding.ts";
import type { DeployedSchedule } from "../seams/engine.ts";
import { shellWord } from "../text/shell-word.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import type { EndedExecution, GateExecutions } from "./executions.ts";

/** A tick is due every hour; AWS retries its start for another one. */
const SILENCE: Seconds = 2 * 3600;

export function executionFindings(
  executions: readonly GateExecutions[],
  ticks: ReadonlyMap<string, DeployedSchedule>,
  { deployment, now }: { readonly deployment: string; readonly now: EpochSeconds },
): Finding[] {
  return executions.flatMap((each) => {
    const tick = ticks.get(each.gate);
    return [
      ...each.ended.filter(({ status }) => status !== "SUCCEEDED").map((end) => failure(end, each.gate)),
      ...(tick === undefined ? [] : silence(each, tick, deployment, now)),
    ];
  });
}

const ENDED: Readonly<Record<string, string>> = {
  FAILED: "failed",
  TIMED_OUT: "timed out",
  ABORTED: "was stopped by somebody",
};

function failure({ name, kind, status, endedAt, says }: EndedExecution, gate: string): Finding {
  return {
    id: "unattended-run-failed",
    severity: "error",
    message: `the last execution of kind ${kind} ${ENDED[status] ?? status}`,
    basis: "observed",
    evidence: [`${name}, ended ${formatInstant(Math.floor(endedAt))}`, ...(says === "" ? [] : [says])],
    remedy: `keyturn rotate status --gate ${shellWord(gate)}`,
    where: `gate ${gate}`,
  };
}

/** Only for an enabled schedule: a disabled one is a finding of its own. */
function silence(
  { gate, tickedAt }: GateExecutions,
  { name, state, createdAt, target }: DeployedSchedule,
  deployment: string,
  now: EpochSeconds,
): Finding[] {
  const since = Math.max(tickedAt ?? 0, createdAt);
  if (state !== "ENABLED" || now - since <= SILENCE) return [];
  return [
    {
      id: "deployment-silent",
      severity: "error",
      message: `no execution of gate ${gate} has started for ${formatDuration(now - since)}, although one is due every hour`,
      basis: "observed",
      evidence: [
        tickedAt === undefined
          ? "none is known"
          : `the last one started ${formatInstant(Math.floor(tickedAt))}`,
        `schedule ${name}, role ${target.role}`,
      ],
      remedy: `aws scheduler get-schedule --group-name ${deployment} --name ${shellWord(name)}`,
      where: `gate ${gate}`,
    },
  ];
}
