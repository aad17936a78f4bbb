import { describe, expect, it } from "vitest";
import { TrafficHistory } from "../../../src/sandbox/edge/traffic-history.ts";

function added(...requests: readonly Parameters<TrafficHistory["add"]>[]): TrafficHistory {
  const history = new TrafficHistory();
  for (const request of requests) history.add(...request);
  return history;
}
const total = ({ seen }: TrafficHistory) =>
  Object.values(seen.senders)
    .flat()
    .reduce(
      (sum, { counts, unexpected }) =>
        sum + unexpected + Object.values(counts).reduce((all, each) => all + each, 0),
      0,
    );

describe("the history of traffic", () => {
  it("counts by sender, second and answer", () => {
    const { seen } = added(
      [100.2, "viewers", "passed", false],
      [100.9, "viewers", "passed", false],
      [100.9, "viewers", "signature-check", false],
      [101, "viewers", "passed", false],
      [100.5, "attackers", "signature-check", false],
    );
    expect(seen).toEqual({
      every: 1,
      senders: {
        viewers: [
          { at: 100, counts: { passed: 2, "signature-check": 1 }, unexpected: 0 },
          { at: 101, counts: { passed: 1 }, unexpected: 0 },
        ],
        prober: [],
        attackers: [{ at: 100, counts: { "signature-check": 1 }, unexpected: 0 }],
      },
    });
  });

  it("counts unexpected answers separately, not under their kind", () => {
    const { seen } = added([7, "viewers", "signature-check", true], [7, "viewers", "signature-check", false]);
    expect(seen.senders.viewers).toEqual([{ at: 7, counts: { "signature-check": 1 }, unexpected: 1 }]);
  });

  it("is sorted by time, even if a request ended late", () => {
    const { seen } = added([9, "viewers", "passed", false], [8, "viewers", "passed", false]);
    expect(seen.senders.viewers.map(({ at }) => at)).toEqual([8, 9]);
  });

  it.each([
    [240, 1, 240],
    [241, 2, 121],
    [1000, 8, 125],
    [100_000, 512, 196],
  ])(
    "stores a request per second for %d seconds in buckets of %d s, %d of them, and counts every request",
    (seconds, every, buckets) => {
      const history = new TrafficHistory();
      for (let at = 0; at < seconds; at += 1)
        history.add(at, at % 3 === 0 ? "prober" : "viewers", `answer ${at % 2}`, at % 10 === 0);
      const { seen } = history;
      expect(seen.every).toBe(every);
      const starts = new Set(Object.values(seen.senders).flatMap((of) => of.map(({ at }) => at)));
      expect(starts.size).toBe(buckets);
      expect([...starts].every((at) => at % every === 0)).toBe(true);
      expect(total(history)).toBe(seconds);
      const unexpected = Object.values(seen.senders)
        .flat()
        .reduce((sum, each) => sum + each.unexpected, 0);
      expect(unexpected).toBe(Math.ceil(seconds / 10));
    },
  );

  it("stays small even if requests are hours apart", () => {
    const history = new TrafficHistory();
    for (let at = 0; at < 2000; at += 1) history.add(1_795_939_200 + at * 3600, "viewers", "passed", false);
    expect(history.seen.senders.viewers.length).toBeLessThanOrEqual(240);
    expect(total(history)).toBe(2000);
  });
});
