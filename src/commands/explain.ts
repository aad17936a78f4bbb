/** `keyturn explain`: one short page for any id that keyturn prints. */
import { Argument, Command } from "commander";
import type { Bind } from "../cli/bind.ts";
import { offering } from "../completion/offers.ts";
import { UsageError } from "../errors.ts";
import { explainReport } from "../report/explain.ts";
import type { Report } from "../report/report.ts";
import { readRunbooks } from "../runbooks/runbook.ts";
import type { World } from "../seams/world.ts";

export const explainCommand = (bind: Bind) =>
  new Command("explain")
    .addArgument(
      offering(
        new Argument("<id>", "a finding, halt, stage, ERR_ code, edge code or undocumented rule"),
        "ids",
      ),
    )
    .action(bind(explain));

interface Flags {
  readonly id: string;
}

export async function explain({ id }: Flags, { runbooks }: Pick<World, "runbooks">): Promise<Report> {
  const { explainId, idsLike } = await import("../help/explain.ts");
  const found = explainId(id);
  if (found !== undefined) return explainReport(found);
  const { searchRunbooks } = await import("../help/search-runbooks.ts");
  const isInRunbook = /^[\w-]+$/.test(id) && searchRunbooks(await readRunbooks(runbooks), id).length > 0;
  throw new UsageError("ERR_USAGE", `unknown id "${id}"`, [
    ...idsLike(id).map((each) => `keyturn explain ${each}`),
    isInRunbook ? `keyturn runbook list ${id}` : "keyturn help ids",
  ]);
}
