/** `keyturn config check`: every mistake in keyturn.yaml, or how keyturn understands it. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Finding } from "../../finding.ts";
import { checkMarks } from "../../gates/check-marks.ts";
import { explainGate } from "../../gates/explain.ts";
import type { ConfigMistake } from "../../gates/mistakes.ts";
import { readConfig } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { outcomeOf } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import { wrap } from "../../text/layout.ts";

type Needs = Pick<World, "clock" | "cwd" | "env" | "files" | "interrupt">;

/** In characters. Below this, parsing takes no noticeable time. */
const QUICK = 65_536;

export const checkCommand = (bind: Bind) =>
  new Command("check")
    .description(
      "Checks keyturn.yaml offline: prints every mistake with its line, or each gate as keyturn reads it. `keyturn audit` checks whether the account agrees.",
    )
    .action(bind(check));

export async function check(flags: GlobalFlags, world: Needs): Promise<Report> {
  const { path, text } = await readConfig(flags, world);
  const { checkGates } = await import("../../gates/read.ts");
  const { gates, mistakes } = checkGates(text);
  // Signals are not handled while a large file is parsed, so handle any pending one first.
  if (text.length > QUICK) await world.clock.sleep(0.001, world.interrupt);
  const findings = mistakes.map((mistake) => findingOf(mistake, path));
  const unchecked = checkMarks(text);
  return {
    outcome: outcomeOf(findings),
    result: { file: path, gates: [...(gates?.values() ?? [])], unchecked },
    findings,
    text: (style) =>
      gates === undefined
        ? `${style.bad(style.sign.fail)} ${path}: ${count(mistakes.length)}`
        : [
            `${unchecked.length === 0 ? style.good(style.sign.ok) : style.warn(style.sign.warn)} ${path}${wrap(marksText(unchecked), style.columns, 0, 2)}`,
            ...[...gates.values()].map((gate) =>
              explainGate(gate).replace(/^.*/, (name) => style.bold(name)),
            ),
          ].join("\n\n"),
  };
}

function findingOf({ place, where, message, meant }: ConfigMistake, path: string): Finding {
  return {
    id: "config-mistake",
    severity: "error",
    message: `${where} ${message}.`,
    basis: "observed",
    evidence: [],
    where: `${path}:${place.line}:${place.column}`,
    remedy: meant === undefined ? undefined : `did you mean ${meant}?`,
  };
}

function count(mistakes: number): string {
  return mistakes === 1 ? "one mistake" : `${mistakes} mistakes`;
}

/** Guesses of `config init` that still have their CHECK mark. */
function marksText(unchecked: readonly { readonly line: number }[]): string {
  if (unchecked.length === 0) return "";
  const [noun, are] = unchecked.length === 1 ? ["value is", "line"] : ["values are", "lines"];
  return `\n${unchecked.length} ${noun} still marked CHECK, in ${are} ${unchecked.map(({ line }) => line).join(", ")}: correct each one and delete the word`;
}
