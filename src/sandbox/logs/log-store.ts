/**
 * Buckets of delivered logs. The edge's lines become objects as CloudFront delivers them: v1 gz where the
 * distribution's Logging is on, v2 by its deliveries; by the hour of the requests; some arrive late, some never, none
 * twice. Cookies are in them only while IncludeCookies is on. Everything lives in memory.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Distribution } from "../../cloudfront/distribution.ts";
import type { Clock } from "../../seams/world.ts";
import type { EpochSeconds } from "../../time.ts";
import { type AccessLog, type AccessLogLine, jsonText, v1Text } from "../edge/access-log.ts";
import type { Switches } from "../switches.ts";
import type { DeliveredSpan, LogDeliveries, StoredDelivery } from "./deliveries.ts";
import { flawsWith, type LogFaultId, PROMPT } from "./delivery-faults.ts";

export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly modifiedAt: EpochSeconds;
}

interface Waiting {
  readonly line: AccessLogLine;
  readonly due: EpochSeconds;
  /** The hour in its file's name, in UTC: `2026-11-28-10`. */
  readonly hour: string;
}
interface Source {
  readonly log: AccessLog;
  readonly faults: Pick<Switches<LogFaultId>, "on">;
  taken: number;
}

export class LogStore {
  /** While no fault is on. */
  flaws = PROMPT;
  readonly #clock: Pick<Clock, "now">;
  readonly #accountId: string;
  readonly #deliveries: LogDeliveries;
  readonly #distributions: () => readonly Distribution[];
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #sources: Source[] = [];
  #waiting: readonly Waiting[] = [];
  readonly #spans = new Map<string, DeliveredSpan>();
  #count = 0;

  constructor(options: {
    readonly clock: Pick<Clock, "now">;
    readonly accountId: string;
    readonly deliveries: LogDeliveries;
    readonly distributions: () => readonly Distribution[];
  }) {
    this.#clock = options.clock;
    this.#accountId = options.accountId;
    this.#deliveries = options.deliveries;
    this.#distributions = options.distributions;
  }

  /** Faults apply to lines delivered while they are on; delivery happens when somebody reads a bucket. */
  deliverFrom(log: AccessLog, faults: Source["faults"]): void {
    this.#sources.push({ log, faults, taken: 0 });
  }

  /** Puts an object there, like any other client. */
  put(bucket: string, key: string, body: Uint8Array, modifiedAt = this.#clock.now()): void {
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    this.#bucket(bucket).set(key, { key, body, etag, modifiedAt });
  }

  remove(bucket: string, key: string): void {
    this.#bucket(bucket).delete(key);
  }

  /** Undefined if there is no such bucket. In key order. */
  objects(bucket: string): readonly StoredObject[] | undefined {
    this.#deliver();
    const found = this.#buckets.get(bucket);
    if (found === undefined) return this.#isConfigured(bucket) ? [] : undefined;
    return [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** The span of the distribution's delivered log lines, over all destinations. */
  spanOf(distributionId: string): DeliveredSpan | undefined {
    this.#deliver();
    return this.#spans.get(distributionId);
  }

  #bucket(name: string): Map<string, StoredObject> {
    const known = this.#buckets.get(name) ?? new Map<string, StoredObject>();
    this.#buckets.set(name, known);
    return known;
  }

  #isConfigured(bucket: string): boolean {
    return (
      this.#distributions().some(({ logging }) => bucketOf(logging?.bucket ?? "") === bucket) ||
      this.#deliveries.all.some(({ destinationArn }) => placeOf(destinationArn).bucket === bucket)
    );
  }

  #deliver(): void {
    const now = this.#clock.now();
    for (const source of this.#sources) this.#waiting = [...this.#waiting, ...this.#taken(source)];
    const due = this.#waiting.filter((each) => each.due <= now);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((each) => each.due > now);
    for (const distribution of this.#distributions()) {
      const own = due.filter(({ line }) => line["cs(Host)"] === distribution.domainName);
      for (const [hour, batch] of byHour(own)) this.#write(distribution, hour, batch);
    }
  }

  #taken(source: Source): Waiting[] {
    const { delay, lateShare, lateBy, missingShare, earlierFileShare, isShuffled } = flawsWith(
      this.flaws,
      source.faults.on,
    );
    const { lines, total } = source.log.after(source.taken);
    source.taken = total;
    const kept = lines.filter((line) => chanceOf(line, "missing") >= missingShare);
    const placed = isShuffled
      ? kept.toSorted((one, other) => chanceOf(one, "place") - chanceOf(other, "place"))
      : kept;
    return placed.map((line) => ({
      line,
      due: endOf(line) + delay + (chanceOf(line, "late") < lateShare ? lateBy : 0),
      hour: hourText(endOf(line) - (chanceOf(line, "file") < earlierFileShare ? HOUR : 0)),
    }));
  }

  #write(distribution: Distribution, hour: string, batch: readonly Waiting[]): void {
    const modifiedAt = Math.max(...batch.map(({ due }) => due));
    const lines = batch.map(({ line }) => (distribution.logsCookies ? line : withoutCookie(line)));
    const times = batch.map(({ line }) => endOf(line));
    const { first, last } = this.#spans.get(distribution.id) ?? { first: Infinity, last: 0 };
    this.#spans.set(distribution.id, { first: Math.min(first, ...times), last: Math.max(last, ...times) });
    this.#count += 1;
    const unique = createHash("sha256").update(String(this.#count)).digest("hex").slice(0, 8);
    const file = `${distribution.id}.${hour}.${unique}.gz`;
    const { logging } = distribution;
    if (logging !== undefined)
      this.put(bucketOf(logging.bucket), `${logging.prefix}${file}`, gzipSync(v1Text(lines)), modifiedAt);
    for (const delivery of this.#deliveries.all) {
      if (delivery.distributionId !== distribution.id || delivery.to !== "S3") continue;
      if (delivery.format !== "json") continue;
      const { bucket, prefix } = placeOf(delivery.destinationArn);
      const folder = `${prefix}AWSLogs/${this.#accountId}/CloudFront/${suffixOf(delivery, hour)}`;
      const fields = delivery.fields.length > 0 ? delivery.fields : undefined;
      this.put(bucket, `${folder}${file}`, gzipSync(jsonText(lines, fields)), modifiedAt);
    }
  }
}

/** `demo-logs.s3.amazonaws.com` -> `demo-logs`. */
const bucketOf = (host: string) => host.replace(/\.s3[.-][\w.-]*amazonaws\.com(\.cn)?$/, "");

function placeOf(arn: string): { readonly bucket: string; readonly prefix: string } {
  const [bucket = "", ...folders] = arn.replace(/^arn:[^:]+:s3:::/, "").split("/");
  return {
    bucket,
    prefix: folders
      .filter((each) => each !== "")
      .map((each) => `${each}/`)
      .join(""),
  };
}

/** `{DistributionId}/{yyyy}/{MM}/{dd}/{HH}` -> `E1/2026/11/28/10/`. */
function suffixOf({ suffixPath = "", distributionId, isHiveStyle }: StoredDelivery, hour: string): string {
  const [yyyy = "", MM = "", dd = "", HH = ""] = hour.split("-");
  const values: Readonly<Record<string, readonly [string, string]>> = {
    DistributionId: ["DistributionId", distributionId],
    yyyy: ["year", yyyy],
    MM: ["month", MM],
    dd: ["day", dd],
    HH: ["hour", HH],
  };
  const filled = suffixPath.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const [key, value] = values[name] ?? ["", whole];
    return isHiveStyle ? `${key}=${value}` : value;
  });
  return filled === "" ? "" : `${filled.replace(/^\/|\/$/g, "")}/`;
}

const endOf = (line: AccessLogLine) => Date.parse(`${line.date}T${line.time}Z`) / 1000;

const HOUR = 3600;
const hourText = (at: EpochSeconds) => new Date(at * 1000).toISOString().slice(0, 13).replace("T", "-");

function byHour(batch: readonly Waiting[]): ReadonlyMap<string, readonly Waiting[]> {
  const hours = new Map<string, Waiting[]>();
  for (const each of batch) hours.set(each.hour, [...(hours.get(each.hour) ?? []), each]);
  return hours;
}

/** In [0, 1), and always the same for a line. */
function chanceOf(line: AccessLogLine, salt: string): number {
  const hash = createHash("sha256")
    .update(salt)
    .update(line["x-edge-request-id"] ?? "");
  return hash.digest().readUInt32BE(0) / 2 ** 32;
}

function withoutCookie({ "cs(Cookie)": _, ...line }: AccessLogLine): AccessLogLine {
  return line;
}
