/** Cache and origin request policies in the sandbox, by the npm SDK: AWS's managed ones, and the account's own. */
import {
  CreateCachePolicyCommand,
  CreateOriginRequestPolicyCommand,
  GetCachePolicyCommand,
  GetOriginRequestPolicyCommand,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { cloudFrontOfRecord, recordOfCloudFront } from "../../../src/sandbox/cloudfront/state.ts";
import { inProcessAws } from "../../fakes/in-process-aws.ts";

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const named = (Name: string) => ({ CachePolicyConfig: { Name, MinTTL: 0 } });

describe("forwarding policies", () => {
  it("has AWS's managed ones in every account, each under its own kind", async () => {
    const { cloudFront } = inProcessAws();
    const cache = await cloudFront.send(new GetCachePolicyCommand({ Id: CACHING_OPTIMIZED }));
    expect(cache.CachePolicy?.CachePolicyConfig?.Name).toBe("Managed-CachingOptimized");
    const origin = await cloudFront.send(new GetOriginRequestPolicyCommand({ Id: ALL_VIEWER }));
    expect(origin.OriginRequestPolicy?.OriginRequestPolicyConfig).toMatchObject({
      Name: "Managed-AllViewer",
      CookiesConfig: { CookieBehavior: "all" },
      HeadersConfig: { HeaderBehavior: "allViewer" },
    });
    await expect(cloudFront.send(new GetCachePolicyCommand({ Id: ALL_VIEWER }))).rejects.toMatchObject({
      name: "NoSuchCachePolicy",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("keeps what was made as it was sent, over a restart too", async () => {
    const { cloudFront, account } = inProcessAws();
    const config = {
      Name: "by-theme",
      HeadersConfig: { HeaderBehavior: "none" as const },
      CookiesConfig: {
        CookieBehavior: "whitelist" as const,
        Cookies: { Quantity: 1, Items: ["theme"] },
      },
      QueryStringsConfig: { QueryStringBehavior: "none" as const },
    };
    const made = await cloudFront.send(
      new CreateOriginRequestPolicyCommand({ OriginRequestPolicyConfig: config }),
    );
    const Id = made.OriginRequestPolicy?.Id;
    expect(made.Location).toBe(`https://cloudfront.amazonaws.com/2020-05-31/origin-request-policy/${Id}`);

    const record = JSON.parse(JSON.stringify(recordOfCloudFront(account.cloudFront.state)));
    const restarted = inProcessAws({ initial: { cloudFront: cloudFrontOfRecord(record) } });
    const read = await restarted.cloudFront.send(new GetOriginRequestPolicyCommand({ Id }));
    expect(read.OriginRequestPolicy?.OriginRequestPolicyConfig).toEqual(config);
    expect(read.ETag).toBe(made.ETag);
  });

  it("refuses a name twice, a name of AWS's, and a policy that is not there", async () => {
    const { cloudFront } = inProcessAws();
    await cloudFront.send(new CreateCachePolicyCommand(named("own")));
    for (const name of ["own", "Managed-CachingOptimized"]) {
      await expect(cloudFront.send(new CreateCachePolicyCommand(named(name)))).rejects.toMatchObject({
        name: "CachePolicyAlreadyExists",
        $metadata: { httpStatusCode: 409 },
      });
    }
    await expect(cloudFront.send(new GetOriginRequestPolicyCommand({ Id: "none" }))).rejects.toMatchObject({
      name: "NoSuchOriginRequestPolicy",
    });
  });
});
