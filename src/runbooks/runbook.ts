/** A runbook parsed from a page in `runbooks/`. `runbooks/README.md` describes the format. */
import { bashWords } from "../capture/read-bash-words.ts";
import { InputError, UsageError } from "../errors.ts";
import type { Runbooks } from "../seams/runbooks.ts";

/** A block of commands with their output. */
export interface ConsoleBlock {
  /** The name after `keyturn-step`; absent if the block cannot be run. */
  readonly step?: string;
  readonly commands: readonly ConsoleCommand[];
  /** The comments right above the block, one per line, for the tests. */
  readonly comments: readonly string[];
}
export interface ConsoleCommand {
  /** As typed, without the prompt and the exit code comment. */
  readonly line: string;
  readonly exitCode: number;
  /** Its output; `…` matches anything. */
  readonly output: readonly string[];
}
export interface Runbook {
  /** File name without `.md`. */
  readonly name: string;
  readonly title: string;
  readonly symptoms: readonly string[];
  /** Headings of the second level, in order. */
  readonly sections: readonly string[];
  readonly blocks: readonly ConsoleBlock[];
  readonly text: string;
}

/** Throws ERR_RUNBOOK if the page has no title or no symptoms. */
export function parseRunbook(name: string, text: string): Runbook {
  const title = /^# (.+)$/m.exec(text)?.[1];
  const symptoms = /^Symptoms: ([\s\S]+?)\n\n/m.exec(text)?.[1];
  if (title === undefined || symptoms === undefined) {
    throw new InputError("ERR_RUNBOOK", `runbook ${name} has no title or no symptoms`, [
      "keyturn runbook list",
    ]);
  }
  return {
    name,
    title,
    symptoms: symptoms.split(";").map((each) => each.replace(/\s+/g, " ").trim()),
    sections: [...text.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading),
    blocks: parseConsole(text),
    text,
  };
}

/** All of them, by name. */
export async function readRunbooks(runbooks: Runbooks): Promise<readonly Runbook[]> {
  const names = await runbooks.names();
  return Promise.all(names.map(async (name) => parseRunbook(name, await runbooks.read(name))));
}

/** The page without the comments meant for its tests. */
export function readableText({ text }: Pick<Runbook, "text">): string {
  return text.replace(/^(?:<!--.*-->\n)+\n?/gm, "");
}

/** The `console` blocks of a Markdown text, except those inside longer fences, which are examples. */
export function parseConsole(text: string): readonly ConsoleBlock[] {
  const blocks: ConsoleBlock[] = [];
  const fence = /((?:^<!-- .* -->\n)*)\n?^(`{3,})(.*)\n([\s\S]*?)^\2$/gm;
  for (const [, comments = "", ticks, language = "", body = ""] of text.matchAll(fence)) {
    const [kind, tag, step] = language.trim().split(/\s+/);
    if (ticks !== "```" || kind !== "console") continue;
    blocks.push({
      commands: parseCommands(body),
      comments: [...comments.matchAll(/^<!-- (.*) -->$/gm)].map(([, comment = ""]) => comment),
      step: tag === "keyturn-step" ? step : undefined,
    });
  }
  return blocks;
}

const EXIT_CODE = /\s+# exit code (\d+)$/;

function parseCommands(body: string): readonly ConsoleCommand[] {
  const commands: { line: string; exitCode: number; output: string[] }[] = [];
  for (const each of body.split("\n")) {
    const last = commands.at(-1);
    if (each.startsWith("$ ")) {
      const line = each.slice(2);
      const exitCode = Number(EXIT_CODE.exec(line)?.[1] ?? 0);
      commands.push({ line: line.replace(/\s+# .*$/, ""), exitCode, output: [] });
    } else if (last?.line.endsWith("\\")) {
      last.line = `${last.line.slice(0, -1).trimEnd()} ${each.trim()}`;
    } else if (each !== "") last?.output.push(each);
  }
  return commands;
}

export interface RunbookStep {
  readonly name: string;
  /** The argument lists, without `keyturn` itself. */
  readonly commands: readonly { readonly argv: readonly string[]; readonly exitCode: number }[];
}

/** Checks that the page has the step. Throws ERR_USAGE if none is given, ERR_RUNBOOK if there is no such step. */
export function chooseStep(runbook: Runbook, name: string | undefined): string {
  const names = stepNames(runbook);
  if (name !== undefined && names.includes(name)) return name;
  const hints = names.map((each) => `keyturn runbook run ${runbook.name} --step ${each}`);
  if (name === undefined)
    throw new UsageError("ERR_USAGE", `no step given for runbook ${runbook.name}`, hints);
  throw new InputError("ERR_RUNBOOK", `runbook ${runbook.name} has no step "${name}"`, hints);
}

/**
 * The step's commands as argument lists. Throws ERR_RUNBOOK if there is no such step, or a command is not keyturn's or
 * would need a shell: nothing on a page is ever passed to one.
 */
export function stepOf(runbook: Runbook, name: string): RunbookStep {
  const chosen = chooseStep(runbook, name);
  const commands = runbook.blocks.filter(({ step }) => step === chosen).flatMap((block) => block.commands);
  return {
    name,
    commands: commands.map(({ line, exitCode }) => ({ argv: argvOf(line, runbook.name), exitCode })),
  };
}

export function stepNames({ blocks }: Pick<Runbook, "blocks">): readonly string[] {
  return [...new Set(blocks.flatMap(({ step }) => step ?? []))];
}

function argvOf(line: string, runbook: string): readonly string[] {
  const { words, hasExpansion, isCutOff } = bashWords(line);
  // bashWords stops at the end of a command: if the line continues (`; rm`, `| sh`), the whole line is refused.
  const isWhole = bashWords(`${line} end-of-line`).words.at(-1) === "end-of-line";
  const isRedirected = words.some((word) => /^\d*[<>]/.test(word));
  const [program, ...argv] = words;
  if (program === "keyturn" && !hasExpansion && !isCutOff && !isRedirected && isWhole) return argv;
  throw new InputError("ERR_RUNBOOK", `runbook ${runbook} has a step that only a shell could run: ${line}`, [
    `keyturn runbook show ${runbook}`,
  ]);
}
