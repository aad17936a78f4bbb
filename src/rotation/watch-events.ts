/** Compares two consecutive statuses of a watched rotation: which events to send notifications about. Pure. */
import type { NotificationEvent } from "./notification.ts";
import type { RotationStatus } from "./status.ts";

/** Between two canary checks, a waiting stage is briefly ready for the next one. */
const isWait = ({ state, step, steps }: RotationStatus) =>
  state === "waiting" || steps.some((each) => each.step === step && each.takes !== undefined);

/** `before`: undefined for the first status, which the watcher sees anyway. */
export function eventsBetween(
  before: RotationStatus | undefined,
  now: RotationStatus,
): readonly NotificationEvent[] {
  if (before === undefined || before.rotation !== now.rotation) return [];
  const events: NotificationEvent[] = [];
  if (before.step !== now.step && isWait(before)) events.push({ event: "wait-over", stage: before.step });
  if (now.halt !== undefined && now.halt !== before.halt) {
    const { step: stage, halt, says: message, typeNext: next } = now;
    events.push({ event: "halted", stage, halt, message, next });
  }
  if ((now.state === "rotated" || now.state === "aborted") && before.state !== now.state)
    events.push({ event: "finished", outcome: now.state });
  return events;
}
