/** What `keyturn --help` prints: where to start, every command on a line, and the flags that all of them take. */
import type { Command, Help } from "commander";
import { TOPIC_NAMES } from "../help/topic.ts";
import { table, wrap } from "../text/layout.ts";
import { COMMANDS, GROUPS } from "./command-table.ts";

const START: readonly (readonly [line: string, purpose: string])[] = [
  ["keyturn rehearse", "a whole key rotation on a local cloud, without AWS"],
  ["keyturn config init", "write keyturn.yaml by reading your account"],
  ["keyturn inspect FILE", "a 403? what the edge would say to it, and why"],
  ["keyturn rotate plan", "what a rotation of your gate would do, and for how long"],
];

/** The commands' part stands in README.md as it is; a test compares them. */
export function overview(program: Command, help: Help): string {
  const columns = help.helpWidth ?? 80;
  const options = help.visibleOptions(program);
  return [
    "Usage: keyturn <command> [options]",
    wrap(
      "Operations for CloudFront signing keys and signed cookies: an edge gate, not authentication.",
      columns,
    ),
    "",
    "Start here:",
    indented(table(START)),
    "",
    "Commands:",
    commandList(columns),
    "",
    "Every command takes:",
    aligned(
      options.map((option) => [help.optionTerm(option), help.optionDescription(option)]),
      columns,
    ),
    "",
    wrap(
      `keyturn COMMAND --help leads with examples. keyturn help TOPIC explains ${TOPIC_NAMES.join(", ")}, or an error code; keyturn help topics lists them.`,
      columns,
    ),
    "",
  ].join("\n");
}

/** One line a command or group; a group names its commands. */
export function commandList(columns: number): string {
  const rows = new Map<string, [name: string, summary: string]>();
  for (const { words, summary } of COMMANDS) {
    const [first, second] = words.split(" ") as [string, string | undefined];
    const row = rows.get(first);
    if (second === undefined) rows.set(first, [first, summary]);
    else if (row === undefined) rows.set(first, [first, `${GROUPS[first] ?? ""}: ${second}`]);
    else row[1] += `, ${second}`;
  }
  return aligned([...rows.values()], columns);
}

/** Two columns, the second one wrapped under itself. */
function aligned(rows: readonly (readonly [term: string, text: string])[], columns: number): string {
  const width = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows
    .map(([term, text]) => `  ${term}`.padEnd(width) + wrap(text, columns, width).trimStart())
    .join("\n");
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
