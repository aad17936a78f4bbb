/** What a gate's journal says about one rotation: when each step acted, by whom, and where it halted. */
import type { EpochSeconds } from "../../time.ts";

export interface JournalEntry {
  readonly at: EpochSeconds;
  readonly step: string;
  readonly goal?: string;
  readonly mode?: string;
  readonly act?: string;
  readonly outcome?: string;
  readonly halt?: string;
  readonly message?: string;
  readonly finished?: string;
  readonly by?: string;
}

const TEXTS = ["goal", "mode", "act", "outcome", "halt", "message", "finished", "by"] as const;

/** In order of time. A journal is a file on this machine: lines that keyturn did not write are skipped. */
export function journalEntries(
  lines: readonly Readonly<Record<string, unknown>>[],
  rotation: string,
): JournalEntry[] {
  return lines
    .filter((line) => line.rotation === rotation && typeof line.step === "string")
    .flatMap((line): JournalEntry[] => {
      const at = Date.parse(String(line.at)) / 1000;
      if (Number.isNaN(at)) return [];
      const texts = TEXTS.flatMap((name) => (typeof line[name] === "string" ? [[name, line[name]]] : []));
      return [{ at, step: line.step as string, ...Object.fromEntries(texts) }];
    })
    .sort((one, other) => one.at - other.at);
}
