/** Runbooks for people: the index by symptom, a page with its commands marked, the transcript of a step. */
import type { RanCommand } from "../runbooks/run-step.ts";
import { wrap } from "../text/layout.ts";
import { formatInstant } from "../time.ts";
import type { Style } from "./style.ts";

interface IndexEntry {
  readonly name: string;
  readonly title: string;
  readonly symptoms: readonly string[];
}

export function runbookIndex(entries: readonly IndexEntry[], style: Style): string {
  const lines = entries.map(({ name, title, symptoms }) =>
    [
      `${style.code(name)}  ${title}`,
      ...symptoms.map((symptom) => wrap(`${style.sign.bullet} ${symptom}`, style.columns, 2, 4)),
    ].join("\n"),
  );
  const first = style.code(`keyturn runbook show ${entries[0]?.name ?? "NAME"}`);
  return `${lines.join("\n")}\nwith --gate NAME, a page has your gate's values:\n${style.sign.arrow} ${first}\n`;
}

/** The head of a transcript: plain text, for a ticket. */
export function transcriptHead(runbook: string, step: string): string {
  return `runbook ${runbook}, step ${step}\n`;
}

export const isTranscript = (text: string): boolean => /^runbook [\w-]+, step [\w-]+\n/.test(text);

export function transcriptEntry({ command, startedAt, exitCode, output }: RanCommand): string {
  return `\n${formatInstant(startedAt)} $ ${command}\n${output}exit code ${exitCode}\n`;
}
