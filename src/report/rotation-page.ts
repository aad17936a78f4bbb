/** A rotation as a page: where it stands and what to type first, then its time line and evidence. For a job's summary or a ticket. */
import type { RotationRecord } from "../rotation/record.ts";
import type { RotationStatus } from "../rotation/status.ts";
import { isToType } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { evidenceLines } from "./rotation-evidence.ts";
import { WHO_ACTS_TEXT } from "./rotation-status.ts";
import { spansOf, timelineMermaid } from "./rotation-timeline.ts";

export function rotationPage(record: RotationRecord, status: RotationStatus, now: EpochSeconds): string {
  const { gate, rotation, state, goal, mode, epoch, outage } = status;
  const lines = [
    `## Gate ${gate}: ${state}`,
    "",
    ...(outage === undefined
      ? []
      : [`> **OUTAGE**: ${escapeMarkdown(`${outage.says}, by ${outage.by}`)}`, ""]),
    escapeMarkdown(`${capital(status.says)}.`),
    "",
    ...[
      ...untilLine(status, now),
      `- turn: ${WHO_ACTS_TEXT[status.turn]}`,
      ...nextLines(status),
      ...abortLine(status),
    ],
    "",
    ...timelineMermaid(spansOf(record, status, now)),
    "",
    `### Rotation ${rotation}`,
    "",
    `- goal ${goal}, mode ${mode}, epoch ${epoch}; written ${formatInstant(now)}`,
    ...evidenceLines(record),
  ];
  return `${lines.join("\n")}\n`;
}

function untilLine({ until }: RotationStatus, now: EpochSeconds): readonly string[] {
  if (until === undefined) return [];
  return [
    `- waits until ${formatInstant(Math.ceil(until))} (in ${formatDuration(Math.max(0, until - now))})`,
  ];
}

function nextLines({ typeNext }: RotationStatus): readonly string[] {
  return typeNext.map((line) => `- next: ${isToType(line) ? codeSpan(line) : escapeMarkdown(line)}`);
}

function abortLine({ state, abort }: RotationStatus): readonly string[] {
  return state === "rotated" || state === "aborted" ? [] : [`- abort now: ${escapeMarkdown(abort.says)}`];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
