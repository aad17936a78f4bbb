/** An execution that drives a rotation, as documents and screens show it. */
import { wrap } from "../text/layout.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import type { DrivingExecution } from "../unattended/executions.ts";
import type { Style } from "./style.ts";

export interface ShownExecution {
  readonly execution: string;
  readonly startedAt: string;
  readonly rotation?: string;
  readonly stage?: string;
  readonly says?: string;
  readonly wakeAt?: string;
}

export function shownAtWork({ name, startedAt, wakeAt, ...said }: DrivingExecution): ShownExecution {
  return {
    execution: name,
    startedAt: formatInstant(Math.floor(startedAt)),
    ...said,
    wakeAt: wakeAt === undefined ? undefined : formatInstant(Math.floor(wakeAt)),
  };
}

/** Empty if none is running. Only the first one works; the others leave the work to it. */
export function atWorkText(atWork: readonly DrivingExecution[], now: EpochSeconds, style: Style): string {
  const [first] = atWork;
  if (first === undefined) return "";
  const { name, startedAt, wakeAt } = first;
  const next =
    wakeAt === undefined
      ? "a turn is in progress"
      : `it checks again ${formatInstant(Math.floor(wakeAt))} (in ${formatDuration(Math.max(0, wakeAt - now))})`;
  const text = `unattended execution ${name}, since ${formatInstant(Math.floor(startedAt))}: ${next}`;
  return wrap(`${style.dim("at work")}    ${text}`, style.columns, 0, 11);
}
