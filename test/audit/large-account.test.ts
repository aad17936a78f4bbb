/** A large account with a slow API: paging, throttling, progress, and no repeated reads. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { takeInventory } from "../../src/audit/inventory.ts";
import { createThrottledPool } from "../../src/audit/throttled-pool.ts";
import type { WireHandler, WireResponse } from "../../src/sandbox/wire.ts";
import { runCommand } from "../fakes/memory-world.ts";
import { makeAccount, makeGroup, pair, type TestAccount, uploadKey } from "./account.ts";
import { worldOf } from "./gate-yaml.ts";

const DISTRIBUTIONS = 200;
const BEHAVIORS = 25;
const REQUESTS_A_SECOND = 5;
/** A test limit in milliseconds, long enough for a busy machine. Nothing here measures time. */
const SLOW = 240_000;

const throttled: WireResponse = {
  status: 400,
  headers: [["content-type", "text/xml"]],
  body: `<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
};

/** Answers a few CloudFront requests per second and throttles the rest. Records what it answered. */
function slowDoor({ account, clock }: TestAccount) {
  const answered: string[] = [];
  const perSecond = new Map<number, number>();
  let refused = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  const handler: WireHandler = async (request) => {
    if (!request.target.startsWith("/2020-05-31/")) return account.handler(request);
    const second = Math.floor(clock.now());
    const used = perSecond.get(second) ?? 0;
    if (used >= REQUESTS_A_SECOND) {
      refused += 1;
      return throttled;
    }
    perSecond.set(second, used + 1);
    answered.push(`${request.method} ${request.target}`);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const answer = await account.handler(request);
    inFlight -= 1;
    return answer;
  };
  return { handler, answered, refused: () => refused, mostInFlight: () => mostInFlight };
}

async function largeAccount(): Promise<TestAccount> {
  const account = await makeAccount();
  const key = await uploadKey(account.cloudFront, pair(1).publicKey, "shop-2026");
  const group = await makeGroup(account.cloudFront, "shop", [key]);
  for (let index = 1; index < DISTRIBUTIONS; index += 1) {
    account.account.createDistribution({
      callerReference: `large-${index}`,
      aliases: [`site-${index}.example.net`],
      behaviors: Array.from({ length: BEHAVIORS - 1 }, (_, at) => ({
        pathPattern: `/part-${at}/*`,
        // CloudFront allows a key group on at most 100 distributions.
        trustedKeyGroups: index <= 100 && at === 0 ? [group] : [],
      })),
    });
  }
  return account;
}

/** Memory still in use after garbage collection. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return getHeapStatistics().used_heap_size;
}

describe("audit of 200 distributions with 25 behaviors each, at 5 requests a second", () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await largeAccount();
  }, SLOW);

  it("reads each distribution once, reports progress, and continues after every throttling", async () => {
    const door = slowDoor(account);
    const began = account.clock.now();
    const world = worldOf(account, { cloud: door.handler });
    const { stdout, stderr, exitCode } = await runCommand(["audit", "--all"], world);

    expect(exitCode).toBe(0);
    expect(stdout).toContain("200 distributions with 4978 behaviors");
    expect(stdout.match(/gate-undeclared/g)).toHaveLength(100);
    expect(stderr).toContain("read 25 distributions");
    expect(stderr).toContain("read 200 distributions");

    expect(new Set(door.answered).size).toBe(door.answered.length);
    expect(door.answered.filter((line) => /\/distribution\/E/.test(line))).toHaveLength(DISTRIBUTIONS);
    expect(door.answered.filter((line) => line.includes("Marker=")).length).toBeGreaterThan(0);
    expect(door.refused()).toBeGreaterThan(0);
    expect(door.mostInFlight()).toBeLessThanOrEqual(4);
    expect(account.clock.now() - began).toBeGreaterThanOrEqual(DISTRIBUTIONS / REQUESTS_A_SECOND - 1);
  });

  it("keeps only a small part of each distribution in memory", async () => {
    const world = worldOf(account, { cloud: account.account.handler });
    const { controlPlane } = await world.cloud({});
    const ids = [...account.account.cloudFront.state.distributions.keys()];
    const keptOf = async (count: number) => {
      const before = heapInUse();
      const asked = { distributions: ids.slice(0, count), keyGroups: [] };
      const inventory = await account.clock.run(
        takeInventory(controlPlane, asked, createThrottledPool(world)),
      );
      const after = heapInUse();
      expect(inventory.distributions.size).toBe(count);
      return after - before;
    };
    // A first run, so that loaded and compiled code does not count.
    await keptOf(50);
    const perDistribution = ((await keptOf(DISTRIBUTIONS)) - (await keptOf(50))) / (DISTRIBUTIONS - 50);
    // About 700 bytes per behavior. Keeping the SDK's objects would take several times as much.
    expect(perDistribution).toBeLessThan(BEHAVIORS * 2048);
  });

  it("reads only the distribution of the gate that --gate names", async () => {
    const door = slowDoor(account);
    const { exitCode } = await runCommand(["audit"], worldOf(account, { cloud: door.handler }));
    expect(exitCode).toBe(0);
    expect(door.answered.filter((line) => /\/distribution\/E/.test(line))).toHaveLength(1);
    expect(door.answered.length).toBeLessThan(10);
  });
});
