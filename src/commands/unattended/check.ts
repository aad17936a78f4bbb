/**
 * `keyturn unattended check`: compares the deployment with what this version would write, and shows its executions.
 * Read-only.
 */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { chooseGate, openGates, readConfig } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { checkReport, type DeploymentCheckResult } from "../../report/unattended-check.ts";
import type { World } from "../../seams/world.ts";
import { type CheckFlags, checkInput, templateLine } from "../../unattended/check-input.ts";
import { deploymentOf } from "../../unattended/deployment.ts";
import { deploymentName, engineOptions } from "../../unattended/driving-executions.ts";
import { executionsOf } from "../../unattended/executions.ts";
import { judgeDeployed } from "../../unattended/judge-deployed.ts";
import { executionFindings } from "../../unattended/judge-executions.ts";
import { functionPackage } from "../../unattended/package.ts";
import { readDeployed } from "../../unattended/read-deployed.ts";
import { DEFAULTS, templateInput } from "../../unattended/template-input.ts";

interface Flags extends Partial<CheckFlags>, GlobalFlags {}

export const checkCommand = (bind: Bind) =>
  new Command("check")
    .description(
      "Compares the deployment with what this version of keyturn would write, and shows what the executions are doing and have done, when they check again, and which alarms are on. Changes nothing. Exit code 1 means that somebody has to act.",
    )
    .option("--name <name>", "name that it was deployed under; default: KEYTURN_DEPLOYMENT, else keyturn")
    .option("--every <duration>", "expect a rotation at this key age; default: what is deployed")
    .option("--start-at <schedule>", "expect this schedule; default: what is deployed")
    .action(bind(check));

export async function check(flags: Flags, world: World): Promise<Report<DeploymentCheckResult>> {
  const { name = deploymentName(world.env), every, startAt } = flags;
  // Before any call to AWS.
  templateInput({ ...DEFAULTS, ...flags, name });
  const file = await openGates(flags, world);
  const named = flags.gate ?? (world.env.KEYTURN_GATE || undefined);
  const gates = named === undefined ? [...file.gates.values()] : [chooseGate(file, named)];
  const { text } = await readConfig(flags, world);
  const engine = await world.engineCloud(engineOptions(flags, world.env, gates[0]));
  const found = await readDeployed(name, engine);
  const input = checkInput({ name, every, startAt }, found);
  const { sha256 } = functionPackage(await world.turnCode(), text);
  const expected = deploymentOf(gates, { ...input, codeSha256: sha256 });
  const names = gates.map((gate) => gate.name);
  const executions = found.machine === undefined ? [] : await executionsOf(names, found.machine.arn, engine);
  const now = world.clock.now();
  const judged = judgeDeployed(found, expected, {
    templateLine: templateLine(input, named === undefined ? undefined : names[0]),
    isWhole: named === undefined,
  });
  const ticks = new Map(
    expected.schedules.flatMap(({ input: { gate, kind }, name: called }) => {
      const schedule = found.schedules.find((each) => each.name === called);
      return kind === "tick" && schedule !== undefined ? [[gate, schedule] as const] : [];
    }),
  );
  return checkReport({
    name,
    where: engine.where,
    parts: judged.parts,
    executions,
    alarms: found.alarms,
    ticks,
    findings: [...judged.findings, ...executionFindings(executions, ticks, { deployment: name, now })],
    now,
  });
}
