/** The rows of `keyturn logs` as drawings. Pure. */
import type { AnswerRow } from "../../logs/question.ts";
import type { TrafficBucket, TrafficPicture } from "../../pictures/areas.ts";
import type { KeyRole, Lane, TrustPicture, TrustSpan } from "../../pictures/lanes.ts";
import type { EpochSeconds } from "../../time.ts";
import type { LogsResult } from "../logs.ts";

const instant = (value: AnswerRow[string] | undefined): EpochSeconds | undefined =>
  typeof value === "string" ? Date.parse(value) / 1000 : undefined;

/** A viewer's credential looks valid, but the signature check denied it. */
const UNEXPECTED: ReadonlySet<unknown> = new Set(["key-not-trusted", "signature-mismatch"]);
const ANSWERS = [
  "signature check",
  "origin or application",
  "WAF or geo block",
  "edge otherwise",
  "cannot tell",
] as const;

function answerOf(by: string): (typeof ANSWERS)[number] {
  if (by === "edge-signature" || by === "error-page") return "signature check";
  if (/^(application|origin|s3|api-gateway|lambda-url|load-balancer|cache)/.test(by))
    return "origin or application";
  if (/^edge-(waf|geo)/.test(by)) return "WAF or geo block";
  return by.startsWith("edge") ? "edge otherwise" : "cannot tell";
}

/** Undefined if the logs were not queried for denials, or nothing was read. */
export function deniedTraffic({ read, questions }: LogsResult): TrafficPicture | undefined {
  const { denials } = questions;
  const [from, to] = [instant(read.from), instant(read.to)];
  if (denials === undefined || from === undefined || to === undefined) return undefined;
  const buckets = new Map<EpochSeconds, { counts: Record<string, number>; unexpected: number }>();
  for (const row of denials.rows) {
    const at = instant(row.bucket);
    if (at === undefined) continue;
    const bucket = buckets.get(at) ?? { counts: {}, unexpected: 0 };
    buckets.set(at, bucket);
    const requests = Number(row.requests);
    if (row.answered_by === "edge-signature" && UNEXPECTED.has(row.reason)) bucket.unexpected += requests;
    else {
      const answer = answerOf(String(row.answered_by));
      bucket.counts[answer] = (bucket.counts[answer] ?? 0) + requests;
    }
  }
  const sorted = [...buckets].map(([at, each]) => ({ at, ...each })).sort((one, other) => one.at - other.at);
  const every = smallestGap(sorted);
  return {
    title: "Denials over time",
    says: `401 and 403 by who answered. Red: the signature check denied a key that it does not trust, or a signature that does not match.`,
    from: Math.min(from, sorted[0]?.at ?? from),
    to: Math.max(to, (sorted.at(-1)?.at ?? to) + (sorted.length > 0 ? every : 0)),
    every,
    answers: ANSWERS,
    series: [
      {
        sender: "denied",
        unexpected: "a denial for an untrusted key or a wrong signature",
        buckets: sorted,
      },
    ],
    moments: marksIn(denials.marks),
  };
}

/** Minutes, hours or days: what the logs were counted by. */
function smallestGap(buckets: readonly TrafficBucket[]): number {
  const gaps = buckets.flatMap(({ at }, index) => (index === 0 ? [] : [at - (buckets[index - 1]?.at ?? at)]));
  const least = Math.min(...gaps, 86_400);
  return least >= 86_400 && gaps.length === 0 ? 3600 : least;
}

function marksIn(marks: readonly unknown[] | undefined) {
  return (marks ?? []).flatMap((mark) => {
    const { stage, at } = mark as AnswerRow;
    const time = instant(at);
    return time === undefined ? [] : [{ at: time, says: String(stage) }];
  });
}

export function loggedTrust({ read, questions }: LogsResult): TrustPicture | undefined {
  const { propagation, denials } = questions;
  const [from, to] = [instant(read.from), instant(read.to)];
  if (propagation === undefined || propagation.rows.length === 0 || from === undefined || to === undefined)
    return undefined;
  // The key that was accepted last is the new one.
  const keys = [...new Set(propagation.rows.map(({ key_pair_id }) => String(key_pair_id)))];
  const firstUse = (key: string) =>
    Math.min(
      ...propagation.rows
        .filter(({ key_pair_id }) => key_pair_id === key)
        .map(({ first_accepted }) => instant(first_accepted) ?? Number.POSITIVE_INFINITY),
    );
  const used = keys
    .filter((key) => Number.isFinite(firstUse(key)))
    .sort((one, other) => firstUse(one) - firstUse(other));
  const roleOf = (key: string): KeyRole =>
    used.length > 1 && key === used.at(-1) ? "new" : used.includes(key) ? "old" : "other";
  const lanes = new Map<string, TrustSpan[]>();
  for (const row of propagation.rows) {
    const spans = lanes.get(String(row.edge_location)) ?? [];
    lanes.set(String(row.edge_location), spans);
    const key = String(row.key_pair_id);
    for (const state of ["trusted", "denied"] as const) {
      const word = state === "trusted" ? "accepted" : "denied";
      const [first, last] = [instant(row[`first_${word}`]), instant(row[`last_${word}`])];
      if (first !== undefined && last !== undefined)
        spans.push({ key, role: roleOf(key), state, from: first, to: Math.max(last, first) });
    }
  }
  return {
    title: "Trust by edge location",
    says: `From the first to the last time that ${lanes.size === 1 ? "the edge location" : `each of ${lanes.size} edge locations`} was logged accepting or denying a key. A location without viewers is not in the logs.`,
    from,
    to,
    unseen: "not in the logs",
    lanes: [...lanes]
      .map(([location, spans]): Lane => ({ location, seen: true, spans }))
      .sort((one, other) => one.location.localeCompare(other.location, "en")),
    moments: marksIn(denials?.marks),
  };
}
