/** What `keyturn --help` prints: where to start, and one line per command. */
import type { Help } from "commander";
import { TOPIC_NAMES } from "../help/topic.ts";
import { table, wrap } from "../text/layout.ts";
import { COMMANDS } from "./command-table.ts";
import { GROUPS } from "./groups.ts";

const START: readonly (readonly [line: string, purpose: string])[] = [
  ["keyturn rehearse", "a whole key rotation in a local cloud, without AWS"],
  ["keyturn config init", "write keyturn.yaml by reading your account"],
  ["keyturn triage", "users are cut off? every gate, and what to type next"],
  ["keyturn inspect FILE", "one 403? see what the edge decides, and why"],
  ["keyturn rotate plan", "what rotating your gate's key would do, and for how long"],
];

/** README.md repeats the list of commands; a test compares them. */
export function overview(help: Help): string {
  const columns = help.helpWidth ?? 80;
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
    wrap(
      `\`keyturn COMMAND --help\` starts with examples. \`keyturn help TOPIC\` explains ${TOPIC_NAMES.join(", ")}, or an error code; \`keyturn help topics\` lists them. Every command takes the options of \`keyturn help options\`: --json, --gate and others.`,
      columns,
    ),
    "",
  ].join("\n");
}

/** One line per command or group; a group lists its commands. */
export function commandList(columns: number): string {
  const rows = new Map<string, [name: string, summary: string]>();
  for (const { words, summary } of COMMANDS) {
    const [first, second] = words.split(" ") as [string, string | undefined];
    const row = rows.get(first);
    // A subcommand of a command that also works alone.
    if (second !== undefined && row !== undefined && !Object.hasOwn(GROUPS, first)) continue;
    if (second === undefined) rows.set(first, [first, summary]);
    else if (row === undefined) rows.set(first, [first, `${GROUPS[first] ?? ""}: ${second}`]);
    else row[1] += `, ${second}`;
  }
  return aligned([...rows.values()], columns);
}

/** Two columns, the second wrapped within its width. */
function aligned(rows: readonly (readonly [term: string, text: string])[], columns: number): string {
  const width = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows
    .map(([term, text]) => `  ${term}`.padEnd(width) + wrap(text, columns, width).trimStart())
    .join("\n");
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
