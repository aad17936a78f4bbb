/** Gates of several accounts and regions: each account is read once, with one client per region. */
import { describe, expect, it } from "vitest";
import { snapshotGates, unreadGateFinding } from "../../src/audit/gate-snapshots.ts";
import { createThrottledPool } from "../../src/audit/throttled-pool.ts";
import { AccessError, ConflictError } from "../../src/errors.ts";
import type { Gate } from "../../src/gates/gate.ts";
import type { Cloud, CloudOptions } from "../../src/seams/cloud.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { healthyGate } from "./account.ts";

async function* nothing() {}
const missing = async () => {
  throw new ConflictError("ERR_NOT_FOUND", "it does not exist");
};

async function* denied() {
  yield await Promise.reject(new AccessError("ERR_ACCESS_DENIED", "sts:AssumeRole is not allowed"));
}

/** An empty account that records which clients were created, and how often its keys were listed. */
function emptyAccounts(closed?: string) {
  const opened: CloudOptions[] = [];
  let listed = 0;
  const cloud = async (options: CloudOptions): Promise<Cloud> => {
    opened.push(options);
    const controlPlane = {
      listPublicKeys: () => {
        listed += 1;
        return nothing();
      },
      listKeyGroups: options.assumeRole?.arn === closed && closed !== undefined ? denied : nothing,
      listDistributions: nothing,
      listDistributionsByKeyGroup: nothing,
      getDistribution: missing,
    };
    const vault = { describe: missing, get: missing };
    return { controlPlane, vault, where: "", caller: async () => undefined } as unknown as Cloud;
  };
  return { cloud, opened, listed: () => listed };
}

async function lookAt(gates: Gate[], closed?: string) {
  const accounts = emptyAccounts(closed);
  const world = { ...memoryWorld(), cloud: accounts.cloud };
  const asked = { gates, allGates: gates, wholeAccount: false };
  const looked = await snapshotGates(asked, {}, world, () => createThrottledPool(world));
  return { ...accounts, snapshots: looked.accounts, unread: looked.unread };
}
const gate = (name: string, more: Partial<Gate> = {}): Gate => ({
  ...healthyGate("E1", "group"),
  name,
  ...more,
});

describe("an audit of several gates", () => {
  it("reads an account once for all of its gates, with one client per region", async () => {
    const regions = ["eu-west-1", "us-east-1", "eu-west-1"];
    const { listed, opened, snapshots } = await lookAt(
      regions.map((region, at) => gate(`gate-${at}`, { region })),
    );
    expect(listed()).toBe(1);
    expect(opened.map(({ region }) => region)).toEqual(["eu-west-1", "us-east-1"]);
    expect(snapshots.map((account) => account.snapshots.length)).toEqual([3]);
  });

  it("reads each profile's account separately", async () => {
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

  const roleIn = (account: string) => `arn:aws:iam::${account}:role/keyturn`;

  it("reads each role's account separately, so one that refuses does not hide the others", async () => {
    const { opened, snapshots, unread } = await lookAt(
      [
        gate("web", { assumeRole: roleIn("111111111111") }),
        gate("shop", { assumeRole: roleIn("222222222222"), externalId: "shop-7" }),
        gate("media", { assumeRole: roleIn("111111111111") }),
      ],
      roleIn("222222222222"),
    );
    expect(opened.map(({ assumeRole }) => assumeRole)).toEqual([
      { arn: roleIn("111111111111"), externalId: undefined },
      { arn: roleIn("222222222222"), externalId: "shop-7" },
    ]);
    expect(snapshots.map((account) => account.snapshots.length)).toEqual([2]);
    expect(unread.map(unreadGateFinding)).toMatchObject([
      { id: "gate-unreadable", severity: "error", where: "gate shop", evidence: ["ERR_ACCESS_DENIED"] },
    ]);
  });

  it("fails if no account can be read", async () => {
    const role = roleIn("222222222222");
    await expect(lookAt([gate("shop", { assumeRole: role })], role)).rejects.toMatchObject({
      code: "ERR_ACCESS_DENIED",
    });
  });
});
