/** The values that a step needs: tickets, file names, key pair IDs. Given with --set or prompted for; never invented. */
import { UsageError } from "../errors.ts";
import type { Terminal } from "../seams/world.ts";
import { GATE_WORDS } from "./fill-in.ts";
import type { RunbookStep } from "./runbook.ts";

/** What each word in capitals means. */
const MEANING: Readonly<Record<string, string>> = {
  TICKET: "change ticket, for the record",
  PLAN_FILE: "plan file that rotate plan -o wrote",
  REQUEST_FILE: "file with the copied request",
  ANSWER_FILE: "file with the response, as curl -i prints it",
  TEST_ACCOUNT: "file with a test account's user name and password",
  KEY_PAIR_ID: "key pair ID",
  ACCESS_LOGS: "access log file, or a folder of them",
};
const WORD = new RegExp(`\\b(?:${[...Object.keys(MEANING), ...GATE_WORDS].join("|")})\\b`, "g");

/** In the order in which the step needs them. Includes a gate's value if keyturn.yaml does not have it. */
function openWords({ commands }: RunbookStep): string[] {
  return [...new Set(commands.flatMap(({ argv }) => argv.flatMap((word) => word.match(WORD) ?? [])))];
}

/**
 * The step with its placeholders replaced: `set` holds NAME=VALUE, and the user is prompted for the others. Throws
 * ERR_USAGE for a word that the step does not have, an unusable value, and a missing value without a terminal. `again`:
 * the command as typed.
 */
export async function withValues(
  step: RunbookStep,
  set: readonly string[],
  terminal: Pick<Terminal, "interactive" | "ask">,
  again: string,
): Promise<RunbookStep> {
  const open = openWords(step);
  const values = new Map(set.map((each) => settingOf(each, open, again)));
  const missing = open.filter((name) => !values.has(name));
  if (missing.length > 0 && !terminal.interactive) {
    throw new UsageError("ERR_USAGE", `the step needs ${missing.map(described).join(", ")}`, [
      `${again} ${missing.map((name) => `--set ${name}=VALUE`).join(" ")}`,
    ]);
  }
  for (const name of missing) {
    const typed = (await terminal.ask(`${described(name)}: `)).trim();
    values.set(...settingOf(`${name}=${typed}`, open, again));
  }
  const filled = (word: string) => word.replace(WORD, (name) => values.get(name) ?? name);
  return {
    ...step,
    commands: step.commands.map((command) => ({ ...command, argv: command.argv.map(filled) })),
  };
}

const described = (name: string) => `${name} (${MEANING[name] ?? "not in keyturn.yaml"})`;

function settingOf(text: string, open: readonly string[], again: string): [name: string, value: string] {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (!open.includes(name)) {
    const known = open.length === 0 ? "it needs no values" : `it has ${open.join(", ")}`;
    throw new UsageError("ERR_USAGE", `--set takes NAME=VALUE, with a name that the step uses: ${known}`, [
      again,
    ]);
  }
  // A value that is an option would change what the command does.
  if (/^(?:-|$)/.test(value)) {
    throw new UsageError("ERR_USAGE", `${name} needs a value that is not empty and does not start with -`, [
      `${again} --set ${name}=VALUE`,
    ]);
  }
  return [name, value];
}
