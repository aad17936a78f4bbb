/** `keyturn rotate resume`: continues an open rotation, whoever started it; needs only AWS access. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import type { ProgressOutput } from "../../report/rotation-progress.ts";
import { neverRotatedReport, resumedChanges } from "../../report/rotation-status.ts";
import { rotationModeOf } from "../../rotation/plan-session.ts";
import { openSession, recordOf } from "../../rotation/session.ts";
import { STAGES, type Stage } from "../../rotation/stage.ts";
import { recordOperatorInput, refuseDeployment, refuseUrgency } from "../../rotation/turn.ts";
import type { World } from "../../seams/world.ts";
import { confirmed } from "../confirm.ts";
import { offerAmendment } from "./declared.ts";
import { driveOn, statusNow } from "./drive-on.ts";
import { needsNoYes } from "./needs-no-yes.ts";
import { type NotifyFlags, notifierOf, notifying } from "./notify-options.ts";
import { rebuilt } from "./rebuilt.ts";
import { urgent } from "./urgency-options.ts";

interface ResumeFlags extends GlobalFlags, NotifyFlags {
  readonly until?: Stage;
  readonly wait?: boolean;
  readonly pendingOk?: boolean;
  readonly compromised?: boolean;
  readonly cutNow?: boolean;
  readonly yesCutOffViewers?: boolean;
  readonly signersRestarted?: boolean;
  readonly deployed?: boolean;
  readonly rebuildRecord?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const resumeCommand = (bind: Bind) =>
  notifying(
    urgent(
      new Command("resume")
        .description("Continues the gate's open rotation until it has to wait, halts or finishes.")
        .addOption(new Option("--until <stage>", "stop after this stage").choices(STAGES))
        .option("--wait", "wait until it finishes or halts")
        .option("--pending-ok", "exit 0, not 8, when it has to wait: for CI")
        .option("--signers-restarted", "every signer was restarted since AWSCURRENT moved")
        .option("--deployed", "signers with an external key pair ID now have the ID that the halt names")
        .option("--rebuild-record", "restore a lost or unreadable record from the traces of the rotation")
        .option("--dry-run", "show the current stage and what comes next, change nothing")
        .option("--yes", "do not ask on a terminal (elsewhere, `rotate start` was confirmed)"),
    ),
  ).action(bind(resume));

export async function resume(flags: ResumeFlags, world: World, output?: ProgressOutput): Promise<Report> {
  const wanted = rotationModeOf(flags);
  const notifier = notifierOf(flags, world);
  const session = await openSession(flags, world);
  const { place, cloud, tools, account } = session;
  const already = flags.rebuildRecord === true ? await rebuilt(flags, session, world) : undefined;
  const mode = wanted === "normal" ? undefined : wanted;
  const registered = await recordOf(session);
  const record = registered?.record;
  if (mode !== undefined) refuseUrgency(place.gate, record);
  // On most days a scheduled resume finds nothing to do; that is not a failure.
  if (registered === undefined || record === undefined) return neverRotatedReport(place.gate);
  if (flags.deployed === true) refuseDeployment(record);
  await offerAmendment(registered, session, world, flags);
  const changes = resumedChanges(record, mode, flags.until);
  const flag = mode === undefined ? "--yes" : "--yes-cut-off-viewers";
  const where = { account, where: cloud.where, gate: place.gate };
  const mutation = { ...where, changes, typeBack: place.gate, flag, already };
  const isAgreed = flags.yesCutOffViewers || already !== undefined;
  const yes = mode === undefined ? await needsNoYes(flags, record, tools, world) : isAgreed;
  if (!(await confirmed(mutation, { yes: yes === true, dryRun: flags.dryRun === true }, world))) {
    return statusNow(tools, place.gate);
  }
  await recordOperatorInput(tools.register, { ...flags, mode }, tools.clock.latest());
  return driveOn(tools, record, flags, notifier, world, output);
}
