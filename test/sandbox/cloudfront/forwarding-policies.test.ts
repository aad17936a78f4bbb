/** Cache and origin request policies in the sandbox, with the npm SDK: AWS's managed ones, and the account's own. */
import {
  type CachePolicyConfig,
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  CreateOriginRequestPolicyCommand,
  DeleteCachePolicyCommand,
  DeleteOriginRequestPolicyCommand,
  GetCachePolicyCommand,
  GetCachePolicyConfigCommand,
  GetOriginRequestPolicyCommand,
  GetOriginRequestPolicyConfigCommand,
  ListCachePoliciesCommand,
  ListOriginRequestPoliciesCommand,
  type OriginRequestPolicyConfig,
  UpdateCachePolicyCommand,
  UpdateOriginRequestPolicyCommand,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { cloudFrontOfRecord, recordOfCloudFront } from "../../../src/sandbox/cloudfront/state.ts";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { siteConfig } from "./site-config.ts";

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const named = (Name: string) => ({ CachePolicyConfig: { Name, MinTTL: 0 } });

describe("forwarding policies", () => {
  it("include AWS's managed ones in every account, each under its own kind", async () => {
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

  it("are kept as sent, even across a restart", async () => {
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

  it("cannot reuse a name or take a managed policy's name, and cannot be read if they do not exist", async () => {
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

/** Both kinds behind one interface, since they differ only in names. */
function kinds() {
  const aws = inProcessAws();
  const { cloudFront } = aws;
  const named = (Name: string, more: object = {}) => ({
    Name,
    HeadersConfig: { HeaderBehavior: "none" as const },
    CookiesConfig: { CookieBehavior: "none" as const },
    QueryStringsConfig: { QueryStringBehavior: "none" as const },
    ...more,
  });
  const cached = (Name: string, more: Partial<CachePolicyConfig> = {}): CachePolicyConfig => ({
    Name,
    MinTTL: 0,
    ...more,
  });
  return {
    aws,
    cache: {
      managed: CACHING_OPTIMIZED,
      missing: "NoSuchCachePolicy",
      inUse: "CachePolicyInUse",
      exists: "CachePolicyAlreadyExists",
      member: "CachePolicyId",
      create: async (name: string) => {
        const made = await cloudFront.send(new CreateCachePolicyCommand({ CachePolicyConfig: cached(name) }));
        return { Id: made.CachePolicy?.Id, ETag: made.ETag };
      },
      update: async (Id: string | undefined, IfMatch: string | undefined, name: string, Comment = "") => {
        const config = cached(name, { Comment, DefaultTTL: 60 });
        return await cloudFront.send(
          new UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig: config }),
        );
      },
      remove: (Id: string | undefined, IfMatch: string | undefined) =>
        cloudFront.send(new DeleteCachePolicyCommand({ Id, IfMatch })),
      read: async (Id: string | undefined) => {
        const { CachePolicyConfig, ETag } = await cloudFront.send(new GetCachePolicyConfigCommand({ Id }));
        return { Name: CachePolicyConfig?.Name, Comment: CachePolicyConfig?.Comment, ETag };
      },
      list: async (input: object = {}) => {
        const { CachePolicyList: list } = await cloudFront.send(new ListCachePoliciesCommand(input));
        const items = list?.Items?.map(({ Type, CachePolicy }) => ({ Type, Id: CachePolicy?.Id })) ?? [];
        return { ...list, items };
      },
    },
    "origin-request": {
      managed: ALL_VIEWER,
      missing: "NoSuchOriginRequestPolicy",
      inUse: "OriginRequestPolicyInUse",
      exists: "OriginRequestPolicyAlreadyExists",
      member: "OriginRequestPolicyId",
      create: async (name: string) => {
        const OriginRequestPolicyConfig: OriginRequestPolicyConfig = named(name);
        const made = await cloudFront.send(
          new CreateOriginRequestPolicyCommand({ OriginRequestPolicyConfig }),
        );
        return { Id: made.OriginRequestPolicy?.Id, ETag: made.ETag };
      },
      update: async (Id: string | undefined, IfMatch: string | undefined, name: string, Comment = "") => {
        const config = named(name, { Comment });
        return await cloudFront.send(
          new UpdateOriginRequestPolicyCommand({ Id, IfMatch, OriginRequestPolicyConfig: config }),
        );
      },
      remove: (Id: string | undefined, IfMatch: string | undefined) =>
        cloudFront.send(new DeleteOriginRequestPolicyCommand({ Id, IfMatch })),
      read: async (Id: string | undefined) => {
        const { OriginRequestPolicyConfig: config, ETag } = await cloudFront.send(
          new GetOriginRequestPolicyConfigCommand({ Id }),
        );
        return { Name: config?.Name, Comment: config?.Comment, ETag };
      },
      list: async (input: object = {}) => {
        const { OriginRequestPolicyList: list } = await cloudFront.send(
          new ListOriginRequestPoliciesCommand(input),
        );
        const items =
          list?.Items?.map(({ Type, OriginRequestPolicy }) => ({ Type, Id: OriginRequestPolicy?.Id })) ?? [];
        return { ...list, items };
      },
    },
  };
}

describe.each(["cache", "origin-request"] as const)("the account's own %s policies", (kind) => {
  it("are listed with the managed ones, by type and page by page", async () => {
    const { create, list, managed } = kinds()[kind];
    const { Id } = await create("own");
    const all = await list();
    expect(all.items).toContainEqual({ Type: "custom", Id });
    expect(all.items).toContainEqual({ Type: "managed", Id: managed });
    expect((await list({ Type: "custom" })).items).toEqual([{ Type: "custom", Id }]);
    const onlyManaged = (await list({ Type: "managed" })).items;
    expect(onlyManaged).toHaveLength(all.items.length - 1);
    expect(new Set(onlyManaged.map(({ Type }) => Type))).toEqual(new Set(["managed"]));
    const first = await list({ MaxItems: 2 });
    expect([first.Quantity, first.MaxItems]).toEqual([2, 2]);
    const rest = await list({ Marker: first.NextMarker });
    expect([...first.items, ...rest.items]).toEqual(all.items);
    await expect(list({ Type: "other" })).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  it("can be renamed with their current ETag, unless the name is taken", async () => {
    const { create, update, read, exists, missing } = kinds()[kind];
    const { Id, ETag } = await create("own");
    await create("other");
    const updated = await update(Id, ETag, "renamed", "why");
    expect(await read(Id)).toEqual({ Name: "renamed", Comment: "why", ETag: updated.ETag });
    expect(updated.ETag).not.toBe(ETag);
    await expect(update(Id, ETag, "stale")).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(update(Id, undefined, "none")).rejects.toMatchObject({ name: "InvalidIfMatchVersion" });
    await expect(update(Id, updated.ETag, "other")).rejects.toMatchObject({ name: exists });
    await expect(update("unknown", updated.ETag, "x")).rejects.toMatchObject({ name: missing });
    expect((await update(Id, updated.ETag, "renamed", "again")).ETag).toBeDefined();
  });

  it("are deleted with their ETag, unless a cache behavior uses them", async () => {
    const { aws, ...all } = kinds();
    const { create, remove, read, list, member, inUse, missing } = all[kind];
    const { Id, ETag } = await create("own");
    const config = siteConfig("one", { [member]: Id });
    await aws.cloudFront.send(new CreateDistributionCommand({ DistributionConfig: config }));
    await expect(remove(Id, ETag)).rejects.toMatchObject({
      name: inUse,
      message: expect.stringMatching(
        /currently associated with a cache behavior\. Please disassociate the policy before deleting\.$/,
      ),
      $metadata: { httpStatusCode: 409 },
    });
    const unused = await create("unused");
    await expect(remove(unused.Id, "E00000000000000")).rejects.toMatchObject({
      name: "InvalidIfMatchVersion",
    });
    await expect(remove(unused.Id, ETag)).rejects.toMatchObject({ name: "PreconditionFailed" });
    await remove(unused.Id, unused.ETag);
    await expect(read(unused.Id)).rejects.toMatchObject({
      name: missing,
      $metadata: { httpStatusCode: 404 },
    });
    expect((await list({ Type: "custom" })).items).toEqual([{ Type: "custom", Id }]);
  });

  it("are the only ones that can be changed; AWS's cannot", async () => {
    const { update, remove, read, managed } = kinds()[kind];
    const { ETag } = await read(managed);
    await expect(update(managed, ETag, "mine")).rejects.toMatchObject({ name: "IllegalUpdate" });
    await expect(remove(managed, ETag)).rejects.toMatchObject({ name: "IllegalDelete" });
  });
});

describe("a policy", () => {
  const parameters = (more: object) =>
    ({
      EnableAcceptEncodingGzip: true,
      HeadersConfig: { HeaderBehavior: "none" },
      CookiesConfig: { CookieBehavior: "none" },
      QueryStringsConfig: { QueryStringBehavior: "none" },
      ...more,
    }) as CachePolicyConfig["ParametersInCacheKeyAndForwardedToOrigin"];
  const withParameters = (more: object) => ({ ParametersInCacheKeyAndForwardedToOrigin: parameters(more) });

  it.each([
    ["no name", { Name: "" }, "InvalidArgument"],
    ["a name of 129 characters", { Name: "n".repeat(129) }, "InvalidArgument"],
    ["MinTTL above MaxTTL", { MinTTL: 2, MaxTTL: 1 }, "InvalidArgument"],
    ["DefaultTTL above MaxTTL", { DefaultTTL: 2, MaxTTL: 1 }, "InvalidArgument"],
    [
      "an unknown cookie behavior",
      withParameters({ CookiesConfig: { CookieBehavior: "some" } }),
      "MalformedXML",
    ],
    [
      "all headers in a cache key",
      withParameters({ HeadersConfig: { HeaderBehavior: "allViewer" } }),
      "MalformedXML",
    ],
    [
      "a whitelist of nothing",
      withParameters({ QueryStringsConfig: { QueryStringBehavior: "whitelist" } }),
      "InvalidArgument",
    ],
    [
      "names beside none",
      withParameters({ CookiesConfig: { CookieBehavior: "none", Cookies: { Quantity: 1, Items: ["c"] } } }),
      "InvalidArgument",
    ],
    [
      "a wrong Quantity",
      withParameters({
        CookiesConfig: { CookieBehavior: "whitelist", Cookies: { Quantity: 2, Items: ["c"] } },
      }),
      "InconsistentQuantities",
    ],
  ])("is refused with %s", async (_what, more, code) => {
    const { cloudFront } = inProcessAws();
    const config = { Name: "own", MinTTL: 0, ...more } as CachePolicyConfig;
    await expect(
      cloudFront.send(new CreateCachePolicyCommand({ CachePolicyConfig: config })),
    ).rejects.toMatchObject({
      name: code,
    });
  });

  it.each([
    [{}, [86_400, 31_536_000]],
    [{ MinTTL: 100_000 }, [100_000, 31_536_000]],
    [{ MaxTTL: 60 }, [60, 60]],
    [{ DefaultTTL: 99_999_999 }, [99_999_999, 99_999_999]],
    [{ DefaultTTL: 1, MaxTTL: 2 }, [1, 2]],
  ])("gets defaults for the times to live that it does not set: %j", async (ttls, expected) => {
    const { cloudFront } = inProcessAws();
    const config = { Name: "own", MinTTL: 0, ...ttls };
    const made = await cloudFront.send(new CreateCachePolicyCommand({ CachePolicyConfig: config }));
    const { DefaultTTL, MaxTTL } = made.CachePolicy?.CachePolicyConfig ?? {};
    expect([DefaultTTL, MaxTTL]).toEqual(expected);
  });
});
