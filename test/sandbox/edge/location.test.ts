/**
 * An edge location's knowledge depends only on the clock, not on requests, and superseded configurations are dropped.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { PublishedConfig } from "../../../src/sandbox/cloudfront/edge-config.ts";
import { Location } from "../../../src/sandbox/edge/location.ts";
import { ManualClock } from "../../fakes/manual-clock.ts";

const published = (): PublishedConfig => ({ distributions: [], keyGroups: new Map() });

it("learns each change after its delay", async () => {
  const clock = new ManualClock();
  const location = new Location({ pop: "GRU3-P1", delay: 5, reachable: false }, clock);
  const [first, second, third] = [published(), published(), published()];
  location.receive(first);
  location.receive(second);
  await clock.advance(3);
  location.receive(third);
  expect(location.config).toBe(first);
  await clock.advance(2);
  expect(location.config).toBe(second);
  expect(location.upToDateAt).toBe(clock.now() + 3);
  await clock.advance(3);
  expect(location.config).toBe(third);
  expect(location.upToDateAt).toBeUndefined();
});

it("drops superseded configurations even without requests", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const clock = new ManualClock();
  const location = new Location({ pop: "GRU3-P1", delay: 5, reachable: false }, clock);
  const learned: WeakRef<PublishedConfig>[] = [];
  for (let n = 0; n < 10; n += 1) {
    const config = published();
    location.receive(config);
    learned.push(new WeakRef(config));
    await clock.advance(10);
  }
  await new Promise(setImmediate);
  collect();
  expect(learned.slice(0, 8).filter((each) => each.deref() !== undefined)).toEqual([]);
  expect(location.config).toBe(learned[9]?.deref());
});
