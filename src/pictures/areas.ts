/**
 * Requests over time: an area for each kind of sender, denials by who answered, and unexpected answers alone in red.
 */
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";
import { type Drawing, type Figure, mark, WIDE } from "./figure.ts";
import { cut, type Html, html } from "./html.ts";
import { countAxis, type TimeAxis, timeAxis } from "./scales.ts";
import { steppedArea } from "./shapes.ts";
import { AXIS_HEIGHT, axisOf } from "./time-axis.ts";

export interface TrafficBucket {
  readonly at: EpochSeconds;
  /** Requests by answer, without the unexpected ones; the names of `TrafficPicture.answers`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly unexpected: number;
}
interface TrafficSeries {
  readonly sender: string;
  /** What counts as unexpected from it. */
  readonly unexpected: string;
  /** In order of time; buckets without requests may be missing. */
  readonly buckets: readonly TrafficBucket[];
}
export interface TrafficPicture {
  readonly title: string;
  readonly says: string;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** The length of a bucket. */
  readonly every: Seconds;
  /** From the bottom of the area to its top: `served` first. */
  readonly answers: readonly string[];
  readonly series: readonly TrafficSeries[];
  readonly moments: readonly { readonly at: EpochSeconds; readonly says: string }[];
}

const LOOKS = ["answer-0", "answer-1", "answer-2", "answer-3", "answer-4", "answer-5"] as const;
const lookOf = (at: number) => LOOKS[Math.min(at, LOOKS.length - 1)] as string;

export function trafficFigure(picture: TrafficPicture): Figure {
  const { series, answers, moments } = picture;
  const used = answers.filter((answer) => series.some((each) => totalOf(each, answer) > 0));
  return {
    id: "traffic",
    title: picture.title,
    says: picture.says,
    draw: (width) => drawTraffic(picture, width),
    legend: [
      ...used.map((answer) => ({
        look: lookOf(answers.indexOf(answer)),
        shape: "area" as const,
        label: answer,
      })),
      { look: "unexpected", shape: "cross" as const, label: "unexpected" },
      ...(moments.length > 0
        ? [
            {
              look: "moment",
              shape: "line" as const,
              label: moments.map(({ says }, at) => `${at + 1} ${says}`).join(", "),
            },
          ]
        : []),
    ],
    numbers: [
      {
        caption: "Requests by sender and answer",
        head: ["from", ...used, "unexpected", "which would be"],
        rows: series.map((each) => [
          each.sender,
          ...used.map((answer) => totalOf(each, answer)),
          each.buckets.reduce((sum, { unexpected }) => sum + unexpected, 0),
          each.unexpected,
        ]),
        empty: "No request.",
      },
      ...series
        .filter(({ buckets }) => buckets.some(({ unexpected }) => unexpected > 0))
        .map((each) => ({
          caption: `Unexpected, ${each.sender}`,
          head: ["from", "requests"],
          rows: each.buckets
            .filter(({ unexpected }) => unexpected > 0)
            .map(({ at, unexpected }) => [formatInstant(at), unexpected]),
        })),
    ],
  };
}

const totalOf = ({ buckets }: TrafficSeries, answer: string) =>
  buckets.reduce((sum, { counts }) => sum + (counts[answer] ?? 0), 0);

const GAP = 24;

function drawTraffic(picture: TrafficPicture, width: number): Drawing {
  const isWide = width === WIDE;
  const height = isWide ? 74 : 66;
  const axis = timeAxis([picture.from, picture.to], isWide ? [196, width - 8] : [34, width - 6]);
  const top = 16;
  const label = isWide ? 0 : 26;
  const each = label + height + GAP;
  const bottom = top + picture.series.length * each - GAP + 6;
  return {
    width,
    height: bottom + AXIS_HEIGHT,
    content: [
      axisOf(axis, top - 4, bottom),
      picture.moments.map(({ at }, index) => {
        const x = axis.at(at);
        return html`<path class="moment" d="M${x} ${top - 3}V${bottom}"/><text class="letter" x="${x}" y="${top - 6}" text-anchor="middle">${index + 1}</text>`;
      }),
      picture.series.map((series, at) =>
        seriesOf(series, picture, axis, { top: top + at * each + label, height, isWide }),
      ),
    ],
  };
}

function seriesOf(
  series: TrafficSeries,
  { answers, every, to }: TrafficPicture,
  axis: TimeAxis,
  { top, height, isWide }: { top: number; height: number; isWide: boolean },
): Html {
  const filled = withoutGaps(series.buckets, every, to);
  const sums = filled.map(({ counts, unexpected }) =>
    answers.reduce((sum, answer) => sum + (counts[answer] ?? 0), unexpected),
  );
  const bottom = top + height;
  const counts = countAxis(Math.max(0, ...sums), [bottom, top]);
  const wrong = series.buckets.reduce((sum, { unexpected }) => sum + unexpected, 0);
  const total = sums.reduce((sum, each) => sum + each, 0);
  const told = `${total.toLocaleString("en-US")} ${total === 1 ? "request" : "requests"}`;
  const words = wrong === 0 ? "none unexpected" : `${wrong.toLocaleString("en-US")} unexpected`;
  const base = filled.map(() => 0);
  const layer = (look: string, countOf: (bucket: TrafficBucket) => number) => {
    const points = filled.map((bucket, at) => {
      const from = base[at] ?? 0;
      base[at] = from + countOf(bucket);
      return { x: axis.at(bucket.at), y0: counts.at(from), y1: counts.at(base[at] ?? 0) };
    });
    return points.every(({ y0, y1 }) => y0 === y1)
      ? undefined
      : html`<path class="${look}" d="${steppedArea(points)}"/>`;
  };
  return html`<g>${
    isWide
      ? html`<text class="sender" x="4" y="${top + 14}">${cut(series.sender, 24)}</text><text class="length" x="4" y="${top + 31}">${told}</text><text class="length ${wrong > 0 && "wrong"}" x="4" y="${top + 47}">${wrong > 0 ? "✗" : "✓"} ${words}</text>`
      : html`<text class="sender" x="4" y="${top - 11}">${cut(series.sender, 14)}<tspan class="length ${wrong > 0 && "wrong"}" dx="6">${told}, ${wrong > 0 ? "✗" : "✓"} ${words}</tspan></text>`
  }
${counts.ticks.map(({ y, label }) => html`<path class="row" d="M${axis.left} ${y}H${axis.right}"/><text class="count" x="${axis.left - 5}" y="${y + 4}" text-anchor="end">${label}</text>`)}
${answers.map((answer, at) => layer(lookOf(at), (bucket) => bucket.counts[answer] ?? 0))}${layer("unexpected", (bucket) => bucket.unexpected)}
${filled
  .filter(({ unexpected }) => unexpected > 0)
  .slice(0, 200)
  .map(({ at }) => mark("cross", axis.at(at + every / 2), bottom + 9, "unexpected"))}</g>`;
}

/** Adds an empty bucket after each one without a successor, so that the step ends there. */
function withoutGaps(buckets: readonly TrafficBucket[], every: Seconds, to: EpochSeconds): TrafficBucket[] {
  return buckets.flatMap((bucket, at) => {
    const next = buckets[at + 1]?.at;
    const end = bucket.at + every;
    if (next !== undefined && next <= end + every / 100) return [bucket];
    const isLast = next === undefined;
    return [bucket, { at: isLast ? Math.min(end, Math.max(to, bucket.at)) : end, counts: {}, unexpected: 0 }];
  });
}
