/** `keyturn rotate start`: opens a rotation, optionally from a plan file, and drives it until it waits, halts or finishes. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { KEY_TYPES } from "../../keys/key-pair.ts";
import type { Report } from "../../report/report.ts";
import { plannedChanges, planReport } from "../../report/rotation-plan.ts";
import type { ProgressOutput } from "../../report/rotation-progress.ts";
import { journalOpening } from "../../rotation/journal.ts";
import { openRotation, refuseMoved, refuseUnsafePlan, whoStarts } from "../../rotation/open-rotation.ts";
import { makePlan, type PlanFlags } from "../../rotation/plan-session.ts";
import { sessionTools } from "../../rotation/session.ts";
import { STAGES, type Stage } from "../../rotation/stage.ts";
import type { World } from "../../seams/world.ts";
import { confirmed } from "../confirm.ts";
import { keepOption, planArgument } from "../named-options.ts";
import { driveOn } from "./drive-on.ts";
import { type NotifyFlags, notifierOf, notifying } from "./notify-options.ts";
import { urgent } from "./urgency-options.ts";

interface StartFlags extends PlanFlags, GlobalFlags, NotifyFlags {
  readonly plan?: string;
  readonly ticket?: string;
  readonly until?: Stage;
  readonly wait?: boolean;
  readonly pendingOk?: boolean;
  readonly yes?: boolean;
  readonly yesCutOffViewers?: boolean;
  readonly dryRun?: boolean;
}

export const startCommand = (bind: Bind) =>
  notifying(
    urgent(
      new Command("start")
        .description("Opens a rotation of the gate's signing key and takes it as far as it can go now.")
        .addArgument(planArgument())
        .option("--ticket <id>", "change ticket, for the record")
        .addOption(new Option("--key-type <type>", "type of the new key, if different").choices(KEY_TYPES))
        .addOption(keepOption())
        .option("--leaves-stale <field...>", "fields of the secret that may keep the old public key")
        .addOption(new Option("--until <stage>", "stop after this stage").choices(STAGES))
        .option("--wait", "wait until it finishes or halts")
        .option("--pending-ok", "exit 0, not 8, when it has to wait: for CI")
        .option("--dry-run", "print the plan, change nothing")
        .option("--yes", "do not ask for confirmation"),
    ),
  ).action(bind(start));

export async function start(flags: StartFlags, world: World, output?: ProgressOutput): Promise<Report> {
  const notifier = notifierOf(flags, world);
  const planned = flags.plan === undefined ? undefined : await plannedIn(flags.plan, world);
  const { plan, facts, cloud, place } = await makePlan({ ...flags, ...planned?.asked }, world);
  if (flags.dryRun) {
    world.terminal.note("dry run: nothing was changed");
    return planReport(plan);
  }
  if (planned !== undefined) refuseMoved(plan.gate, planned.plan.pinned, facts);
  refuseUnsafePlan(plan);
  const cutsOff = plan.mode !== "normal";
  const mutation = {
    account: plan.account,
    where: cloud.where,
    gate: plan.gate,
    changes: plannedChanges(plan),
    typeBack: plan.gate,
    flag: cutsOff ? "--yes-cut-off-viewers" : "--yes",
  };
  await confirmed(mutation, { yes: (cutsOff ? flags.yesCutOffViewers : flags.yes) === true }, world);
  const tools = sessionTools(place, cloud, world);
  const startedBy = await whoStarts(world, cloud.caller, flags.ticket);
  // Every second counts in an emergency, and the driver warns anyway.
  await journalOpening(cutsOff ? tools.journal : world.journal, plan, tools.clock.now(), startedBy);
  const aws = { ...world, clock: tools.clock };
  const opened = await openRotation(plan, facts, tools.register, aws, startedBy);
  return driveOn(tools, opened, { ...flags, opened: opened.rotation }, notifier, world, output);
}

/** Loaded only for a plan file, because reading one needs zod. */
const plannedIn = async (path: string, { files }: Pick<World, "files">) =>
  (await import("../../rotation/plan-file.ts")).readPlanFile(path, files);
