import { describe, expect, it } from "vitest";
import { pacedEach } from "../../src/probe/pace.ts";
import { ManualClock } from "../fakes/manual-clock.ts";

const items = Array.from({ length: 20 }, (_, at) => at);

describe("rate limit", () => {
  it.each([1, 4, 50])(
    "never has more than %i requests in flight, and keeps their order",
    async (concurrency) => {
      const clock = new ManualClock();
      let underWay = 0;
      let most = 0;
      const started: number[] = [];
      const work = async (item: number) => {
        started.push(item);
        underWay += 1;
        most = Math.max(most, underWay);
        await clock.sleep(1);
        underWay -= 1;
      };
      await clock.run(pacedEach(items, { concurrency, rate: Number.POSITIVE_INFINITY }, clock, work));
      expect(most).toBe(Math.min(concurrency, items.length));
      expect(started).toEqual(items);
    },
  );
  it.each([1, 5, 20])("starts at most %i requests a second", async (rate) => {
    const clock = new ManualClock(0);
    const startedAt: number[] = [];
    const work = async () => void startedAt.push(clock.now());
    await clock.run(pacedEach(items, { concurrency: 50, rate }, clock, work));
    expect(startedAt).toHaveLength(items.length);
    for (const [at, moment] of startedAt.entries()) expect(moment).toBeCloseTo(at / rate, 6);
  });
  it("stops at the first failure, and starts nothing new", async () => {
    const clock = new ManualClock();
    const started: number[] = [];
    const work = async (item: number) => {
      started.push(item);
      await clock.sleep(1);
      if (item === 3) throw new Error("broken");
    };
    const rateLimit = { concurrency: 2, rate: Number.POSITIVE_INFINITY };
    await expect(clock.run(pacedEach(items, rateLimit, clock, work))).rejects.toThrow("broken");
    expect(started.length).toBeLessThan(7);
  });
  it("stops when interrupted", async () => {
    const clock = new ManualClock();
    const interrupt = new AbortController();
    const work = async (item: number) => {
      if (item === 5) interrupt.abort(new Error("interrupted"));
    };
    const run = pacedEach(items, { concurrency: 1, rate: 10 }, clock, work, interrupt.signal);
    await expect(clock.run(run)).rejects.toThrow("interrupted");
  });
});
