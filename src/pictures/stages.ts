/** A rotation as a drawing: one row for each stage on a time axis, waits shaded, proofs, repairs and halts where they happened. */
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { type Drawing, type Figure, type LegendEntry, type MarkShape, mark, WIDE } from "./figure.ts";
import { cut, type Html, html, name } from "./html.ts";
import { type TimeAxis, timeAxis } from "./scales.ts";
import { AXIS_HEIGHT, axisOf } from "./time-axis.ts";

export interface StageRow {
  readonly stage: string;
  /** What is true once it is complete. */
  readonly means: string;
  readonly state: "done" | "now" | "ahead";
  readonly spans: readonly StageSpan[];
  /** Its end is not known, only that it was over by then. */
  readonly isLatest?: boolean;
  /** Who did it; absent if nobody recorded it. */
  readonly by?: string;
  readonly marks: readonly StageMark[];
}
export interface StageSpan {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `planned`: a wait that is still ahead. */
  readonly kind: "work" | "wait" | "planned";
}
export interface StageMark {
  readonly at: EpochSeconds;
  readonly kind: "proof" | "repair" | "halt" | "note";
  readonly says: string;
}
/** What an abort would have done between two instants. */
export interface AbortBand {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly cost: "none" | "wait" | "refused";
  readonly says: string;
}
export interface StageTimeline {
  readonly title: string;
  readonly says: string;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** Absent once it is over. */
  readonly now?: EpochSeconds;
  readonly rows: readonly StageRow[];
  readonly abort: readonly AbortBand[];
}

const MARKS: Readonly<Record<StageMark["kind"], { shape: MarkShape; look: string; label: string }>> = {
  proof: { shape: "diamond", look: "proof", label: "proven with real requests" },
  repair: { shape: "triangle", look: "repair", label: "repaired what somebody else broke" },
  halt: { shape: "octagon", look: "halt", label: "halted: a person had to decide" },
  note: { shape: "flag", look: "note", label: "changed, or point of no return" },
};
const SPANS = {
  work: { look: "work", label: "work" },
  wait: { look: "wait", label: "waiting" },
  planned: { look: "planned", label: "wait still ahead" },
} as const;
const BANDS = {
  none: { look: "abort-free", label: "abort: at once" },
  wait: { look: "abort-wait", label: "abort: takes time" },
  refused: { look: "abort-refused", label: "abort: refused" },
} as const;

export function stagesFigure(timeline: StageTimeline): Figure {
  return {
    id: "stages",
    title: timeline.title,
    says: timeline.says,
    draw: (width) => drawStages(timeline, width),
    legend: legendOf(timeline),
    notes: abortNotes(timeline.abort),
    numbers: [
      {
        caption: "Stages",
        head: ["stage", "from", "until", "took", "by"],
        rows: timeline.rows.map(stageCells),
      },
      {
        caption: "Proofs, repairs, halts and changes",
        head: ["when", "what", "stage", "in words"],
        rows: timeline.rows
          .flatMap(({ stage, marks }) => marks.map((each) => ({ stage, ...each })))
          .sort((one, other) => one.at - other.at)
          .map(({ at, kind, stage, says }) => [formatInstant(at), kind, stage, name(says)]),
      },
    ],
  };
}

function stageCells({ stage, spans, state, isLatest, by }: StageRow) {
  const [from, to] = [spans[0]?.from, spans.at(-1)?.to];
  if (from === undefined || to === undefined)
    return [
      stage,
      "",
      state === "done" ? "done, time not recorded" : state,
      "",
      by === undefined ? "" : name(by),
    ];
  const until =
    state === "done" ? `${isLatest ? "by " : ""}${formatInstant(to)}` : state === "now" ? "now" : "";
  return [stage, formatInstant(from), until, formatDuration(to - from), by === undefined ? "" : name(by)];
}

function legendOf({ rows, abort }: StageTimeline): LegendEntry[] {
  const kinds = new Set(rows.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
  const marks = new Set(rows.flatMap((row) => row.marks.map(({ kind }) => kind)));
  const costs = new Set(abort.map(({ cost }) => cost));
  return [
    ...(["work", "wait", "planned"] as const)
      .filter((kind) => kinds.has(kind))
      .map((kind) => ({ shape: "bar" as const, ...SPANS[kind] })),
    ...(["proof", "repair", "halt", "note"] as const)
      .filter((kind) => marks.has(kind))
      .map((kind) => MARKS[kind]),
    ...(["none", "wait", "refused"] as const)
      .filter((cost) => costs.has(cost))
      .map((cost) => ({ shape: "bar" as const, ...BANDS[cost] })),
  ];
}

function abortNotes(bands: readonly AbortBand[]): Html {
  if (bands.length === 0) return html``;
  return html`<h3>What an abort would have done, and when</h3><ol class="bands">${bands.map(
    ({ from, to, says, cost }, at) =>
      html`<li class="${BANDS[cost].look}"><b>${letter(at)}</b> <span>${formatInstant(from)} to ${formatInstant(to)}: ${says}</span></li>`,
  )}</ol>`;
}

const letter = (at: number) => String.fromCharCode(65 + at);

interface Layout {
  readonly axis: TimeAxis;
  readonly isWide: boolean;
  readonly rowHeight: number;
  readonly barTop: number;
  readonly width: number;
}
const BAR = 14;
const BAND = 18;

function drawStages(timeline: StageTimeline, width: number): Drawing {
  const isWide = width === WIDE;
  const { rows, abort, from, to, now } = timeline;
  const axis = timeAxis([from, to], isWide ? [196, width - 190] : [6, width - 6]);
  const layout: Layout = { axis, isWide, width, rowHeight: isWide ? 27 : 42, barTop: isWide ? 6 : 21 };
  const bottom = rows.length * layout.rowHeight + 6;
  const bandTop = bottom + 8;
  const axisTop = abort.length === 0 ? bottom : bandTop + BAND + (isWide ? 8 : 20);
  return {
    width,
    height: axisTop + AXIS_HEIGHT,
    content: [
      axisOf(axis, 0, axisTop),
      now === undefined ? undefined : nowLine(axis.at(now), axisTop),
      rows.map((row, at) => rowOf(row, at * layout.rowHeight, layout)),
      abort.length === 0 ? undefined : bandsOf(abort, bandTop, layout),
    ],
  };
}

const nowLine = (x: number, bottom: number) => html`<path class="now" d="M${x} 0V${bottom}"/>`;

const SIGN = { done: "✓", now: "▶", ahead: "○" } as const;

function rowOf(row: StageRow, top: number, { axis, isWide, barTop, width }: Layout): Html {
  const { stage, state, spans, marks, by } = row;
  const y = top + barTop;
  const end = spans.at(-1);
  const length =
    spans.length === 0 || end === undefined ? "" : formatDuration(end.to - (spans[0]?.from ?? end.to));
  const x = end === undefined ? axis.left : axis.at(end.to);
  const start = axis.at(spans[0]?.from ?? 0);
  const isLatest = row.isLatest && spans.length > 0 ? "≤ " : "";
  const room = marks.some((each) => Math.abs(axis.at(each.at) - x) < 14) ? 14 : 6;
  const label = html`<text class="stage ${state}" x="${isWide ? 4 : axis.left}" y="${top + (isWide ? 17 : 15)}">${SIGN[state]} ${stage}</text>`;
  const who =
    isWide && by !== undefined
      ? html`<text class="who" x="${width - 182}" y="${top + 17}">${cut(by, 27)}</text>`
      : undefined;
  return html`<g>${top > 0 && html`<path class="row" d="M0 ${top}H${width}"/>`}${label}${spans.map((span) => barOf(span, axis, y))}${
    length === "" || state === "ahead"
      ? undefined
      : html`<text class="length" ${placeOf({ x: x + room, start, y: y + 11, above: top + 15 }, axis, isWide)}>${isLatest}${length}</text>`
  }${marks.map((each) => mark(MARKS[each.kind].shape, axis.at(each.at), y + BAR / 2, MARKS[each.kind].look))}${who}</g>`;
}

/** After the bar; before it near the end of the axis; above it if there is no room, as on a phone. */
function placeOf(
  { x, start, y, above }: Readonly<Record<"x" | "start" | "y" | "above", number>>,
  { left, right }: TimeAxis,
  isWide: boolean,
): Html {
  if (right - x > 56) return html`x="${x}" y="${y}" text-anchor="start"`;
  if (isWide || start - left > 56) return html`x="${start - 6}" y="${y}" text-anchor="end"`;
  return html`x="${right}" y="${above}" text-anchor="end"`;
}

/** The shortest act stays visible. */
function barOf({ from, to, kind }: StageSpan, axis: TimeAxis, y: number): Html {
  const [start, end] = [axis.at(from), axis.at(to)];
  const width = Math.max(3, end - start);
  const x = Math.min(start, axis.right - width);
  return html`<rect class="${SPANS[kind].look}" x="${x}" y="${y}" width="${Math.round(width * 10) / 10}" height="${BAR}" rx="2"/>`;
}

function bandsOf(bands: readonly AbortBand[], top: number, { axis, isWide }: Layout): Html {
  const title = isWide
    ? html`<text class="stage" x="4" y="${top + 13}">an abort meant</text>`
    : html`<text class="length" x="${axis.left}" y="${top + BAND + 13}">above: what an abort meant</text>`;
  return html`<g>${title}${bands.map(({ from, to, cost }, at) => {
    const [x, end] = [axis.at(from), axis.at(to)];
    const width = Math.max(2, end - x);
    return html`<rect class="${BANDS[cost].look}" x="${x}" y="${top}" width="${Math.round(width * 10) / 10}" height="${BAND}"/>${
      width > 14 &&
      html`<text class="letter" x="${x + width / 2}" y="${top + 13}" text-anchor="middle">${letter(at)}</text>`
    }`;
  })}</g>`;
}
