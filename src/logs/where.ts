/** `keyturn logs where`: what a gate's distributions log, where to, in which format, since when, and how late. */

import { KeyturnError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import { openGate } from "../gates/open.ts";
import type { LogBucket, LogCloud, LogDelivery } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import { destinationsOf, type LogDestination, type LogLocation } from "./destinations.ts";
import { LONGEST_DELIVERY_DELAY, logsListed, ONE_HOUR } from "./listing.ts";
import type { SettingFlags } from "./setting.ts";

/** For objects of the last day: from the end of their hour to their delivery; at least 0. */
interface Lateness {
  readonly objects: number;
  readonly median: Seconds;
  readonly most: Seconds;
}
export interface KnownDestination extends LogDestination {
  readonly oldest?: EpochSeconds;
  readonly newest?: EpochSeconds;
  readonly late?: Lateness;
  /** Why the bucket or the log group could not be read. */
  readonly unread?: string;
}
export interface LoggedWhere {
  readonly gate: Gate;
  readonly destinations: readonly KnownDestination[];
  /** Distributions that write no access logs. */
  readonly unlogged: readonly string[];
}
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "logCloud" | "clock">;

export async function loggedWhere(flags: SettingFlags, world: Needs): Promise<LoggedWhere> {
  const gate = await openGate(flags, world);
  const { destinations, bucketOf, groupSpan } = await gateDestinations(gate, flags, world);
  const known: KnownDestination[] = [];
  for (const each of destinations) {
    known.push({ ...each, ...(await untilRefused(() => lookInto(each, { bucketOf, groupSpan }, world))) });
  }
  return {
    gate,
    destinations: known,
    unlogged: gate.distributions.filter((id) => !known.some(({ distribution }) => distribution === id)),
  };
}

export interface GateDestinations {
  readonly destinations: readonly LogDestination[];
  readonly bucketOf: () => Promise<LogBucket>;
  readonly groupSpan: LogCloud["groupSpan"];
  /** The endpoint unless it is AWS's own, otherwise the region. */
  readonly where: string;
}

/** Reads the gate's distributions, and the account's deliveries. Throws as reading AWS throws. */
export async function gateDestinations(
  gate: Gate,
  flags: SettingFlags,
  world: Pick<World, "env" | "cloud" | "logCloud">,
): Promise<GateDestinations> {
  const options = cloudOptionsOf(flags, world.env, gate);
  const [{ controlPlane }, logs] = await Promise.all([world.cloud(options), world.logCloud(options)]);
  const distributions = await Promise.all(
    gate.distributions.map(async (id) => (await controlPlane.getDistribution(id)).value),
  );
  const deliveries: readonly LogDelivery[] = await logs.deliveries();
  return {
    destinations: distributions.flatMap((distribution) => destinationsOf(distribution, deliveries)),
    bucketOf: () => logs.bucket(),
    groupSpan: (arn, distribution) => logs.groupSpan(arn, distribution),
    where: logs.where,
  };
}

type Known = Pick<KnownDestination, "oldest" | "newest" | "late" | "unread">;

/** A destination is listed even if its content may not be read. */
async function untilRefused(look: () => Promise<Known>): Promise<Known> {
  try {
    return await look();
  } catch (thrown) {
    const isReported = thrown instanceof KeyturnError && thrown.code !== "ERR_INTERRUPTED";
    if (isReported && thrown.code !== "ERR_INTERNAL") return { unread: thrown.message };
    throw thrown;
  }
}

/** Neither Firehose nor Kinesis shows since when it has received data. */
async function lookInto(
  { to, s3, place, distribution }: LogDestination,
  { bucketOf, groupSpan }: Pick<GateDestinations, "bucketOf" | "groupSpan">,
  { clock }: Pick<World, "clock">,
): Promise<Known> {
  if (to === "cloudwatch-logs") return groupSpan(place, distribution);
  return s3 === undefined ? {} : lookIntoBucket(s3, await bucketOf(), clock.now());
}

async function lookIntoBucket(place: LogLocation, bucket: LogBucket, now: EpochSeconds): Promise<Known> {
  const oldest = await firstHour(place, bucket, now);
  const hours: EpochSeconds[] = [];
  const lates: Seconds[] = [];
  for await (const { hour, modifiedAt } of logsListed(
    place,
    { from: now - LONGEST_DELIVERY_DELAY, to: now },
    bucket,
  )) {
    if (hour === undefined) continue;
    hours.push(hour);
    lates.push(Math.max(0, Math.round(modifiedAt - (hour + ONE_HOUR))));
  }
  if (oldest === undefined) return {};
  if (hours.length === 0) return { oldest };
  lates.sort((one, other) => one - other);
  const late = {
    objects: lates.length,
    median: lates[Math.floor(lates.length / 2)] ?? 0,
    most: lates.at(-1) ?? 0,
  };
  return { oldest, newest: hours.reduce((most, each) => Math.max(most, each)), late };
}

/** Keys are in the order of time, so the first is the oldest. */
async function firstHour(
  place: LogLocation,
  bucket: LogBucket,
  now: EpochSeconds,
): Promise<EpochSeconds | undefined> {
  for await (const { hour } of logsListed(place, { from: 0, to: now + ONE_HOUR }, bucket)) {
    if (hour !== undefined) return hour;
  }
  return undefined;
}

/** One line each; used by the report and its tests. */
export function cookieText({ cookies, kind }: LogDestination): string {
  switch (cookies) {
    case "logged":
      return "logged: whoever reads the logs can use signed cookies until they expire";
    case "switched-off":
      return "not logged: Logging.IncludeCookies of the distribution is off";
    case "not-chosen":
      return `not logged: cs(Cookie) is not among the fields of this ${kind} delivery`;
    case "cut-off":
      return "if cs-cookie is among its fields, the first 800 bytes";
  }
}
