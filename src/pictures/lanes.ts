/** Which edge location trusts which key, over time: a lane for each location, a line for each key. */
import { type EpochSeconds, formatInstant } from "../time.ts";
import { type Drawing, type Figure, mark, WIDE } from "./figure.ts";
import { cut, type Html, html, name } from "./html.ts";
import { type TimeAxis, timeAxis } from "./scales.ts";
import { AXIS_HEIGHT, axisOf } from "./time-axis.ts";

export type KeyRole = "old" | "new" | "other";
export interface TrustSpan {
  readonly key: string;
  readonly role: KeyRole;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `denied`: the location was seen to deny the key. Between the spans nothing was seen. */
  readonly state: "trusted" | "denied";
}
export interface Lane {
  readonly location: string;
  readonly spans: readonly TrustSpan[];
  /** In the rotation's own requests. Its viewers may still have been served. */
  readonly seen: boolean;
}
export interface TrustPicture {
  readonly title: string;
  readonly says: string;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly lanes: readonly Lane[];
  readonly moments: readonly { readonly at: EpochSeconds; readonly says: string }[];
  /** How the table labels a location that is not `seen`. */
  readonly unseen: string;
}

const ROLES = ["old", "new", "other"] as const satisfies readonly KeyRole[];
const ROLE_LABEL: Readonly<Record<KeyRole, string>> = {
  old: "old key trusted",
  new: "new key trusted",
  other: "another key trusted",
};
const NO_LANES = "No edge location is known.";

export function trustFigure(picture: TrustPicture): Figure {
  const spans = picture.lanes.flatMap((lane) => lane.spans);
  const roles = ROLES.filter((role) => spans.some((span) => span.role === role && span.state === "trusted"));
  return {
    id: "trust",
    title: picture.title,
    says: picture.lanes.length === 0 ? NO_LANES : picture.says,
    draw: (width) => drawLanes(picture, width),
    legend: [
      ...roles.map((role) => ({ look: `key-${role}`, shape: "bar" as const, label: ROLE_LABEL[role] })),
      ...(spans.some(({ state }) => state === "denied")
        ? [{ look: "key-denied", shape: "bar" as const, label: "key denied" }]
        : []),
      ...(picture.lanes.some(({ seen }) => !seen)
        ? [{ look: "unseen", shape: "dot" as const, label: picture.unseen }]
        : []),
      ...(picture.moments.length > 0
        ? [
            {
              look: "moment",
              shape: "line" as const,
              label: picture.moments.map(({ says }, at) => `${at + 1} ${says}`).join(", "),
            },
          ]
        : []),
    ],
    numbers: [
      {
        caption: "Keys by edge location",
        head: ["edge location", "key", "is", "trusted or denied", "from", "until"],
        empty: NO_LANES,
        rows: picture.lanes.flatMap(laneRows(picture)),
      },
    ],
  };
}

const laneRows =
  ({ unseen }: TrustPicture) =>
  ({ location, spans, seen }: Lane) => {
    const place = seen ? name(location) : html`${name(location)} (${unseen})`;
    if (spans.length === 0) return [[place, "", "", "nothing was seen", "", ""]];
    return spans.map(({ key, role, state, from, to }) => [
      place,
      name(key),
      role,
      state,
      formatInstant(from),
      formatInstant(to),
    ]);
  };

/** Above the first number, identical lanes are merged; above the second, lanes are drawn thin. */
const MOST_LANES = 24;
const MOST_LABELLED = 60;

interface DrawnLane extends Lane {
  readonly more: number;
}

function merged({ lanes, from, to }: TrustPicture): DrawnLane[] {
  if (lanes.length <= MOST_LANES) return lanes.map((lane) => ({ ...lane, more: 0 }));
  const place = (at: EpochSeconds) => Math.round(((at - from) / Math.max(1, to - from)) * 400);
  const alike = new Map<string, DrawnLane>();
  for (const lane of lanes) {
    const key = JSON.stringify([
      lane.seen,
      lane.spans.map((span) => [span.key, span.state, place(span.from), place(span.to)]),
    ]);
    const first = alike.get(key);
    alike.set(key, first === undefined ? { ...lane, more: 0 } : { ...first, more: first.more + 1 });
  }
  return [...alike.values()];
}

function drawLanes(picture: TrustPicture, width: number): Drawing {
  const isWide = width === WIDE;
  const lanes = merged(picture);
  const isThin = lanes.length > MOST_LABELLED;
  const left = isThin ? 6 : isWide ? 196 : 6;
  const axis = timeAxis([picture.from, picture.to], [left, width - 8]);
  const line = isThin ? 2 : 7;
  const keys = keysOf(lanes.flatMap(({ spans }) => spans));
  const lines = Math.max(1, keys.length);
  const label = !isThin && !isWide ? 17 : 0;
  const height = label + lines * (line + (isThin ? 0 : 1)) + (isThin ? 1 : 10);
  const top = 16;
  const bottom = top + lanes.length * height;
  return {
    width,
    height: bottom + AXIS_HEIGHT,
    content: [
      axisOf(axis, top - 4, bottom),
      picture.moments.map(({ at }, index) => momentOf(axis.at(at), index, top, bottom)),
      isThin
        ? thin(lanes, keys, axis, { top, height, line })
        : lanes.map((lane, at) =>
            laneOf(lane, keys, axis, { top: top + at * height, line, label, height, width }),
          ),
    ],
  };
}

/** In the same order in every lane: the old key above the new one. */
const keysOf = (spans: readonly TrustSpan[]) => [
  ...new Set(
    spans.toSorted((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role)).map(({ key }) => key),
  ),
];
const lookOf = ({ state, role }: TrustSpan) => (state === "denied" ? "key-denied" : `key-${role}`);

function momentOf(x: number, index: number, top: number, bottom: number): Html {
  return html`<path class="moment" d="M${x} ${top - 3}V${bottom}"/><text class="letter" x="${x}" y="${top - 6}" text-anchor="middle">${index + 1}</text>`;
}

function laneOf(
  { location, spans, seen, more }: DrawnLane,
  keys: readonly string[],
  axis: TimeAxis,
  {
    top,
    line,
    label,
    height,
    width,
  }: { top: number; line: number; label: number; height: number; width: number },
): Html {
  const text = `${cut(location, more > 0 ? 14 : 22)}${more > 0 ? ` and ${more} more` : ""}`;
  const x = label > 0 ? 6 : 4;
  const y = label > 0 ? top + 12 : top + (height - 10) / 2 + 4;
  return html`<g><path class="row" d="M0 ${top + height - 4}H${width}"/>${!seen && mark("dot", x + 5, y - 4, "unseen")}<text class="stage" x="${seen ? x : x + 14}" y="${y}">${text}</text>${
    spans.length === 0 &&
    html`<rect class="nothing" x="${axis.left}" y="${top + label}" width="${axis.right - axis.left}" height="${line * 2}"/>`
  }${spans.map((span) => {
    const start = axis.at(span.from);
    return html`<rect class="${lookOf(span)}" x="${start}" y="${top + label + keys.indexOf(span.key) * (line + 1)}" width="${Math.max(2, Math.round((axis.at(span.to) - start) * 10) / 10)}" height="${line}"/>`;
  })}</g>`;
}

/** One path for each look: a thousand locations stay small. */
function thin(
  lanes: readonly DrawnLane[],
  keys: readonly string[],
  axis: TimeAxis,
  { top, height, line }: { top: number; height: number; line: number },
): Html {
  const paths = new Map<string, string[]>();
  for (const [at, { spans }] of lanes.entries()) {
    for (const span of spans) {
      const [x, end] = [axis.at(span.from), axis.at(span.to)];
      const y = top + at * height + keys.indexOf(span.key) * line;
      const path = paths.get(lookOf(span)) ?? [];
      path.push(`M${x} ${y}H${Math.max(x + 1, end)}v${line}H${x}z`);
      paths.set(lookOf(span), path);
    }
  }
  return html`${[...paths].map(([look, parts]) => html`<path class="${look}" d="${parts.join("")}"/>`)}`;
}
