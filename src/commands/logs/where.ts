/** `keyturn logs where`: where the access logs of a gate's distributions go. Reads only. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { loggedWhere } from "../../logs/where.ts";
import { whereReport } from "../../report/logs-where.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";

export const logsWhereCommand = (bind: Bind) => new Command("where").action(bind(logsWhere));

export async function logsWhere(flags: GlobalFlags, world: World): Promise<Report> {
  return whereReport(await loggedWhere(flags, world));
}
