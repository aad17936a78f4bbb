/** Requests over time, by sender and by who answered: counts only, in a bounded number of buckets. */
import type { EpochSeconds, Seconds } from "../../time.ts";
import { SENDERS, type Sender } from "./senders.ts";

export interface TrafficBucketCount {
  readonly at: EpochSeconds;
  /** Keyed by answer; without the unexpected ones. */
  readonly counts: Readonly<Record<string, number>>;
  readonly unexpected: number;
}
export interface TrafficCounts {
  readonly every: Seconds;
  readonly senders: Readonly<Record<Sender, readonly TrafficBucketCount[]>>;
}

interface Bucket {
  readonly counts: Record<string, number>;
  unexpected: number;
}
const MOST_BUCKETS = 240;

export class TrafficHistory {
  #every: Seconds = 1;
  #buckets = new Map<number, Partial<Record<Sender, Bucket>>>();

  add(at: EpochSeconds, sender: Sender, answer: string, unexpected: boolean): void {
    const number = Math.floor(at / this.#every);
    const bucket = this.#buckets.get(number) ?? {};
    this.#buckets.set(number, bucket);
    count(bucket, sender, answer, 1, unexpected ? 1 : 0);
    while (this.#buckets.size > MOST_BUCKETS) this.#widen();
  }

  get seen(): TrafficCounts {
    const of = (sender: Sender) =>
      [...this.#buckets]
        .sort(([one], [other]) => one - other)
        .flatMap(([number, bucket]): TrafficBucketCount[] => {
          const own = bucket[sender];
          return own === undefined ? [] : [{ at: number * this.#every, ...own }];
        });
    return {
      every: this.#every,
      senders: Object.fromEntries(
        SENDERS.map((sender) => [sender, of(sender)]),
      ) as unknown as TrafficCounts["senders"],
    };
  }

  /** Doubles the bucket length: seconds do not matter for requests of an hour ago. */
  #widen(): void {
    const wider = new Map<number, Partial<Record<Sender, Bucket>>>();
    for (const [number, bucket] of this.#buckets) {
      const joined = wider.get(Math.floor(number / 2)) ?? {};
      wider.set(Math.floor(number / 2), joined);
      for (const [sender, { counts, unexpected }] of Object.entries(bucket) as [Sender, Bucket][]) {
        for (const [answer, times] of Object.entries(counts)) count(joined, sender, answer, times, 0);
        count(joined, sender, "", 0, unexpected);
      }
    }
    this.#every *= 2;
    this.#buckets = wider;
  }
}

/** The unexpected are counted apart. */
function count(
  bucket: Partial<Record<Sender, Bucket>>,
  sender: Sender,
  answer: string,
  times: number,
  unexpected: number,
): void {
  const own = bucket[sender] ?? { counts: {}, unexpected: 0 };
  bucket[sender] = own;
  own.unexpected += unexpected;
  const expected = unexpected > 0 ? 0 : times;
  if (expected > 0) own.counts[answer] = (own.counts[answer] ?? 0) + expected;
}
