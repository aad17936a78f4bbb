/**
 * The log objects that can hold requests of a period. v1 has the hour of the requests in each key; v2 has it in
 * folders, which are walked because each delivery chooses its layout (DG:standard-logging). A late file appears under
 * the hour of its requests, up to 24 hours old.
 */
import type { LogBucket, LogObject } from "../seams/logs.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { LogLocation } from "./destinations.ts";

export interface Period {
  readonly from: EpochSeconds;
  /** Exclusive. */
  readonly to: EpochSeconds;
}
export interface HourlyObject extends LogObject {
  /** Start of the hour in its name or folders; absent if they show none. */
  readonly hour?: EpochSeconds;
}

export const ONE_HOUR: Seconds = 3600;
/** DG:standard-logging-legacy-s3: "can sometimes be delayed by up to 24 hours". */
export const LONGEST_DELIVERY_DELAY: Seconds = 24 * ONE_HOUR;

/** Every object whose hour overlaps the period, and late ones of the 24 hours before it. */
export async function* logsWithin(
  place: LogLocation,
  period: Period,
  bucket: LogBucket,
): AsyncIterable<HourlyObject> {
  const listed = { from: hourOf(period.from) - LONGEST_DELIVERY_DELAY, to: period.to + ONE_HOUR };
  for await (const object of logsListed(place, listed, bucket)) {
    // A request may end in the hour after it began.
    const isWithin = object.hour !== undefined && object.hour > period.from - 2 * ONE_HOUR;
    if (isWithin || object.modifiedAt >= period.from) yield object;
  }
}

/** Objects whose hour overlaps the period or is unknown. */
export async function* logsListed(
  place: LogLocation,
  period: Period,
  bucket: LogBucket,
): AsyncIterable<HourlyObject> {
  if (place.layout === "v2") yield* walked(place, place.prefix, period, bucket);
  else {
    const names = `${place.prefix}${place.distribution}.`;
    for await (const object of bucket.objects(place.bucket, names, names + hourText(period.from))) {
      const hour = hourInName(object.key, place.distribution);
      if (hour !== undefined && hour >= period.to) break;
      if (hour !== undefined) yield { ...object, hour };
    }
  }
}

async function* walked(
  place: LogLocation,
  folder: string,
  period: Period,
  bucket: LogBucket,
): AsyncIterable<HourlyObject> {
  for await (const each of bucket.level(place.bucket, folder)) {
    if ("folder" in each) {
      if (mayHold(each.folder, place, period)) yield* walked(place, each.folder, period, bucket);
      continue;
    }
    const hour = hourInName(each.key, place.distribution) ?? spanOf(each.key, place)?.hour;
    const isOther = /\/?(E[A-Z0-9]{9,})\.\d{4}-/.exec(each.key)?.[1] ?? place.distribution;
    if (isOther !== place.distribution || each.bytes === 0) continue;
    if (hour === undefined) yield each;
    else if (hour + ONE_HOUR > period.from && hour < period.to) yield { ...each, hour };
  }
}

/** Names that show that the object belongs to another account, distribution, service or time. */
function mayHold(folder: string, place: LogLocation, period: Period): boolean {
  const parts = partsOf(folder, place);
  const isForeign = parts.some(
    (part, at) =>
      (/^E[A-Z0-9]{9,}$/.test(part) && part !== place.distribution) ||
      (/^\d{12}$/.test(part) && parts[at - 1] === "AWSLogs" && part !== place.account) ||
      (/^\d{12}$/.test(parts[at - 1] ?? "") && parts[at - 2] === "AWSLogs" && !/^cloudfront$/i.test(part)),
  );
  const span = spanOf(folder, place);
  return !isForeign && (span === undefined || (span.end > period.from && span.start < period.to));
}

/** Folder names below the prefix, without Hive's `key=`. */
const partsOf = (folder: string, { prefix }: LogLocation) =>
  folder
    .slice(prefix.length)
    .split("/")
    .filter((part) => part !== "")
    .map((part) => part.replace(/^[\w-]+=/, ""));

interface Span extends Readonly<Record<"start" | "end", EpochSeconds>> {
  readonly hour?: EpochSeconds;
}

/** The time that folders like `2026/11/28/10` stand for; undefined without a year. */
function spanOf(path: string, place: LogLocation): Span | undefined {
  const parts = partsOf(path.replace(/[^/]*$/, ""), place);
  const at = parts.findIndex((part) => /^20\d\d$/.test(part));
  if (at < 0) return undefined;
  const [year, month, day, hour] = parts
    .slice(at, at + 4)
    .map((part) => (/^\d{2}(\d{2})?$/.test(part) ? Number(part) : undefined));
  const time = (plus: readonly [number, number, number, number]) =>
    Date.UTC((year ?? 0) + plus[0], (month ?? 1) - 1 + plus[1], (day ?? 1) + plus[2], (hour ?? 0) + plus[3]) /
    1000;
  const start = time([0, 0, 0, 0]);
  if (month === undefined) return { start, end: time([1, 0, 0, 0]) };
  if (day === undefined) return { start, end: time([0, 1, 0, 0]) };
  if (hour === undefined) return { start, end: time([0, 0, 1, 0]) };
  return { start, end: start + ONE_HOUR, hour: start };
}

/** `E1.2026-11-28-10.0a1b2c3d.gz`: 10:00 UTC. */
function hourInName(key: string, distribution: string): EpochSeconds | undefined {
  const name = key.slice(key.lastIndexOf("/") + 1);
  if (!name.startsWith(`${distribution}.`)) {
    // v1's prefix need not end with a slash.
    const at = name.indexOf(`${distribution}.`);
    return at < 0 ? undefined : hourInName(name.slice(at), distribution);
  }
  const [, date, hour] = /^\w+\.(\d{4}-\d\d-\d\d)-(\d\d)\./.exec(name) ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${hour}:00:00Z`) / 1000;
}

const hourOf = (at: EpochSeconds) => Math.floor(at / ONE_HOUR) * ONE_HOUR;
/** `2026-11-28-10`. */
const hourText = (at: EpochSeconds) =>
  new Date(hourOf(at) * 1000).toISOString().slice(0, 13).replace("T", "-");
