/** `keyturn explain`: one short page for any id that keyturn prints. */
import { Argument, Command } from "commander";
import type { Bind } from "../cli/bind.ts";
import { offering } from "../completion/offers.ts";
import { UsageError } from "../errors.ts";
import { explainReport } from "../report/explain.ts";
import type { Report } from "../report/report.ts";

export const explainCommand = (bind: Bind) =>
  new Command("explain")
    .addArgument(
      offering(
        new Argument("<id>", "a finding, halt, stage, ERR_ code, edge code or undocumented rule"),
        "ids",
      ),
    )
    .action(bind(explain));

export async function explain({ id }: { readonly id: string }): Promise<Report> {
  const { explain: find, nearestId } = await import("../help/explain.ts");
  const found = find(id);
  if (found !== undefined) return explainReport(found);
  const meant = nearestId(id);
  throw new UsageError("ERR_USAGE", `unknown id "${id}"`, [
    ...(meant === undefined ? [] : [`keyturn explain ${meant}`]),
    `keyturn runbook list ${/^[\w-]+$/.test(id) ? id : "403"}`,
  ]);
}
