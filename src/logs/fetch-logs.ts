/**
 * Fetches the logs of a period from S3 into the private folder, a few at a time, after announcing their size.
 * Objects that cannot be fetched are named, and the rest is still read.
 */
import { HaltError, InputError, isError, KeyturnError } from "../errors.ts";
import type { LogBucket, LogWorkspace } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { LogDestination, LogLocation } from "./destinations.ts";
import { type HourlyObject, logsWithin, type Period } from "./listing.ts";
import { countWithNoun } from "./question.ts";
import type { GateDestinations } from "./where.ts";

export interface FetchedLogs {
  /** Files in the private folder -> their source, as `s3://bucket/key`. */
  readonly files: ReadonlyMap<string, string>;
  readonly bytes: number;
  readonly gaps: readonly LogGap[];
  /** The latest hour among them, and when the last one was delivered. */
  readonly newest?: EpochSeconds;
  readonly delivered?: EpochSeconds;
}
export interface LogGap {
  readonly object: string;
  readonly why: string;
}
interface Found extends HourlyObject {
  readonly place: LogLocation;
}
type Needs = Pick<World, "terminal">;

const AT_ONCE = 8;
/** More than this is fetched only after a confirmation. */
const MUCH = 1_000_000_000;
/** Formats that name their own fields. */
const READABLE: ReadonlySet<string> = new Set(["v1", "json", "w3c", "parquet"]);

/** One destination per distribution, so that no line counts twice. Throws ERR_LOG_UNREADABLE. */
export function readableDestinations(
  distributions: readonly string[],
  { destinations }: Pick<GateDestinations, "destinations">,
  format: string | undefined,
): readonly LogDestination[] {
  const chosen = distributions.flatMap((id) => {
    const fits = destinations.filter(
      (each) =>
        each.distribution === id &&
        each.s3 !== undefined &&
        READABLE.has(each.format) &&
        (format === undefined || each.format === format),
    );
    return fits.find(({ cookies }) => cookies === "logged") ?? fits[0] ?? [];
  });
  if (chosen.length > 0) return chosen;
  const which = format === undefined ? "" : ` as ${format}`;
  throw new InputError(
    "ERR_LOG_UNREADABLE",
    `no logs of ${distributions.join(", ")} are delivered to S3${which} in a format that keyturn can read there`,
    ["keyturn logs where"],
  );
}

interface FetchRequest {
  readonly destinations: readonly LogDestination[];
  readonly period: Period;
  readonly yes: boolean;
}

/** Throws ERR_LOG_UNREADABLE if there is nothing, ERR_CONFIRMATION, or the first failure if nothing could be fetched. */
export async function fetchLogs(
  { destinations, period, yes }: FetchRequest,
  bucket: LogBucket,
  workspace: Pick<LogWorkspace, "folder">,
  world: Needs,
): Promise<FetchedLogs> {
  const found: Found[] = [];
  for (const { s3 } of destinations) {
    if (s3 === undefined) continue;
    for await (const object of logsWithin(s3, period, bucket)) {
      found.push({ ...object, place: s3 });
      if (found.length % 1000 === 0) tell(world, `listed ${found.length} log files`);
    }
  }
  const places = destinations.map(({ place }) => place).join(", ");
  if (found.length === 0) {
    throw new InputError(
      "ERR_LOG_UNREADABLE",
      `no logs from ${formatInstant(period.from)} to ${formatInstant(period.to)} are in ${places}`,
      ["logs can arrive late; to see how late:", "keyturn logs where", "keyturn logs --since 1d"],
    );
  }
  const bytes = found.reduce((total, each) => total + each.bytes, 0);
  world.terminal.note(`${countWithNoun(found.length, "log file")}, ${sizeText(bytes)}, from ${places}`);
  await confirmMuch(bytes, yes, world);
  return { ...(await fetchAll(found, bytes, bucket, workspace, world)), ...times(found) };
}

async function confirmMuch(bytes: number, yes: boolean, { terminal }: Needs): Promise<void> {
  if (bytes <= MUCH || yes) return;
  const hints = [
    "add --yes to fetch them",
    "choose a shorter time: --from, --to",
    "keyturn logs --engine athena",
  ];
  if (!terminal.interactive)
    throw new HaltError(
      "ERR_CONFIRMATION",
      `these logs are ${sizeText(bytes)}, and there is no terminal to confirm fetching them`,
      hints,
    );
  const answer = await terminal.ask(
    `Fetch ${sizeText(bytes)} into a temporary folder? Type yes to continue: `,
  );
  if (answer.trim() !== "yes")
    throw new HaltError("ERR_CONFIRMATION", "not confirmed; nothing was fetched", hints);
}

async function fetchAll(
  found: readonly Found[],
  bytes: number,
  bucket: LogBucket,
  { folder }: Pick<LogWorkspace, "folder">,
  world: Needs,
): Promise<Pick<FetchedLogs, "files" | "bytes" | "gaps">> {
  const files = new Map<string, string>();
  const gaps: LogGap[] = [];
  const failures: KeyturnError[] = [];
  const waiting = found.entries();
  let [done, fetched] = [0, 0];
  const work = async () => {
    for (const [at, object] of waiting) {
      if (failures.some(isFatal)) return;
      const from = `s3://${object.place.bucket}/${object.key}`;
      // The extension is for people; the engine looks at the bytes.
      const path = `${folder}/${String(at).padStart(6, "0")}${/\.\w{1,10}$/.exec(object.key)?.[0] ?? ""}`;
      try {
        await bucket.fetch(object.place.bucket, object, path);
        files.set(path, from);
        fetched += object.bytes;
      } catch (thrown) {
        if (!(thrown instanceof KeyturnError)) throw thrown;
        failures.push(thrown);
        gaps.push({ object: from, why: whyNot(thrown) });
      }
      done += 1;
      tell(world, `fetched ${done} of ${found.length} files, ${sizeText(fetched)} of ${sizeText(bytes)}`);
    }
  };
  // Wait for all of them, even after a failure: nothing may write into the folder once it is removed.
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  const fatal = failures.find(isFatal) ?? (files.size === 0 ? failures[0] : undefined);
  if (fatal !== undefined) throw fatal;
  return { files, bytes: fetched, gaps };
}

/** The next object would fail too, or the user wants to stop. */
const isFatal = (error: KeyturnError) =>
  isError(error, "ERR_INTERRUPTED", "ERR_CREDENTIALS", "ERR_FILE_UNREADABLE", "ERR_INTERNAL", "ERR_REGION");

function whyNot(error: KeyturnError): string {
  switch (error.code) {
    case "ERR_NOT_FOUND":
      return "gone: it was deleted after it was listed";
    case "ERR_PRECONDITION":
      return "replaced while it was being fetched";
    case "ERR_ACCESS_DENIED":
      return "access denied: s3:GetObject, or the KMS key of the object";
    case "ERR_REFUSED":
      return /InvalidObjectState/.test(error.message) ? "archived: restore it first" : "refused by S3";
    default:
      return "no complete answer after retries";
  }
}

/** Only if the line can be overwritten: otherwise it would fill a log file. */
function tell({ terminal }: Needs, text: string): void {
  if (terminal.interactive) terminal.progress(text);
}

function times(found: readonly Found[]): Pick<FetchedLogs, "newest" | "delivered"> {
  const hours = found.flatMap(({ hour }) => hour ?? []);
  return {
    delivered: found.reduce((most, { modifiedAt }) => Math.max(most, modifiedAt), 0),
    newest: hours.length > 0 ? hours.reduce((most, each) => Math.max(most, each)) : undefined,
  };
}

/** `1.2 GB`, in powers of ten, as S3 counts. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** power;
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`;
}
