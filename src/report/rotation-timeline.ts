/** A rotation on a time axis, as a Gantt chart in Mermaid, which GitHub draws. Times are UTC. */
import type { RotationStep } from "../rotation/next.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { RotationStatus } from "../rotation/status.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";

/** A stage and the time it took. `waiting` ends when the wait is over, which may be ahead. */
export interface TimelineSpan {
  readonly step: RotationStep;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly state: "done" | "waiting" | "halted";
}

/**
 * The stages whose end the record holds, then the present one. Writes take seconds and leave no time of their own:
 * the first span holds everything up to the first canary check.
 */
export function spansOf(
  record: RotationRecord,
  { step, state, until }: Pick<RotationStatus, "step" | "state" | "until">,
  now: EpochSeconds,
): readonly TimelineSpan[] {
  const spans: TimelineSpan[] = [];
  let from = record.openedAt;
  for (const [each, to] of endsOf(record)) {
    // An amended or repaired rotation repeats its proofs: a stage's earlier end no longer counts.
    if (to === undefined || to < from) continue;
    spans.push({ step: each, from, to, state: "done" });
    from = to;
  }
  if (record.finished !== undefined) return spans;
  const to = Math.max(from, Math.ceil(until ?? now));
  return [...spans, { step, from, to, state: state === "halted" ? "halted" : "waiting" }];
}

function endsOf(record: RotationRecord): (readonly [RotationStep, EpochSeconds | undefined])[] {
  const { goal, proofs, switchedAt, oldMayGo, backAt, noReturn, finished } = record;
  const begun = [
    ["key-trusted", proofs.new?.begunAt],
    ["trust-proven", proofs.new?.provenAt],
  ] as const;
  if (goal === "abort") {
    return [
      ...begun,
      ["signer-switched-back", backAt?.at],
      ["new-cookies-expired", noReturn],
      ["new-key-deleted", finished?.at],
    ];
  }
  return [
    ...begun,
    ["signer-switched", switchedAt?.at],
    ["old-cookies-expired", oldMayGo],
    ["old-untrusted", proofs.gone?.begunAt],
    ["untrust-proven", proofs.gone?.provenAt],
    ["old-key-deleted", finished?.at],
  ];
}

const TAG = { done: "done", waiting: "active", halted: "crit" } as const;

export function timelineMermaid(spans: readonly TimelineSpan[]): readonly string[] {
  return [
    "```mermaid",
    "gantt",
    "  title Stages over time, UTC",
    "  dateFormat YYYY-MM-DDTHH:mm:ss",
    "  axisFormat %d %b %H:%M",
    // A bar needs a length.
    ...spans.map(
      ({ step, from, to, state }) =>
        `  ${step} :${TAG[state]}, ${stamp(from)}, ${stamp(Math.max(to, from + 1))}`,
    ),
    "```",
  ];
}

const stamp = (at: EpochSeconds) => formatInstant(at).replace(/Z$/, "");
