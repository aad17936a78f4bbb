/** Areas and links, by d3-shape: the only file that imports it. */
import { area, curveBumpX, curveStepAfter, link } from "d3-shape";
import { round } from "./scales.ts";

/** An area between two lines, as the `d` of a path. Steps: a count belongs to a whole interval. */
export function steppedArea(
  points: readonly { readonly x: number; readonly y0: number; readonly y1: number }[],
): string {
  const last = points.at(-1);
  if (last === undefined) return "";
  return (
    area<(typeof points)[number]>()
      .x(({ x }) => x)
      .y0(({ y0 }) => y0)
      .y1(({ y1 }) => y1)
      .curve(curveStepAfter)
      .digits(1)(points) ?? ""
  );
}

/** A curve from the right side of one box to the left side of another. */
export function boxLink(from: readonly [number, number], to: readonly [number, number]): string {
  const path = link<
    { from: readonly [number, number]; to: readonly [number, number] },
    readonly [number, number]
  >(curveBumpX)
    .source((each) => each.from)
    .target((each) => each.to)
    .x(([x]) => round(x))
    .y(([, y]) => round(y));
  return path({ from, to }) ?? "";
}
