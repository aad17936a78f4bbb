/** `keyturn rotate history`: a gate's past rotations, a line each. Changes nothing. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { findGates } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { allHistoriesReport, historyReport } from "../../report/rotation-history.ts";
import { neverRotatedReport } from "../../report/rotation-status.ts";
import { readAllHistories } from "../../rotation/all-histories.ts";
import { readHistory } from "../../rotation/history.ts";
import { openSession, recordOf } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";

interface HistoryFlags extends GlobalFlags {
  readonly all?: boolean;
}

export const historyCommand = (bind: Bind) =>
  new Command("history")
    .description(
      "Shows the gate's past rotations from the versions of its rotation record: when, how they ended, how long they took, for which ticket and by whom. Says so if Secrets Manager has removed older ones.",
    )
    .option("--all", "every gate of keyturn.yaml; without that file, of this account and region")
    .action(bind(history));

export async function history(flags: HistoryFlags, world: World): Promise<Report> {
  if (flags.all) return historyOfAll(flags, world);
  const session = await openSession(flags, world);
  const { place, cloud, tools } = session;
  if ((await recordOf(session)) === undefined) return neverRotatedReport(place.gate);
  const found = await readHistory(cloud.vault, place.secretId, tools.clock, place.gate);
  return found === undefined ? neverRotatedReport(place.gate) : historyReport(found);
}

async function historyOfAll(flags: HistoryFlags, world: World): Promise<Report> {
  const file = await findGates(flags, world);
  const all = await readAllHistories([...(file?.gates.values() ?? [])], flags, world);
  const [first] = all.unread;
  // An error that affects every gate is not a finding about one of them.
  if (all.found.length + all.neverRotated.length === 0 && first !== undefined) throw first.error;
  return allHistoriesReport(all);
}
