/** Configuration faults that are switched on: the API describes the distribution as its edge applies it. */
import {
  GetDistributionCommand,
  ListDistributionsByKeyGroupCommand,
  UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { distributionOf } from "../../../src/adapters/aws/distribution.ts";
import type { Distribution } from "../../../src/cloudfront/distribution.ts";
import { EDGE_FAULTS, type EdgeFault, type EdgeFaultId } from "../../../src/sandbox/edge/edge-faults.ts";
import { inProcessClients } from "../../fakes/in-process-aws.ts";
import { probedSite, turnOn } from "../../probe/fault-site.ts";

async function demo() {
  const { site } = await probedSite();
  const { cloudFront } = inProcessClients(site.account.handler);
  const Id = site.ids.distributionId;
  const read = async (): Promise<Distribution> => {
    const { Distribution: told } = await cloudFront.send(new GetDistributionCommand({ Id }));
    return distributionOf(told as Parameters<typeof distributionOf>[0]);
  };
  return { site, cloudFront, read };
}

const CONFIGURED = Object.entries<EdgeFault>(EDGE_FAULTS).filter(
  ([, { configure }]) => configure !== undefined,
);

describe("the API while a configuration fault is switched on", () => {
  it.each(CONFIGURED)("describes what the edge applies: %s", async (id, { configure }) => {
    const { site, read } = await demo();
    const before = await read();
    turnOn(site, id);
    const told = await read();
    const expected = configure?.(before);
    expect(told).toEqual({ ...expected, activeKeyGroups: told.activeKeyGroups });
    expect(told).not.toEqual(before);
    site.switches.edge.turn(id, false);
    expect(await read()).toEqual(before);
  });

  it("shows several at once, in the order in which they were turned on", async () => {
    const { site, read } = await demo();
    const on: EdgeFaultId[] = ["behavior-shadowed", "http-allowed", "alias-missing", "error-page-200"];
    const before = await read();
    for (const id of on) turnOn(site, id);
    const expected = on.reduce<Distribution>(
      (known, id) => (EDGE_FAULTS[id] as EdgeFault).configure?.(known) ?? known,
      before,
    );
    expect(await read()).toEqual(expected);
  });

  it("attaches no key group to a distribution whose behaviors trust none", async () => {
    const { site, cloudFront, read } = await demo();
    turnOn(site, "behavior-unprotected");
    const { keyGroupId } = site.ids;
    const answer = await cloudFront.send(new ListDistributionsByKeyGroupCommand({ KeyGroupId: keyGroupId }));
    expect(answer.DistributionIdList?.Quantity).toBe(0);
    expect((await read()).activeKeyGroups).toEqual([]);
  });

  it("stores writes without the effect of the fault, and the fault stays on", async () => {
    const { site, cloudFront, read } = await demo();
    const Id = site.ids.distributionId;
    const { ETag, Distribution: told } = await cloudFront.send(new GetDistributionCommand({ Id }));
    turnOn(site, "behavior-unprotected");
    const DistributionConfig = told?.DistributionConfig;
    await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
    expect((await read()).behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups)).toEqual([]);
    site.switches.edge.clear();
    expect((await read()).behaviors[0]?.trustedKeyGroups).toEqual([site.ids.keyGroupId]);
  });
});
