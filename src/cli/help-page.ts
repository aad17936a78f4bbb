/** What a command's help says around its options. */
import type { CommandEntry } from "./command-entry.ts";
import { jsonExample } from "./json-examples.ts";

/** `help` from commander, with the command's examples first and where to find the options of every command last. */
export function withExamples(help: string, { words, examples = [] }: CommandEntry): string {
  const json = jsonExample(words);
  const all = json === undefined ? examples : [...examples, json];
  const lines = all.map(([line, purpose]) => `  # ${purpose}\n  ${line}\n`);
  return `Examples:\n${lines.join("")}\n${help}${OTHER_OPTIONS}`;
}

/** Listed once. */
const OTHER_OPTIONS = `
Options of every command, such as --json, --gate and --config:
  keyturn help options
`;
