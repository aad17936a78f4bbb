/** `keyturn config check`: every mistake in keyturn.yaml, or how keyturn understands it. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Finding } from "../../finding.ts";
import { explainGate } from "../../gates/explain.ts";
import type { Mistake } from "../../gates/mistakes.ts";
import { readConfig } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { outcomeOf } from "../../report/report.ts";
import type { World } from "../../seams.ts";

type Needs = Pick<World, "clock" | "cwd" | "env" | "files" | "interrupt">;

/** Characters whose parsing takes no noticeable time. */
const QUICK = 65_536;

export const checkCommand = (bind: Bind) =>
  new Command("check")
    .description(
      "Checks keyturn.yaml without asking anybody: all mistakes with their places, or each gate as keyturn understands it. Whether the account agrees is what `keyturn audit` says.",
    )
    .action(bind(check));

export async function check(flags: GlobalFlags, world: Needs): Promise<Report> {
  const { path, text } = await readConfig(flags, world);
  const { checkGates } = await import("../../gates/read.ts");
  const { gates, mistakes } = checkGates(text);
  // Signals wait while a large file is parsed: a moment for one that came.
  if (text.length > QUICK) await world.clock.sleep(0.001, world.interrupt);
  const findings = mistakes.map((mistake) => findingOf(mistake, path));
  return {
    outcome: outcomeOf(findings),
    result: { file: path, gates: [...(gates?.values() ?? [])] },
    findings,
    text: (style) =>
      gates === undefined
        ? `${style.bad(style.sign.fail)} ${path}: ${count(mistakes.length)}`
        : [
            `${style.good(style.sign.ok)} ${path}`,
            ...[...gates.values()].map((gate) =>
              explainGate(gate).replace(/^.*/, (name) => style.bold(name)),
            ),
          ].join("\n\n"),
  };
}

function findingOf({ place, where, message, meant }: Mistake, path: string): Finding {
  return {
    id: "config-mistake",
    severity: "error",
    message: `${where} ${message}.`,
    basis: "observed",
    evidence: [],
    where: `${path}:${place.line}:${place.column}`,
    ...(meant === undefined ? {} : { remedy: `did you mean ${meant}?` }),
  };
}

function count(mistakes: number): string {
  return mistakes === 1 ? "one mistake" : `${mistakes} mistakes`;
}
