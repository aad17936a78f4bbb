/** GitHub Actions: findings as annotations, and the file of the step summary. */
import type { Finding } from "../finding.ts";
import { worstFirst } from "./worst-first.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const isInActions = (env: Environment): boolean => env.GITHUB_ACTIONS === "true";

/** Where to append Markdown for the step's page; undefined outside of Actions. */
export function stepSummaryFile(env: Environment): string | undefined {
  return isInActions(env) ? env.GITHUB_STEP_SUMMARY || undefined : undefined;
}

const LEVEL = { error: "error", warning: "warning", note: "notice" } as const;

/** Workflow commands, one per line, the worst first, since GitHub shows only a few. It reads them from stderr as well as stdout. */
export function annotations(findings: readonly Finding[]): string[] {
  return worstFirst(findings).map(({ id, severity, message, where, remedy }) => {
    const title = where === undefined ? `keyturn ${id}` : `keyturn ${id}: ${where}`;
    const text = remedy === undefined ? message : `${message}\n${remedy}`;
    return `::${LEVEL[severity]} title=${escapeProperty(title)}::${escapeMessage(text)}`;
  });
}

/**
 * GitHub executes every line that looks like a workflow command, even one quoted from a server
 * (`::set-output name=exit-code::0`): escape its first character.
 */
export function withoutCommands(text: string, env: Environment): string {
  if (!isInActions(env)) return text;
  return text.replace(/^([^\S\n]*):(?=:[a-z][^\n]*::)/gim, "$1\\u{3a}").replaceAll("##[", "\\u{23}#[");
}

/** Otherwise a line break sent by a server would start a new command. */
const escapeMessage = (text: string) =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string) => escapeMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
