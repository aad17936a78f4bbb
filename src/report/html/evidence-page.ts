/** `rotate status --evidence html`: the page on stdout; with --json the same evidence as every other form. */
import { isError, KeyturnError } from "../../errors.ts";
import { readJournal } from "../../rotation/journal.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import { type RotationSession, readStatus } from "../../rotation/session.ts";
import type { Report } from "../report.ts";
import { rotationEvidence } from "../rotation-evidence.ts";
import { journalEntries } from "./journal-entries.ts";
import { rotationHtml } from "./rotation-sheet.ts";

type Place = Pick<RotationSession, "tools" | "place">;

export async function evidencePage(session: Place, record: RotationRecord): Promise<Report> {
  const page = await evidenceHtml(session, record);
  return {
    outcome: "done",
    result: rotationEvidence(record, session.tools.clock.now()),
    findings: [],
    text: () => page,
  };
}

/** The page also shows the current state; if that cannot be read, the record and the journal are enough. */
export async function evidenceHtml({ tools, place }: Place, record: RotationRecord): Promise<string> {
  const status = await readStatus(tools).catch((thrown: unknown) => {
    if (!(thrown instanceof KeyturnError) || isError(thrown, "ERR_INTERRUPTED")) throw thrown;
    return undefined;
  });
  const journal = journalEntries(await readJournal(tools.journal, place.gate), record.rotation);
  return rotationHtml({ record, status, journal, now: tools.clock.now() });
}
