/** Gates of several accounts and regions: one look an account, one client a region. */
import { describe, expect, it } from "vitest";
import { lookAtGates } from "../../src/audit/clouds.ts";
import { createThrottledPool } from "../../src/audit/throttled-pool.ts";
import { ConflictError } from "../../src/errors.ts";
import type { Gate } from "../../src/gates/gate.ts";
import type { Cloud, CloudOptions } from "../../src/seams.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { healthyGate } from "./account.ts";

async function* nothing() {}
const missing = async () => {
  throw new ConflictError("ERR_NOT_FOUND", "it does not exist");
};

/** An empty account that remembers how it was asked for, and how often its keys were listed. */
function emptyAccounts() {
  const opened: CloudOptions[] = [];
  let listed = 0;
  const cloud = async (options: CloudOptions): Promise<Cloud> => {
    opened.push(options);
    const controlPlane = {
      listPublicKeys: () => {
        listed += 1;
        return nothing();
      },
      listKeyGroups: nothing,
      listDistributions: nothing,
      listDistributionsByKeyGroup: nothing,
      getDistribution: missing,
    };
    const vault = { describe: missing, get: missing };
    return { controlPlane, vault, where: "", caller: async () => undefined } as unknown as Cloud;
  };
  return { cloud, opened, listed: () => listed };
}

async function lookAt(gates: Gate[]) {
  const accounts = emptyAccounts();
  const world = { ...memoryWorld(), cloud: accounts.cloud };
  const asked = { gates, allGates: gates, wholeAccount: false };
  const snapshots = await lookAtGates(asked, {}, world, createThrottledPool(world));
  return { ...accounts, snapshots };
}
const gate = (name: string, more: Partial<Gate> = {}): Gate => ({
  ...healthyGate("E1", "group"),
  name,
  ...more,
});

describe("gates of several accounts", () => {
  it("lists an account once for all of its gates, and opens one client a region", async () => {
    const regions = ["eu-west-1", "us-east-1", "eu-west-1"];
    const { listed, opened, snapshots } = await lookAt(
      regions.map((region, at) => gate(`gate-${at}`, { region })),
    );
    expect(listed()).toBe(1);
    expect(opened.map(({ region }) => region)).toEqual(["eu-west-1", "us-east-1"]);
    expect(snapshots.map((account) => account.snapshots.length)).toEqual([3]);
  });

  it("looks at each profile's account by itself", async () => {
    const { listed, opened, snapshots } = await lookAt([
      gate("web", { profile: "prod" }),
      gate("shop", { profile: "shop" }),
      gate("media", { profile: "prod" }),
    ]);
    expect(listed()).toBe(2);
    expect(opened.map(({ profile }) => profile)).toEqual(["prod", "shop"]);
    expect(snapshots.map((account) => account.snapshots.map((snapshot) => snapshot.gate.name))).toEqual([
      ["web", "media"],
      ["shop"],
    ]);
  });
});
