/** `keyturn help`: a topic or an error code. For a command it is the same as --help (see `program.ts`). */
import { Argument, Command } from "commander";
import type { Bind } from "../cli/bind.ts";
import { offering } from "../completion/offers.ts";
import { UsageError } from "../errors.ts";
import type { Report } from "../report/report.ts";

export const helpCommand = (bind: Bind) =>
  new Command("help")
    .description("Explains a topic or an error code; `keyturn help topics` lists them.")
    .addArgument(offering(new Argument("[topic]", "topic, ERR_ code, or a command"), "topics"))
    .action(bind(help));

export async function help({ topic }: { readonly topic?: string }): Promise<Report> {
  const { findPage, layOut, nearestPage, pageList, pageNames } = await import("../help/page.ts");
  if (topic === undefined || topic === "topics") {
    return { outcome: "done", result: pageNames(), findings: [], text: pageList };
  }
  const page = findPage(topic);
  if (page === undefined) {
    const meant = nearestPage(topic);
    throw new UsageError("ERR_USAGE", `no help topic "${topic}"`, [
      ...(meant === undefined ? [] : [`keyturn help ${meant}`]),
      "keyturn help topics",
    ]);
  }
  return { outcome: "done", result: page, findings: [], text: ({ columns }) => layOut(page.text, columns) };
}
