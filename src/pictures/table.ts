/** A table of numbers or names: the other form of every drawing. On a narrow screen each row becomes a block. */
import { type Html, type HtmlPart, html } from "./html.ts";

export interface Table {
  readonly head: readonly string[];
  /** Cells are text or HTML. */
  readonly rows: readonly (readonly HtmlPart[])[];
  /** Shown if there are no rows. */
  readonly empty?: string;
  readonly caption: string;
}

export function tableOf({ head, rows, caption, empty = "none" }: Table): Html {
  if (rows.length === 0) return html`<p class="none">${empty}</p>`;
  return html`<table><caption>${caption}</caption><thead><tr>${head.map((each, at) => html`<th scope="col"${typeof rows[0]?.[at] === "number" && html` class="number"`}>${each}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, at) => cellOf(cell, head[at] ?? "", at === 0))}</tr>
`,
  )}</tbody></table>`;
}

function cellOf(cell: HtmlPart, label: string, isFirst: boolean): Html {
  if (isFirst) return html`<th scope="row">${cell}</th>`;
  const numeric = typeof cell === "number" && html` class="number"`;
  return html`<td data-label="${label}"${numeric}>${typeof cell === "number" ? cell.toLocaleString("en-US") : cell}</td>`;
}
