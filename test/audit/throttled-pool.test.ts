/** Reads many items, a few at a time, slower when throttled, and none twice. */
import { describe, expect, it } from "vitest";
import { createThrottledPool } from "../../src/audit/throttled-pool.ts";
import { RemoteError } from "../../src/errors.ts";
import { memoryWorld } from "../fakes/memory-world.ts";

const throttled = () =>
  new RemoteError("ERR_THROTTLED", "AWS still throttles cloudfront:GetDistribution after retries");
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("the throttled pool", () => {
  it("works on every item once, four at a time", async () => {
    const world = memoryWorld();
    const done: number[] = [];
    let atOnce = 0;
    let most = 0;
    const work = createThrottledPool(world).each("items", numbers(30), async (item) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await world.clock.sleep(1);
      atOnce -= 1;
      done.push(item);
    });
    await world.clock.run(work);
    expect(done.sort((a, b) => a - b)).toEqual(numbers(30));
    expect(most).toBe(4);
    expect(world.terminal.stderr).toBe("read 25 items\n");
  });

  it("pauses all work when AWS throttles, then continues", async () => {
    const world = memoryWorld();
    const began = world.clock.now();
    const tries = new Map<number, number>();
    let refusals = 6;
    const work = createThrottledPool(world).each("distributions", numbers(12), async (item) => {
      tries.set(item, (tries.get(item) ?? 0) + 1);
      if (item === 5 && refusals > 0) {
        refusals -= 1;
        throw throttled();
      }
    });
    await world.clock.run(work);
    expect([...tries].filter(([, count]) => count > 1)).toEqual([[5, 7]]);
    expect(world.clock.now() - began).toBe(5 + 10 + 20 + 40 + 60 + 60);
    expect(world.terminal.stderr).toContain("AWS is throttling reads of distributions; continuing in 5 s");
  });

  it("gives up with AWS's error if the throttling lasts", async () => {
    const world = memoryWorld();
    const work = createThrottledPool(world).each("items", [1], async () => {
      throw throttled();
    });
    await expect(world.clock.run(work)).rejects.toMatchObject({ code: "ERR_THROTTLED" });
  });

  it("does not retry after any other error", async () => {
    const world = memoryWorld();
    const began = world.clock.now();
    const work = createThrottledPool(world).each("items", [1, 2], async () => {
      throw new TypeError("broken");
    });
    await expect(world.clock.run(work)).rejects.toThrow("broken");
    expect(world.clock.now()).toBe(began);
  });

  it("accepts items while they are still arriving, and starts nothing after an interrupt", async () => {
    const world = memoryWorld();
    async function* arriving() {
      for (const item of numbers(100)) {
        await world.clock.sleep(1);
        yield item;
      }
    }
    const done: number[] = [];
    const work = createThrottledPool(world).each("items", arriving(), async (item) => {
      done.push(item);
      if (item === 9) world.interruptNow(new Error("interrupted"));
    });
    await expect(world.clock.run(work)).rejects.toThrow("interrupted");
    expect(done.length).toBeGreaterThanOrEqual(10);
    expect(done.length).toBeLessThan(15);
  });
});
