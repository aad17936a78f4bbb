/** `keyturn rotate plan`: what a rotation would do, stage by stage, and what blocks it. Changes nothing. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { KEY_TYPES } from "../../keys/key-pair.ts";
import type { Report } from "../../report/report.ts";
import { planReport } from "../../report/rotation-plan.ts";
import { makePlan, type PlanFlags } from "../../rotation/plan-session.ts";
import type { World } from "../../seams/world.ts";
import { printableJson } from "../../text/printable.ts";
import { keepOption } from "../named-options.ts";

interface RotatePlanFlags extends PlanFlags, GlobalFlags {
  readonly output?: string;
}

export const planCommand = (bind: Bind) =>
  new Command("plan")
    .description(
      "Shows what a rotation of the gate's signing key would do; with -o saves the plan for `rotate start`.",
    )
    .addOption(new Option("--key-type <type>", "type of the new key, if different").choices(KEY_TYPES))
    .addOption(keepOption())
    .option("--leaves-stale <field...>", "fields of the secret that may keep the old public key")
    .option("--compromised", "plan an emergency: untrust the old key without waiting for its cookies")
    .option("--cut-now", "plan an emergency: replace the old key in one group update")
    .option("-o, --output <file>", "write the plan to a new file")
    .action(bind(plan));

export async function plan(flags: RotatePlanFlags, world: World): Promise<Report> {
  const { plan } = await makePlan(flags, world);
  if (flags.output !== undefined) {
    await world.files.writeNew(flags.output, `${printableJson(JSON.stringify(plan, null, 2))}\n`, 0o666);
  }
  return planReport(plan, flags.output);
}
