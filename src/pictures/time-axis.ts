/** A time axis as SVG: lines through the whole drawing, labels below. */
import { type Html, html } from "./html.ts";
import type { TimeAxis } from "./scales.ts";

/** Room below the drawing for the labels. */
export const AXIS_HEIGHT = 34;

export function axisOf({ ticks, left, right, days }: TimeAxis, top: number, bottom: number): Html {
  return html`<g class="axis">${ticks.map(({ x, label }) => {
    const anchor = x - left < 24 ? "start" : right - x < 24 ? "end" : "middle";
    return html`<path d="M${x} ${top}V${bottom}"/><text x="${x}" y="${bottom + 14}" text-anchor="${anchor}">${label}</text>`;
  })}<text class="days" x="${right}" y="${bottom + 29}" text-anchor="end">${days}</text></g>`;
}
