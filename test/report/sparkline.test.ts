import { describe, expect, it } from "vitest";
import { sparkline } from "../../src/report/sparkline.ts";
import type { TrafficBucketCount } from "../../src/sandbox/edge/traffic-history.ts";

const bucket = (at: number, passed: number, unexpected = 0): TrafficBucketCount => ({
  at,
  counts: passed === 0 ? {} : { passed },
  unexpected,
});
const drawn = (buckets: readonly TrafficBucketCount[], over: Partial<Parameters<typeof sparkline>[1]> = {}) =>
  sparkline(buckets, { now: 107.9, every: 1, width: 8, unicode: true, ...over });

describe("sparkline", () => {
  it("draws each bucket in its place, the newest at the right, and silence as a blank", () => {
    expect(drawn([bucket(100, 8), bucket(104, 4), bucket(107, 1)])).toBe("█   ▄  ▁");
  });
  it("leaves out buckets older than its width", () => {
    expect(drawn([bucket(99, 1000), bucket(107, 2)])).toBe("       █");
  });
  it("scales to the highest bucket shown, and never draws a single request as silence", () => {
    const heights = Array.from({ length: 8 }, (_, at) => bucket(100 + at, at + 1));
    expect(drawn(heights)).toBe("▁▂▃▄▅▆▇█");
    expect(drawn([bucket(100, 1), bucket(101, 1000)])).toBe("▁█      ");
  });
  it("adds up all answers in a bucket", () => {
    const mixed = { at: 106, counts: { passed: 3, "signature-check": 5 }, unexpected: 0 };
    expect(drawn([mixed, bucket(107, 4)])).toBe("      █▄");
  });
  it.each([
    [true, "█  ✗   ▄"],
    [false, "#  X   ="],
  ])("marks a bucket that has an unexpected answer (unicode: %s)", (unicode, line) => {
    expect(drawn([bucket(100, 8), bucket(103, 500, 1), bucket(107, 4)].map(scaled), { unicode })).toBe(line);
  });
  it("draws one character per bucket, also for longer buckets", () => {
    expect(drawn([bucket(80, 2), bucket(104, 1)], { every: 4, width: 7 })).toBe("█     ▄");
  });
  it.each([0, 1])("is as wide as requested: %d", (width) => {
    expect(drawn([bucket(107, 1)], { width })).toHaveLength(width);
  });
  it("is blank without any request", () => {
    expect(drawn([])).toBe("        ");
  });
});

/** Gives a bucket with unexpected answers so few requests that the highest one stays the highest. */
const scaled = (each: TrafficBucketCount) =>
  each.unexpected > 0 ? { ...each, counts: { passed: 1 } } : each;
