/**
 * Every command that the program prints as the next thing to type can be pasted: a shell parses it, and commander knows
 * its words and options. A line that begins with a program's name is a command as a whole. Inside a sentence, a command
 * is in backticks. `runCommand` checks what other tests make the program print.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { globalOptions } from "../src/cli/global-options.ts";
import { GROUPS } from "../src/cli/groups.ts";
import { isToType } from "../src/text/layout.ts";
import { needs } from "./fakes/needs.ts";
import { shellWords } from "./fakes/shell-words.ts";
import { textsIn } from "./source-code.ts";

const SRC = join(import.meta.dirname, "../src");
/** Replaces each expression of a template. */
const VALUE = "XVALUEX";

/** Scripts, servers, format names and titles: nothing there is for a person to type. */
const NO_ADVICE =
  /^(completion\/scripts|capture\/read-curl|capture\/read-cookie-json|help\/topics|report\/(?:github|schemas)|rotation\/execute|cli\/man-page|sandbox\/(page|edge|state|certificate))/;
/** The beginning of a command that is completed at run time. */
const UNFINISHED = /^keyturn (?:rotate (?:start|plan) --gate)?$/;

interface Printed {
  readonly file: string;
  readonly command: string;
}

const printed: readonly Printed[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !NO_ADVICE.test(file))
  .toSorted()
  .flatMap((file) =>
    textsIn(readFileSync(join(SRC, file), "utf8"), VALUE)
      .flatMap(commandsIn)
      .map((command) => ({ file, command })),
  );

/** The text itself if it is a command, otherwise the commands that it has in backticks. */
function commandsIn(text: string): string[] {
  if (UNFINISHED.test(text)) return [];
  if (isToType(text)) return [text];
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, quoted = ""]) => quoted).filter(isToType);
}

const asText = ({ file, command }: Printed) => `${file}: ${command}`;

describe("printed commands", () => {
  it("are many", () => expect(printed.length).toBeGreaterThan(400));

  it("contain no remark and no punctuation of a sentence", () => {
    const remarks = printed.filter(
      ({ command }) => / \([a-z]/i.test(command) || /[.,;:](?: |$)/.test(command.replace(/'[^']*'/g, "")),
    );
    expect(remarks.map(asText)).toEqual([]);
  });

  it("are in backticks inside a sentence", () => {
    const words = COMMANDS.map(({ words }) => words).join("|");
    const bare = new RegExp(`(?<![\`"\\w])keyturn (?:${words})(?: --?[a-z]| [A-Z]{2,}|[.;:]|$)`);
    const found = readdirSync(SRC, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !NO_ADVICE.test(file))
      .flatMap((file) =>
        textsIn(readFileSync(join(SRC, file), "utf8"), VALUE)
          .filter(
            (text) =>
              !isToType(text) &&
              !/^\s*(?:#|(?:runbook: )?keyturn |pbpaste \||terraform |zcat |curl |eval )/.test(text),
          )
          .filter((text) => bare.test(text.replace(/`[^`\n]*`/g, "")))
          .map((text) => `${file}: ${text}`),
      );
    expect(found).toEqual([]);
  });

  describe("parsed by commander", () => {
    const parsers = new Map<string, Command>();
    beforeAll(async () => {
      for (const { words, load } of COMMANDS) {
        const command = (await load())(() => async () => {});
        command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
        for (const option of globalOptions()) command.addOption(option);
        parsers.set(words, command);
      }
    });

    it("have words, options and arguments that exist", async () => {
      const refused: string[] = [];
      for (const each of printed.filter(({ command }) => command.startsWith("keyturn "))) {
        const why = await refusal(shellWords(each.command).slice(1), parsers);
        if (why !== undefined) refused.push(`${asText(each)}: ${why}`);
      }
      expect(refused).toEqual([]);
    });
  });

  needs("bash")("in bash", () => {
    it("are parsed without a syntax error", () => {
      // One shell parses them all. As the body of a function, a command is not run.
      const script = printed
        .map(({ command }, at) => `eval "f() {\n"${quoted(command)}"\n}" 2>&1 || echo "refused ${at}"`)
        .join("\n");
      const { stdout } = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
      const refused = [...stdout.matchAll(/^refused (\d+)$/gm)].map(
        ([, at]) => printed[Number(at)] as Printed,
      );
      expect(refused.map(asText)).toEqual([]);
    });
  });
});

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Only errors in words and options count. Values are placeholders, so they may be wrong. */
const WRONG = new Set([
  "commander.unknownOption",
  "commander.excessArguments",
  "commander.optionMissingArgument",
]);

async function refusal(
  typed: readonly string[],
  parsers: ReadonlyMap<string, Command>,
): Promise<string | undefined> {
  const [first = "", second = ""] = typed;
  if (first.startsWith("--")) return first === "--version" || first === "--help" ? undefined : "no command";
  if (first === "COMMAND" || first === VALUE || second === VALUE) return undefined;
  if (typed.some((word) => word.startsWith("--") && word.includes(VALUE))) return undefined;
  const isGroup = Object.hasOwn(GROUPS, first);
  const words = isGroup ? `${first} ${second}` : first;
  if (typed.includes("--help")) return parsers.has(words) || isGroup ? undefined : "no command";
  const command = parsers.get(words);
  if (command === undefined) return "no such command";
  try {
    await command.parseAsync(typed.slice(isGroup ? 2 : 1), { from: "user" });
    return undefined;
  } catch (thrown) {
    const { code = "", message } = thrown as { code?: string; message: string };
    return WRONG.has(code) ? message : undefined;
  }
}
