/** A matrix with expandable cells: a row per case, a column per route, and who answered in each cell. */
import { type Html, type HtmlPart, html, name } from "./html.ts";

type CellVerdict = "met" | "failed" | "observed" | "unproved" | "not-asked";
export interface Cell {
  readonly verdict: CellVerdict;
  /** Who answered, in a word or two. */
  readonly answer: string;
  /** Shown once it is opened. */
  readonly inside: readonly CellFact[];
}
export interface CellFact {
  readonly label: string;
  readonly text: HtmlPart;
}
export interface MatrixPicture {
  readonly rows: readonly { readonly title: string; readonly cells: readonly (Cell | undefined)[] }[];
  readonly columns: readonly string[];
}

const VERDICTS: Readonly<Record<CellVerdict, { sign: string; label: string }>> = {
  met: { sign: "✓", label: "as expected" },
  failed: { sign: "✗", label: "not as expected" },
  observed: { sign: "•", label: "reported, not judged: AWS documents nothing" },
  unproved: { sign: "?", label: "proves nothing" },
  "not-asked": { sign: "–", label: "not tested" },
};

/** More columns than this do not fit side by side: the rest goes into another table. */
const COLUMNS = 5;

export function matrixHtml({ rows, columns }: MatrixPicture): Html {
  if (columns.length === 0) return html`<p class="none">No request was sent.</p>`;
  const verdicts = new Set(rows.flatMap(({ cells }) => cells.flatMap((cell) => cell?.verdict ?? [])));
  const blocks = Math.ceil(columns.length / COLUMNS);
  const wide = Math.ceil(columns.length / blocks);
  return html`<ul class="legend">${(Object.keys(VERDICTS) as CellVerdict[])
    .filter((verdict) => verdicts.has(verdict))
    .map(
      (each) =>
        html`<li><span class="sign ${each}">${VERDICTS[each].sign}</span> ${VERDICTS[each].label}</li>`,
    )}</ul>
${Array.from({ length: blocks }, (_, at) => blockOf(rows, columns, at * wide, (at + 1) * wide))}`;
}

function blockOf(rows: MatrixPicture["rows"], columns: readonly string[], from: number, to: number): Html {
  const shown = columns.slice(from, to);
  const used = rows.filter(({ cells }) => cells.slice(from, to).some((cell) => cell !== undefined));
  return html`<table class="matrix"><caption>Cases ${columns.length > shown.length ? `of routes ${from + 1} to ${from + shown.length}` : "and routes"}</caption>
<thead><tr><th scope="col">case</th>${shown.map((each) => html`<th scope="col">${name(each)}</th>`)}</tr></thead>
<tbody>${used.map(
    ({
      title,
      cells,
    }) => html`<tr><th scope="row">${title}</th>${shown.map((column, at) => cellOf(cells[from + at], column))}</tr>
`,
  )}</tbody></table>`;
}

function cellOf(cell: Cell | undefined, column: string): Html {
  if (cell === undefined) return html`<td class="empty"></td>`;
  const { verdict, answer, inside } = cell;
  const { sign, label } = VERDICTS[verdict];
  return html`<td data-label="${column.slice(0, 60)}"><details class="cell" name="cell"><summary class="${verdict}"><span class="sign ${verdict}" aria-hidden="true">${sign}</span> ${name(answer)} <span class="spoken">${label}</span></summary>
<dl class="inside">${inside.map((fact) => html`<div><dt>${fact.label}</dt><dd>${fact.text}</dd></div>`)}</dl></details></td>`;
}
