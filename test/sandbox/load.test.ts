/** Fifty viewers for half a minute of virtual time, with attackers among them: no failures, and caches stay bounded. */
import { expect, test } from "vitest";
import { BoundedCache } from "../../src/sandbox/bounded-cache.ts";
import { startTraffic } from "../../src/sandbox/rehearsal/traffic.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { demoSite, fewKeyPairs } from "./demo-site.ts";

test("fifty viewers for thirty seconds get the right response to every request", async () => {
  const site = await demoSite({ settings: { cookieTtl: 10, signerCache: 4 } });
  const traffic = startTraffic({
    clock: site.clock,
    random: seededRandom(9),
    keyPairs: fewKeyPairs(5),
    send: site.viewer.send,
    site,
    viewers: 50,
    attackers: 5,
  });
  await site.clock.advance(30);
  await site.clock.run(traffic.stop());
  const { requests, remints, mints, attacks, peakRemints, ...wrong } = traffic.tally.counts;
  expect(Object.values(wrong)).toEqual([0, 0, 0, 0, 0]);
  expect(requests).toBeGreaterThan(5000);
  expect(attacks).toBeGreaterThan(200);
  expect(mints).toBeGreaterThan(100);
  expect(remints).toBeGreaterThan(20);
  expect(peakRemints).toBeLessThan(25);
  expect(site.history.total).toBe(requests);
  expect(site.history.last()).toHaveLength(200);
});

test("a cache never exceeds its limit, and keeps what is used", () => {
  const cache = new BoundedCache<number, string>(100);
  cache.set(-1, "asked for all the time");
  for (let key = 0; key < 10_000; key += 1) {
    cache.set(key, "once");
    expect(cache.get(-1)).toBe("asked for all the time");
    if (cache.size > 100) throw new Error(`holds ${cache.size}`);
  }
  expect(cache.get(9_999)).toBe("once");
  expect(cache.get(0)).toBeUndefined();
  cache.delete(-1);
  expect(cache.get(-1)).toBeUndefined();
});
