/** `keyturn rotate status`: the state of the gate's rotation on one screen. Changes nothing. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import { reportFilesOf, writeReport } from "../../report/report-files.ts";
import { type EvidenceFormat, evidenceReport } from "../../report/rotation-evidence.ts";
import { allStatusReport, neverRotatedReport, rotationStatusReport } from "../../report/rotation-status.ts";
import { recordedEverywhere } from "../../rotation/recorded-everywhere.ts";
import { openSession, readStatus, recordOf } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { drivingExecutionsNow } from "../../unattended/driving-executions.ts";
import { collect } from "../collect.ts";
import { type NotifyFlags, notifierOf, notifying } from "./notify-options.ts";
import { WATCH_EVERY, watchOption } from "./watch-option.ts";

interface StatusFlags extends GlobalFlags, NotifyFlags {
  readonly all?: boolean;
  readonly watch?: Seconds | true;
  readonly evidence?: EvidenceFormat | "html";
  readonly pendingOk?: boolean;
  readonly report?: readonly string[];
}

export const statusCommand = (bind: Bind) =>
  notifying(
    new Command("status")
      .description(
        "Shows where the rotation stands, how long it waits, who has to act and what to run next. With --watch it keeps running until the rotation ends (exit code 0) or you stop it (exit code 130), and only reads.",
      )
      .option("--all", "every gate with a record, in each account that keyturn.yaml names")
      .addOption(new Option("--evidence <format>", "for the change ticket").choices(["md", "json", "html"]))
      .addOption(
        new Option("--report <form=file>", "also write a page, md=FILE or html=FILE; repeatable")
          .argParser(collect)
          .conflicts(["all", "evidence", "watch"]),
      )
      .addOption(watchOption())
      .option("--pending-ok", "exit 0, not 8, while it is open"),
  ).action(bind(status));

export async function status(flags: StatusFlags, world: World): Promise<Report> {
  const pages = await reportFilesOf(flags.report, { forms: ["md", "html"], name: "rotation" }, world);
  if (flags.all) return statusOfAll(flags, world);
  const notifier = notifierOf(flags, world);
  const session = await openSession(flags, world);
  const { place, tools } = session;
  const registered = await recordOf(session);
  const now = tools.clock.now();
  if (registered === undefined) return neverRotatedReport(place.gate);
  if (flags.evidence === "html")
    return (await import("../../report/html/evidence-page.ts")).evidencePage(session, registered.record);
  if (flags.evidence !== undefined) return evidenceReport(registered.record, now, flags.evidence);
  if (flags.watch !== undefined) {
    const { watchStatus } = await import("./watch-status.ts");
    const every = flags.watch === true ? WATCH_EVERY : flags.watch;
    return watchStatus(session, { ...flags, every }, notifier, world);
  }
  const isOpen = registered.record.finished === undefined;
  const [found, atWork] = await Promise.all([
    readStatus(tools),
    isOpen ? drivingExecutionsNow(place.gate, place.declared, flags, world) : undefined,
  ]);
  if (found === undefined) return neverRotatedReport(place.gate);
  for (const { form, path } of pages) {
    const { rotationPage } = await import("../../report/rotation-page.ts");
    const { evidenceHtml } = await import("../../report/html/evidence-page.ts");
    const { record } = registered;
    const text = form === "md" ? rotationPage(record, found, now) : await evidenceHtml(session, record);
    await writeReport(path, text, world);
  }
  return rotationStatusReport(found, tools.clock.now(), flags.pendingOk, atWork);
}

async function statusOfAll(flags: StatusFlags, world: World): Promise<Report> {
  const all = await recordedEverywhere(flags, world);
  return allStatusReport(all, all.now ?? world.clock.now(), flags.pendingOk);
}
