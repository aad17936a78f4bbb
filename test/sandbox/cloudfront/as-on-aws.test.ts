/** What the real CloudFront does with distributions, as people observed it: what it refuses, what it fills in, and when it is done. */
import {
  CreateDistributionCommand,
  CreateInvalidationCommand,
  DeleteDistributionCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { demoSite } from "../demo-site.ts";
import { REFUSED } from "./refused-distributions.ts";
import { CERTIFICATE, customOrigin, forwarding, origins, s3Origin, siteConfig } from "./site-config.ts";

type Aws = ReturnType<typeof inProcessAws>;
const create = ({ cloudFront }: Pick<Aws, "cloudFront">, DistributionConfig: DistributionConfig) =>
  cloudFront.send(new CreateDistributionCommand({ DistributionConfig }));
const nonNull = <T>(value: T | undefined): T => value as T;

describe("CreateDistribution", () => {
  it.each(REFUSED)("refuses $what", async ({ behavior, more, code, message }) => {
    const aws = inProcessAws();
    const before = aws.account.cloudFront.state;
    await expect(create(aws, siteConfig("one", behavior, more))).rejects.toMatchObject({
      name: code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(aws.account.cloudFront.state).toBe(before);
  });

  it.each([
    ["files.s3.amazonaws.com"],
    ["files.s3.us-east-1.amazonaws.com"],
    ["files.s3-eu-west-1.amazonaws.com"],
    ["my.dotted.bucket.s3.eu-central-1.amazonaws.com"],
    ["123.s3.cn-north-1.amazonaws.com.cn"],
    ["point-abc123-s3alias.s3.us-west-2.amazonaws.com"],
  ])("recognizes %s as a bucket", async (name) => {
    const made = await create(inProcessAws(), siteConfig("one", {}, origins(s3Origin(name))));
    expect(made.Distribution?.DistributionConfig?.Origins?.Items?.[0]?.DomainName).toBe(name);
  });

  it.each([
    [
      "a website endpoint as a custom origin",
      {},
      origins(customOrigin({ DomainName: "b.s3-website-us-east-1.amazonaws.com" })),
    ],
    [
      "an alias with a certificate of us-east-1",
      {},
      {
        Aliases: { Quantity: 1, Items: ["a.example.com"] },
        ViewerCertificate: { ACMCertificateArn: CERTIFICATE },
      },
    ],
    [
      "an alias with a certificate of IAM",
      {},
      {
        Aliases: { Quantity: 1, Items: ["a.example.com"] },
        ViewerCertificate: { IAMCertificateId: "ASCAEXAMPLE" },
      },
    ],
    ["HTTP/3", {}, { HttpVersion: "http2and3" as const }],
    [
      "cookies by name",
      forwarding({
        ForwardedValues: {
          QueryString: true,
          Cookies: { Forward: "whitelist", WhitelistedNames: { Quantity: 1, Items: ["theme"] } },
        },
      }),
      {},
    ],
    [
      "an error page",
      {},
      {
        CustomErrorResponses: {
          Quantity: 1,
          Items: [{ ErrorCode: 403, ResponsePagePath: "/403.html", ResponseCode: "200" }],
        },
      },
    ],
    [
      "a VPC origin",
      {},
      origins({ Id: "origin", DomainName: "internal.example.com", VpcOriginConfig: { VpcOriginId: "vo_1" } }),
    ],
  ])("accepts %s", async (_what, behavior, more) => {
    expect((await create(inProcessAws(), siteConfig("one", behavior, more))).Distribution?.Status).toBe(
      "InProgress",
    );
  });

  it("names the distribution that already has the caller reference", async () => {
    const aws = inProcessAws();
    for (const reference of ["one", "two", "three", "a b", "é"]) {
      const { Distribution } = await create(aws, siteConfig(reference));
      await expect(create(aws, siteConfig(reference))).rejects.toMatchObject({
        name: "DistributionAlreadyExists",
        message: `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${Distribution?.Id}`,
      });
    }
  });
});

describe("UpdateDistribution", () => {
  it.each(REFUSED)("refuses $what", async ({ behavior, more, code, message }) => {
    const aws = inProcessAws();
    const { Distribution, ETag } = await create(aws, siteConfig("one"));
    const before = aws.account.cloudFront.state;
    const update = new UpdateDistributionCommand({
      Id: Distribution?.Id,
      IfMatch: ETag,
      DistributionConfig: siteConfig("one", behavior, more),
    });
    const isBothKinds =
      message === "You must specify either a CustomOrigin or an S3Origin. You cannot specify both.";
    await expect(aws.cloudFront.send(update)).rejects.toMatchObject({
      name: isBothKinds ? "IllegalUpdate" : code,
    });
    expect(aws.account.cloudFront.state).toBe(before);
  });
});

describe("CloudFront's defaults", () => {
  const filled = async (...config: Parameters<typeof siteConfig>) =>
    nonNull((await create(inProcessAws(), siteConfig(...config))).Distribution?.DistributionConfig);

  it("for a distribution", async () => {
    expect(await filled("one")).toMatchObject({
      Aliases: { Quantity: 0 },
      DefaultRootObject: "",
      OriginGroups: { Quantity: 0 },
      CacheBehaviors: { Quantity: 0 },
      CustomErrorResponses: { Quantity: 0 },
      Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "" },
      PriceClass: "PriceClass_All",
      ViewerCertificate: {
        CloudFrontDefaultCertificate: true,
        MinimumProtocolVersion: "TLSv1",
        CertificateSource: "cloudfront",
      },
      Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
      WebACLId: "",
      HttpVersion: "http2",
      IsIPV6Enabled: true,
      Staging: false,
    });
  });

  it("for the short form of `aws cloudfront create-distribution`", async () => {
    const bucket = "amzn-s3-demo-bucket.s3.amazonaws.com";
    const behavior = forwarding({
      ViewerProtocolPolicy: "allow-all",
      TrustedSigners: { Enabled: false, Quantity: 0 },
    });
    const config = await filled("cli-example", behavior, {
      ...origins(s3Origin(bucket, { OriginPath: "" })),
      DefaultRootObject: "index.html",
    });
    expect(config).toMatchObject({
      IsIPV6Enabled: true,
      HttpVersion: "http2",
      DefaultRootObject: "index.html",
    });
    expect(config.Origins?.Items?.[0]).toMatchObject({
      CustomHeaders: { Quantity: 0 },
      S3OriginConfig: { OriginAccessIdentity: "" },
      ConnectionAttempts: 3,
      ConnectionTimeout: 10,
      OriginShield: { Enabled: false },
      OriginAccessControlId: "",
    });
    expect(config.DefaultCacheBehavior).toMatchObject({
      ForwardedValues: {
        Cookies: { Forward: "none" },
        Headers: { Quantity: 0 },
        QueryStringCacheKeys: { Quantity: 0 },
      },
      MinTTL: 0,
      DefaultTTL: 86_400,
      MaxTTL: 31_536_000,
      AllowedMethods: {
        Quantity: 2,
        Items: ["HEAD", "GET"],
        CachedMethods: { Quantity: 2, Items: ["HEAD", "GET"] },
      },
      SmoothStreaming: false,
      Compress: false,
      TrustedKeyGroups: { Enabled: false, Quantity: 0 },
      LambdaFunctionAssociations: { Quantity: 0 },
      FunctionAssociations: { Quantity: 0 },
      FieldLevelEncryptionId: "",
    });
  });

  it.each([
    [{}, [0, 86_400, 31_536_000]],
    [{ MinTTL: 100_000 }, [100_000, 100_000, 31_536_000]],
    [{ DefaultTTL: 5 }, [0, 5, 31_536_000]],
    [{ MaxTTL: 60 }, [0, 60, 60]],
    [{ DefaultTTL: 99_999_999 }, [0, 99_999_999, 99_999_999]],
    [{ MinTTL: 1, DefaultTTL: 2, MaxTTL: 3 }, [1, 2, 3]],
  ])("for the times to live in %j", async (ttls, expected) => {
    const { DefaultCacheBehavior: behavior } = await filled("one", forwarding(ttls));
    expect([behavior?.MinTTL, behavior?.DefaultTTL, behavior?.MaxTTL]).toEqual(expected);
  });

  it("leave TTLs out with a cache policy, which has its own", async () => {
    const { DefaultCacheBehavior: behavior } = await filled("one");
    expect([behavior?.MinTTL, behavior?.DefaultTTL, behavior?.MaxTTL]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    [{}, { OriginReadTimeout: 30, OriginKeepaliveTimeout: 5 }],
    [{ OriginReadTimeout: 60 }, { OriginReadTimeout: 60, OriginKeepaliveTimeout: 5 }],
    [{ OriginKeepaliveTimeout: 60 }, { OriginReadTimeout: 30, OriginKeepaliveTimeout: 60 }],
    [
      { OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2" as const] } },
      { OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] } },
    ],
    [{}, { OriginSslProtocols: { Quantity: 3, Items: ["TLSv1", "TLSv1.1", "TLSv1.2"] } }],
  ])("for the custom origin %j", async (config, expected) => {
    const origin = customOrigin();
    const CustomOriginConfig = { ...nonNull(origin.CustomOriginConfig), ...config };
    const { Origins } = await filled("one", {}, origins(customOrigin({ CustomOriginConfig })));
    expect(Origins?.Items?.[0]?.CustomOriginConfig).toMatchObject(expected);
  });

  it("for a custom certificate, also in the deprecated members", async () => {
    const ViewerCertificate = { ACMCertificateArn: CERTIFICATE, SSLSupportMethod: "sni-only" as const };
    expect((await filled("one", {}, { ViewerCertificate })).ViewerCertificate).toMatchObject({
      CloudFrontDefaultCertificate: false,
      ACMCertificateArn: CERTIFICATE,
      Certificate: CERTIFICATE,
      CertificateSource: "acm",
    });
  });

  it("for every cache behavior, origin and error response in a list", async () => {
    const listed = {
      PathPattern: "/a",
      TargetOriginId: "second",
      ViewerProtocolPolicy: "allow-all" as const,
      ...forwarding(),
    };
    const config = await filled(
      "one",
      {},
      {
        ...origins(customOrigin(), customOrigin({ Id: "second" })),
        CacheBehaviors: { Quantity: 1, Items: [listed] },
        CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 404 }] },
      },
    );
    expect(config.CacheBehaviors?.Items?.[0]).toMatchObject({
      DefaultTTL: 86_400,
      FunctionAssociations: { Quantity: 0 },
    });
    expect(config.Origins?.Items?.map(({ ConnectionAttempts }) => ConnectionAttempts)).toEqual([3, 3]);
    expect(config.CustomErrorResponses?.Items?.[0]).toEqual({
      ErrorCode: 404,
      ResponsePagePath: "",
      ResponseCode: "",
      ErrorCachingMinTTL: 10,
    });
  });

  it("are filled in after an update too, and what was read can be written back", async () => {
    const aws = inProcessAws();
    const { Distribution, ETag } = await create(aws, siteConfig("one", forwarding()));
    const update = (IfMatch: string | undefined, config: DistributionConfig) =>
      aws.cloudFront.send(
        new UpdateDistributionCommand({ Id: Distribution?.Id, IfMatch, DistributionConfig: config }),
      );
    const again = await update(ETag, nonNull(Distribution?.DistributionConfig));
    expect(again.Distribution?.DistributionConfig).toEqual(Distribution?.DistributionConfig);
    const short = await update(again.ETag, siteConfig("one", forwarding()));
    expect(short.Distribution?.DistributionConfig).toEqual(Distribution?.DistributionConfig);
  });
});

describe("a change", () => {
  const statusOf = async ({ cloudFront }: Pick<Aws, "cloudFront">, Id: string | undefined) => {
    const one = (await cloudFront.send(new GetDistributionCommand({ Id }))).Distribution;
    const { DistributionList } = await cloudFront.send(new ListDistributionsCommand({}));
    const listed = DistributionList?.Items?.find((each) => each.Id === Id);
    expect(listed?.Status).toBe(one?.Status);
    return one?.Status;
  };

  it.each([1, 5, 60, 900])(
    "to a distribution is InProgress for the %d seconds that deploying takes",
    async (deployTime) => {
      const aws = inProcessAws({ deployTime });
      const made = await create(aws, siteConfig("one"));
      const Id = made.Distribution?.Id;
      expect([made.Distribution?.Status, await statusOf(aws, Id)]).toEqual(["InProgress", "InProgress"]);
      await aws.clock.advance(deployTime - 0.001);
      expect(await statusOf(aws, Id)).toBe("InProgress");
      await aws.clock.advance(0.001);
      expect(await statusOf(aws, Id)).toBe("Deployed");
      const config = { ...nonNull(made.Distribution?.DistributionConfig), Comment: "changed" };
      const updated = await aws.cloudFront.send(
        new UpdateDistributionCommand({ Id, IfMatch: made.ETag, DistributionConfig: config }),
      );
      expect([updated.Distribution?.Status, await statusOf(aws, Id)]).toEqual(["InProgress", "InProgress"]);
      await aws.clock.advance(deployTime);
      expect(await statusOf(aws, Id)).toBe("Deployed");
    },
  );

  it("is InProgress in the response if the account has no deploy time set", async () => {
    const aws = inProcessAws();
    const { Distribution } = await create(aws, siteConfig("one"));
    const { Invalidation } = await aws.cloudFront.send(
      new CreateInvalidationCommand({
        DistributionId: Distribution?.Id,
        InvalidationBatch: { CallerReference: "one", Paths: { Quantity: 1, Items: ["/*"] } },
      }),
    );
    expect([Distribution?.Status, Invalidation?.Status]).toEqual(["InProgress", "InProgress"]);
  });

  it("is Deployed once it has reached the slowest edge location, and not earlier", async () => {
    const site = await demoSite();
    const { clock, account, locations } = site;
    const { distributionId: id } = site.ids;
    const status = () => account.cloudFront.distributions.statusOf(account.cloudFront.distributions.get(id));
    expect(status(), "as it was before anybody looked").toBe("Deployed");
    const { etag, config } = account.cloudFront.distributions.get(id);
    account.cloudFront.distributions.update(id, etag, config);
    const slowest = Math.max(...locations.all.map(({ upToDateAt }) => (upToDateAt ?? 0) - clock.now()));
    expect(slowest).toBeGreaterThan(0);
    await clock.advance(slowest - 0.001);
    expect(locations.all.some(({ upToDateAt }) => upToDateAt !== undefined)).toBe(true);
    expect(status()).toBe("InProgress");
    await clock.advance(0.001);
    expect(locations.all.some(({ upToDateAt }) => upToDateAt !== undefined)).toBe(false);
    expect(status()).toBe("Deployed");
  });

  it("that disables a distribution must be deployed before the distribution can be deleted", async () => {
    const aws = inProcessAws({ deployTime: 60 });
    const made = await create(aws, siteConfig("one"));
    const Id = made.Distribution?.Id;
    const remove = (IfMatch: string | undefined) =>
      aws.cloudFront.send(new DeleteDistributionCommand({ Id, IfMatch }));
    const refusal = {
      name: "DistributionNotDisabled",
      message: "The distribution you are trying to delete has not been disabled.",
      $metadata: { httpStatusCode: 409 },
    };
    await expect(remove(made.ETag), "enabled, being deployed").rejects.toMatchObject(refusal);
    await aws.clock.advance(60);
    await expect(remove(made.ETag), "enabled, deployed").rejects.toMatchObject(refusal);
    const config = { ...nonNull(made.Distribution?.DistributionConfig), Enabled: false };
    const disabled = await aws.cloudFront.send(
      new UpdateDistributionCommand({ Id, IfMatch: made.ETag, DistributionConfig: config }),
    );
    await expect(remove(disabled.ETag), "disabled, being deployed").rejects.toMatchObject(refusal);
    await aws.clock.advance(59.999);
    await expect(remove(disabled.ETag), "almost deployed").rejects.toMatchObject(refusal);
    await aws.clock.advance(0.001);
    await expect(remove(made.ETag), "with an old ETag").rejects.toMatchObject({ name: "PreconditionFailed" });
    expect((await remove(disabled.ETag)).$metadata.httpStatusCode).toBe(204);
  });
});

describe("an invalidation", () => {
  const made = async () => {
    const aws = inProcessAws({ deployTime: 60 });
    const { Distribution } = await create(aws, siteConfig("one"));
    const DistributionId = Distribution?.Id;
    const invalidate = (CallerReference: string, ...Items: string[]) =>
      aws.cloudFront.send(
        new CreateInvalidationCommand({
          DistributionId,
          InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
        }),
      );
    return { aws, DistributionId, invalidate };
  };

  it("is InProgress until it is deployed, and its distribution counts it until then", async () => {
    const { aws, DistributionId, invalidate } = await made();
    const { Invalidation } = await invalidate("one", "/a", "/b");
    const read = async () => [
      (await aws.cloudFront.send(new GetInvalidationCommand({ DistributionId, Id: Invalidation?.Id })))
        .Invalidation?.Status,
      (await aws.cloudFront.send(new GetDistributionCommand({ Id: DistributionId }))).Distribution
        ?.InProgressInvalidationBatches,
    ];
    expect([Invalidation?.Status, ...(await read())]).toEqual(["InProgress", "InProgress", 1]);
    await aws.clock.advance(59.999);
    expect(await read()).toEqual(["InProgress", 1]);
    await aws.clock.advance(0.001);
    expect(await read()).toEqual(["Completed", 0]);
  });

  it.each([[["/other"]], [["/a"]], [["/a", "/b", "/c"]], [["/b"]], [["/*"]]])(
    "that reuses a reference is refused for other paths: %j",
    async (paths) => {
      const { invalidate } = await made();
      const { Invalidation } = await invalidate("one", "/a", "/b");
      expect((await invalidate("one", "/a", "/b")).Invalidation?.Id).toBe(Invalidation?.Id);
      await expect(invalidate("one", ...paths)).rejects.toMatchObject({
        name: "InvalidArgument",
        message:
          "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.",
      });
    },
  );
});
