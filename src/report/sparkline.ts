/** The last moments of a count as one sign each, on one line. */
import type { TrafficBucketCount } from "../sandbox/edge/traffic-history.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

interface Line {
  readonly now: EpochSeconds;
  /** The length of a bucket. */
  readonly every: Seconds;
  /** In signs. */
  readonly width: number;
  readonly unicode: boolean;
}

const UNICODE = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const ASCII = [" ", ".", ":", "-", "=", "+", "*", "#"] as const;

/** The newest on the right. A moment with an unexpected answer has its own sign, whatever the count. */
export function sparkline(
  buckets: readonly TrafficBucketCount[],
  { now, every, width, unicode }: Line,
): string {
  const signs = unicode ? UNICODE : ASCII;
  const last = Math.floor(now / every);
  const byNumber = new Map(buckets.map((bucket) => [Math.round(bucket.at / every), bucket]));
  const shown = Array.from({ length: width }, (_, at) => byNumber.get(last - width + 1 + at));
  const counts = shown.map((bucket) =>
    bucket === undefined
      ? 0
      : Object.values(bucket.counts).reduce((sum, each) => sum + each, bucket.unexpected),
  );
  const most = Math.max(1, ...counts);
  return shown
    .map((bucket, at) => {
      if (bucket !== undefined && bucket.unexpected > 0) return unicode ? "✗" : "X";
      const count = counts[at] ?? 0;
      return signs[count === 0 ? 0 : Math.max(1, Math.round((count / most) * (signs.length - 1)))];
    })
    .join("");
}
