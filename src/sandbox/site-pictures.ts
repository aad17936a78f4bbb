/** Drawings of the sandbox's edge: which location trusted which key, and who answered which requests. Pure. */
import type { TrafficBucket, TrafficPicture } from "../pictures/areas.ts";
import type { KeyRole, TrustPicture } from "../pictures/lanes.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { EpochSeconds } from "../time.ts";
import { SENDERS, type Sender } from "./edge/senders.ts";
import type { TrafficCounts } from "./edge/traffic-history.ts";
import type { LocationTrust } from "./edge/trust-history.ts";

export interface EdgeHistory {
  readonly trust: readonly LocationTrust[];
  readonly traffic: TrafficCounts;
  /** The record of the open rotation, otherwise of the last one. */
  readonly record?: RotationRecord;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

export function keyRole(key: string, record: RotationRecord | undefined): KeyRole {
  if (record === undefined) return "other";
  if (key === record.new?.keyPairId) return "new";
  return key === record.old.keyPairId ? "old" : "other";
}

export function trustPicture({ trust, record, from, to }: EdgeHistory): TrustPicture {
  const hidden = trust.filter(({ reachable }) => !reachable).map(({ pop }) => pop);
  return {
    title: "Trust by edge location",
    says: `What each location trusts.${hidden.length === 0 ? "" : ` No request of the rotation ever reaches ${hidden.join(", ")}; viewers do.`}`,
    ...{ from, to },
    unseen: "never reached by the prober",
    moments: momentsOf(record, from),
    lanes: trust.map(({ pop, reachable, spans }) => ({
      location: pop,
      seen: reachable,
      spans: spans
        .filter((span) => span.to > from)
        .map((span) => ({
          ...span,
          from: Math.max(from, span.from),
          role: keyRole(span.key, record),
          state: "trusted" as const,
        })),
    })),
  };
}

const SERVED = "passed the edge";
const DENIED = "denied by the signature check";
const EDGE = "otherwise answered by the edge";

const UNEXPECTED: Readonly<Record<Sender, string>> = {
  viewers: "a good cookie denied, or an answer in the application's place",
  prober: "an unsigned request that reached the origin",
  attackers: "an attack that reached the origin",
};
const NAME: Readonly<Record<Sender, string>> = {
  viewers: "viewers",
  prober: "our prober",
  attackers: "attackers",
};

export function trafficPicture({ traffic, record, from, to }: EdgeHistory): TrafficPicture {
  const named = (by: string) =>
    by === "origin" ? SERVED : by === "signature-check" ? DENIED : by === "edge" ? EDGE : by;
  const others = new Set<string>();
  const bucketsOf = (sender: Sender): TrafficBucket[] =>
    traffic.senders[sender]
      .filter(({ at }) => at + traffic.every > from)
      .map(({ at, counts, unexpected }) => {
        const entries = Object.entries(counts).map(([by, count]) => [named(by), count] as const);
        for (const [by] of entries) if (![SERVED, DENIED, EDGE].includes(by)) others.add(by);
        return { at: Math.max(from, at), counts: Object.fromEntries(entries), unexpected };
      });
  const series = SENDERS.map((sender) => ({
    sender: NAME[sender],
    unexpected: UNEXPECTED[sender],
    buckets: bucketsOf(sender),
  }));
  const wrong = series.flatMap(({ buckets }) => buckets).reduce((sum, { unexpected }) => sum + unexpected, 0);
  return {
    title: "Traffic",
    says:
      wrong === 0
        ? "By who answered. No request got an unexpected answer."
        : `By who answered. Red: ${wrong === 1 ? "one request" : `${wrong} requests`} that got an unexpected answer.`,
    ...{ from, to, every: traffic.every },
    answers: [SERVED, DENIED, EDGE, ...others],
    series,
    moments: momentsOf(record, from),
  };
}

function momentsOf(record: RotationRecord | undefined, from: EpochSeconds) {
  if (record === undefined) return [];
  const { openedAt, switchedAt, newMaySign, backAt, oldMayGo, finished } = record;
  const known: readonly (readonly [EpochSeconds | undefined, string])[] = [
    [openedAt, "opened"],
    [switchedAt?.at ?? newMaySign, "signers switched"],
    [backAt?.at, "switched back"],
    [oldMayGo, "old key can be removed"],
    [finished?.at, finished?.outcome ?? ""],
  ];
  return known.flatMap(([at, says]) => (at === undefined || at < from ? [] : [{ at, says }]));
}
