/** What `--notify` and `--notify-url` send: one JSON document for each event, without key material. Pure. */
import type { KeyturnError } from "../errors.ts";
import { isToType } from "../text/layout.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { HaltReason, RotationStep } from "./next.ts";
import type { RotationRecord } from "./record.ts";

/**
 * `halted`: somebody must act. `wait-over`: a stage that had to wait has ended. `finished`: rotated or aborted. `stopped`:
 * the run ended with an error, and the rotation is still open.
 */
export const NOTIFIED_EVENTS = ["halted", "wait-over", "finished", "stopped"] as const;

/** `report/schemas/notification.ts` publishes this shape. */
export interface Notification {
  readonly schemaVersion: 1;
  readonly event: (typeof NOTIFIED_EVENTS)[number];
  /** RFC 3339, by AWS's clock. */
  readonly at: string;
  readonly gate: string;
  readonly rotation: string;
  readonly goal: RotationRecord["goal"];
  readonly mode: RotationRecord["mode"];
  readonly ticket?: string;
  /** Where it halted or stopped, or the stage that has ended. */
  readonly stage?: RotationStep;
  /** Only when halted: the reason's id, for `keyturn explain`. */
  readonly halt?: HaltReason;
  /** Only when finished. */
  readonly outcome?: "rotated" | "aborted";
  /** Only when stopped. */
  readonly error?: { readonly code: string; readonly message: string };
  /** What happened, in one line; chat services show this member of a webhook. */
  readonly text: string;
  /** Commands to type, in order. */
  readonly next: readonly string[];
}

/** The part that differs from event to event. */
export type NotificationEvent =
  | {
      readonly event: "halted";
      readonly stage: RotationStep;
      readonly halt: HaltReason;
      readonly message: string;
      readonly next: readonly string[];
    }
  | { readonly event: "wait-over"; readonly stage: RotationStep }
  | { readonly event: "finished"; readonly outcome: "rotated" | "aborted" }
  | { readonly event: "stopped"; readonly stage?: RotationStep; readonly error: KeyturnError };

export type NotifiedRotation = Pick<RotationRecord, "gate" | "rotation" | "goal" | "mode" | "startedBy">;

export function notificationOf(
  { gate, rotation, goal, mode, startedBy }: NotifiedRotation,
  event: NotificationEvent,
  at: EpochSeconds,
): Notification {
  const { ticket } = startedBy;
  const resume = `keyturn rotate resume --gate ${gate} --wait`;
  const common = {
    schemaVersion: 1,
    at: formatInstant(at),
    gate,
    rotation,
    goal,
    mode,
    ticket,
  } as const;
  const text = (says: string) => `keyturn: gate ${gate}, rotation ${rotation}: ${says}`;
  switch (event.event) {
    case "halted": {
      const { message, next, ...rest } = event;
      return {
        ...common,
        ...rest,
        text: text(`halted at ${rest.stage} (${rest.halt}): ${message}`),
        next: next.filter(isToType),
      };
    }
    case "wait-over":
      return { ...common, ...event, text: text(`${event.stage} is over`), next: [resume] };
    case "finished":
      return { ...common, ...event, text: text(event.outcome), next: [] };
    case "stopped": {
      const { code, message, hints } = event.error;
      return {
        ...common,
        ...event,
        error: { code, message },
        text: text(`the run stopped, and the rotation is still open: ${message}`),
        next: [...new Set([...hints.filter(isToType), resume])],
      };
    }
  }
}
