/** Positions on an axis, by d3-scale: the only file that imports it. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { type EpochSeconds, formatInstant } from "../time.ts";

export interface TimeAxis {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** The position of an instant, kept within the axis. */
  readonly at: (instant: EpochSeconds) => number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  /** The days it covers: the labels show only times. */
  readonly days: string;
  readonly left: number;
  readonly right: number;
}

/** In UTC. An axis of zero length is widened, so that a single instant can be drawn. */
export function timeAxis(
  [first, last]: readonly [EpochSeconds, EpochSeconds],
  [left, right]: readonly [number, number],
): TimeAxis {
  const [from, to] = last - first >= 1 ? [first, last] : [first - 0.5, first + 0.5];
  const scale = scaleUtc([new Date(from * 1000), new Date(to * 1000)], [left, right]).clamp(true);
  const wanted = Math.max(2, Math.floor((right - left) / 110));
  const label = labelFor(to - from);
  const ticks = scale.ticks(wanted).map((date) => ({ x: round(scale(date)), label: label(date) }));
  const [start, end] = [formatInstant(from).slice(0, 10), formatInstant(to).slice(0, 10)];
  return {
    ...{ from, to, left, right, ticks },
    at: (instant) => round(scale(new Date(instant * 1000))),
    days: start === end ? `${start}, UTC` : `${start} to ${end}, UTC`,
  };
}

function labelFor(span: number): (date: Date) => string {
  const iso = (date: Date) => date.toISOString();
  if (span < 600) return (date) => iso(date).slice(11, 19);
  if (span < 36 * 3600) return (date) => iso(date).slice(11, 16);
  return (date) => `${iso(date).slice(5, 10)} ${iso(date).slice(11, 16)}`;
}

export interface CountAxis {
  readonly at: (count: number) => number;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
}

/** Counts from zero, upwards from `bottom` to `top`. */
export function countAxis(most: number, [bottom, top]: readonly [number, number]): CountAxis {
  const scale = scaleLinear([0, Math.max(1, most)], [bottom, top]).nice(3);
  return {
    at: (count) => round(scale(count)),
    ticks: scale
      .ticks(3)
      .filter((count) => Number.isInteger(count))
      .map((count) => ({ y: round(scale(count)), label: count.toLocaleString("en-US") })),
  };
}

/** A tenth of a pixel is more than any screen shows. */
export const round = (length: number) => Math.round(length * 10) / 10;
