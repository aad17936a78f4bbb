/** `keyturn rotate abort`: gives up the open rotation, fences first, without cutting anyone off. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import { abortChanges, rotationStatusReport } from "../../report/rotation-status.ts";
import { openSession, readStatus, recordOf } from "../../rotation/session.ts";
import { turnToAbort } from "../../rotation/turn.ts";
import type { World } from "../../seams/world.ts";
import { confirmed } from "../confirm.ts";
import { offerAmendment } from "./declared.ts";
import { driveOn } from "./drive-on.ts";
import { type NotifyFlags, notifierOf, notifying } from "./notify-options.ts";

interface AbortFlags extends GlobalFlags, NotifyFlags {
  readonly wait?: boolean;
  readonly pendingOk?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const abortCommand = (bind: Bind) =>
  notifying(
    new Command("abort")
      .description(
        "Gives up the gate's open rotation: signers go back to the old key, and nobody is cut off.",
      )
      .option("--wait", "wait until it finishes or halts")
      .option("--pending-ok", "exit 0, not 8, when it has to wait: for CI")
      .option("--dry-run", "show what abort would do now, change nothing")
      .option("--yes", "do not ask for confirmation"),
  ).action(bind(abort));

export async function abort(flags: AbortFlags, world: World): Promise<Report> {
  const notifier = notifierOf(flags, world);
  const session = await openSession(flags, world);
  const { place, cloud, tools, account } = session;
  const registered = await recordOf(session);
  if (registered !== undefined) await offerAmendment(registered, session, world, flags);
  const before = await readStatus(tools);
  const isAsked = before?.goal === "forward" && before.abort.possible;
  // A refusal is reported below; if an abort is already under way, only say how to continue it.
  if (before !== undefined && (isAsked || flags.dryRun || before.goal === "abort")) {
    const changes = abortChanges(before);
    const mutation = { account, where: cloud.where, gate: place.gate, changes, typeBack: place.gate };
    const flagsNow = { dryRun: flags.dryRun === true, yes: flags.yes === true || !isAsked };
    if (!(await confirmed(mutation, flagsNow, world)))
      return rotationStatusReport(before, tools.clock.now(), true);
  }
  const record = await turnToAbort(tools.register);
  return driveOn(tools, record, flags, notifier, world);
}
