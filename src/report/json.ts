/** The JSON envelope of a report and of an error: one document on stdout. Its shape changes only with `schemaVersion`. */
import type { KeyturnError } from "../errors.ts";
import { printableJson } from "../text/printable.ts";
import { formatInstant } from "../time.ts";
import type { Envelope, Report } from "./report.ts";

export function envelopeOf(report: Report, command: string): Envelope {
  return {
    schemaVersion: 1,
    command,
    outcome: report.outcome,
    result: report.result ?? null,
    findings: report.findings,
    // Whole seconds, rounded up: a resume at that second must not find it still waiting.
    resumeAfter: report.resumeAfter === undefined ? undefined : formatInstant(Math.ceil(report.resumeAfter)),
  };
}

export function errorEnvelope(error: KeyturnError, command: string): Envelope {
  return {
    schemaVersion: 1,
    command,
    outcome: "error",
    result: null,
    findings: [],
    error: { code: error.code, message: error.message, hints: error.hints },
  };
}

/** As printed on stdout. */
export function envelopeText(envelope: Envelope): string {
  return `${printableJson(JSON.stringify(envelope, null, 2))}\n`;
}
