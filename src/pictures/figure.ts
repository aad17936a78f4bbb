/** A drawing with everything that belongs to it: its title, what it shows in words, its legend, and its numbers as a table. */
import { type Html, type HtmlPart, html } from "./html.ts";
import { type Table, tableOf } from "./table.ts";

/** Two drawings of the same: a phone would shrink the wide one until nobody can read it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: HtmlPart;
}
export const WIDE = 1080;
export const NARROW = 380;

export interface Figure {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences that describe the drawing, also for readers who cannot see it. */
  readonly says: string;
  /** Draws for this width. */
  readonly draw: (width: number) => Drawing;
  readonly legend: readonly LegendEntry[];
  readonly numbers: readonly Table[];
  /** Further text below the legend. */
  readonly notes?: HtmlPart;
}
export interface LegendEntry {
  /** The class that the same thing has in the drawing. */
  readonly look: string;
  readonly shape: "area" | "bar" | "line" | MarkShape;
  readonly label: string;
}
export type MarkShape = "diamond" | "triangle" | "octagon" | "cross" | "flag" | "dot";

/** `widths`: of the drawing on a screen and on a phone. */
export function figureOf(
  { id, title, says, draw, legend, numbers, notes }: Figure,
  [wide, narrow]: readonly [number, number] = [WIDE, NARROW],
): Html {
  return html`<figure id="${id}" aria-labelledby="${id}-title"><figcaption><h2 id="${id}-title">${title}</h2><p>${says}</p></figcaption>
<div class="drawing" role="img" aria-label="${title}. ${says} The numbers follow as a table.">${svgOf(draw(wide), "wide")}${svgOf(draw(narrow), "narrow")}</div>
${legendOf(legend)}${notes}
<details class="numbers" id="${id}-numbers"><summary>The numbers: ${title}</summary>${numbers.map(tableOf)}</details></figure>`;
}

const svgOf = ({ width, height, content }: Drawing, which: string) =>
  html`<svg class="${which}" viewBox="0 0 ${width} ${Math.ceil(height)}" aria-hidden="true" focusable="false">${content}</svg>`;

function legendOf(entries: readonly LegendEntry[]): Html {
  if (entries.length === 0) return html``;
  return html`<ul class="legend">${entries.map(
    ({ look, shape, label }) =>
      html`<li><svg viewBox="0 0 22 14" width="22" height="14" aria-hidden="true" focusable="false">${swatch(shape, look)}</svg> ${label}</li>`,
  )}</ul>`;
}

function swatch(shape: LegendEntry["shape"], look: string): Html {
  if (shape === "area" || shape === "bar") {
    const height = shape === "area" ? 12 : 8;
    return html`<rect class="${look}" x="1" y="${(14 - height) / 2}" width="20" height="${height}" rx="1"/>`;
  }
  if (shape === "line") return html`<line class="${look}" x1="11" x2="11" y1="0" y2="14"/>`;
  return mark(shape, 11, 7, look);
}

/** A mark of fixed size, centered on its position. Its shape alone identifies it. */
export function mark(shape: MarkShape, x: number, y: number, look: string): Html {
  return html`<path class="mark ${look}" d="M${x} ${y}${MARKS[shape]}"/>`;
}

const MARKS: Readonly<Record<MarkShape, string>> = {
  diamond: "m0-6l5 6l-5 6l-5-6z",
  triangle: "m0-5.5l6 10.5h-12z",
  octagon: "m-2.5-6h5l3.5 3.5v5l-3.5 3.5h-5l-3.5-3.5v-5z",
  cross: "m-5-3l2-2l3 3l3-3l2 2l-3 3l3 3l-2 2l-3-3l-3 3l-2-2l3-3z",
  flag: "m-4 6v-12l9 3.5l-7 3.5v5z",
  dot: "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
};
