/** Distributions: documents kept in full, deployment by the clock, and the configuration published to the edge. */
import { describe, expect, it } from "vitest";
import type { PublishedConfig } from "../../../src/sandbox/cloudfront/edge-config.ts";
import type { CloudFrontQuotas } from "../../../src/sandbox/cloudfront/resource-store.ts";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { testKey } from "../test-key.ts";
import { rawCloudFrontClient } from "./raw.ts";

function prepared(deployTime = 0, quotas: Partial<CloudFrontQuotas> = {}) {
  const { account, clock } = inProcessAws({ deployTime, quotas });
  const key = account.cloudFront.publicKeys.create(testKey("one"));
  const group = account.cloudFront.keyGroups.create({ name: "viewers", items: [key.id], comment: "" });
  const distribution = account.createDistribution({
    callerReference: "one",
    domainName: "d111111abcdef8.cloudfront.net",
    aliases: ["app.example.com"],
    behaviors: [
      { pathPattern: "/public/*", viewerProtocolPolicy: "redirect-to-https" },
      { pathPattern: "*", trustedKeyGroups: [group.id] },
    ],
  });
  return { account, clock, key, group, distribution, ask: rawCloudFrontClient(account.handler) };
}

describe("a distribution", () => {
  it("keeps unknown elements wherever they are", async () => {
    const { ask, distribution } = prepared();
    const path = `/distribution/${distribution.id}/config`;
    const read = await ask("GET", path);
    const news = "<NewThing><Quantity>1</Quantity><Items><Part>x &amp; y</Part></Items></NewThing>";
    const changed = read.text
      .replace("<Enabled>true</Enabled><", `<Enabled>true</Enabled>${news}<`)
      .replace("<TargetOriginId>", `${news}<TargetOriginId>`);
    const updated = await ask("PUT", path, changed, read.etag);
    expect(updated.status).toBe(200);
    const again = await ask("GET", path);
    expect(again.text.split(news)).toHaveLength(changed.split(news).length);
    expect(again.text.split(news).length).toBeGreaterThan(1);
  });

  it("is InProgress until it is deployed, which depends only on the clock", async () => {
    const { ask, clock, distribution } = prepared(60);
    const status = async () =>
      /<Status>(\w+)</.exec((await ask("GET", `/distribution/${distribution.id}`)).text)?.[1];
    expect(await status()).toBe("InProgress");
    await clock.advance(59);
    expect(await status()).toBe("InProgress");
    await clock.advance(1);
    expect(await status()).toBe("Deployed");
  });

  it("is deployed after a default time if none is set", async () => {
    const { account, clock } = inProcessAws();
    const { id } = account.createDistribution({
      callerReference: "one",
      domainName: "d111111abcdef8.cloudfront.net",
      behaviors: [{ pathPattern: "*" }],
    });
    const status = async () =>
      /<Status>(\w+)</.exec(
        (await rawCloudFrontClient(account.handler)("GET", `/distribution/${id}`)).text,
      )?.[1];
    expect(await status()).toBe("InProgress");
    await clock.advance(3600);
    expect(await status()).toBe("Deployed");
  });

  it("cannot be deleted while it is still being deployed", async () => {
    const { ask, clock, distribution } = prepared(60);
    await clock.advance(60);
    const path = `/distribution/${distribution.id}`;
    const config = (await ask("GET", `${path}/config`)).text;
    const change = config.replace("</Comment><Enabled>true<", "</Comment><Enabled>false<");
    const { etag } = await ask("PUT", `${path}/config`, change, distribution.etag);
    expect(await ask("DELETE", path, "", etag)).toMatchObject({
      status: 409,
      code: "DistributionNotDisabled",
    });
    await clock.advance(60);
    expect(await ask("DELETE", path, "", etag)).toMatchObject({ status: 204, text: "" });
  });
});

describe("the configuration published to the edge", () => {
  it("is sent once at first, then after each change of a group or distribution, in full and in the domain's shape", () => {
    const { account, group, key } = prepared();
    const told: PublishedConfig[] = [];
    const stop = account.cloudFront.onPublished((config) => told.push(config));
    expect(told).toHaveLength(1);
    const second = account.cloudFront.publicKeys.create(testKey("two"));
    expect(told).toHaveLength(1);
    account.cloudFront.keyGroups.update(group.id, group.etag, { ...group.config, items: [second.id] });
    expect(told).toHaveLength(2);
    expect(told[0]?.keyGroups.get(group.id)).toEqual(new Map([[key.id, key.config.encodedKey]]));
    expect(told[1]?.keyGroups.get(group.id)).toEqual(new Map([[second.id, second.config.encodedKey]]));
    expect(told[1]?.distributions[0]).toMatchObject({
      domainName: "d111111abcdef8.cloudfront.net",
      aliases: ["app.example.com"],
      enabled: true,
      connectionMode: "direct",
      behaviors: [
        { pathPattern: "/public/*", trustedKeyGroups: [], viewerProtocolPolicy: "redirect-to-https" },
        { pathPattern: "*", trustedKeyGroups: [group.id], viewerProtocolPolicy: "https-only" },
      ],
      activeKeyGroups: [{ keyGroupId: group.id, keyPairIds: [second.id] }],
    });
    stop();
    account.cloudFront.keyGroups.create({ name: "more", items: [key.id], comment: "" });
    expect(told).toHaveLength(2);
  });

  it("is the newest state, however stale reads are", () => {
    const { account, group, key } = prepared();
    account.cloudFront.staleness = { length: 60, share: 1 };
    const second = account.cloudFront.publicKeys.create(testKey("two"));
    const items = [key.id, second.id];
    account.cloudFront.keyGroups.update(group.id, group.etag, { ...group.config, items });
    expect([...(account.cloudFront.published().keyGroups.get(group.id)?.keys() ?? [])]).toEqual(items);
    expect(account.cloudFront.keyGroups.get(group.id).config.items).toEqual([key.id]);
  });
});

describe("limits", () => {
  it("for distributions per key group count each distribution once", () => {
    const { account, group } = prepared(0, { distributionsPerKeyGroup: 2 });
    const trusting = (callerReference: string) => ({
      callerReference,
      behaviors: ["/a/*", "/b/*", "*"].map((pathPattern) => ({ pathPattern, trustedKeyGroups: [group.id] })),
    });
    account.createDistribution(trusting("two"));
    expect(() => account.createDistribution(trusting("three"))).toThrow(
      expect.objectContaining({ code: "TooManyDistributionsAssociatedToKeyGroup", status: 400 }),
    );
  });

  it("apply to the paths in one batch, and to all paths in progress", async () => {
    const { account, clock, distribution } = prepared(60, { invalidationPathsInProgress: 3 });
    const { invalidations } = account.cloudFront;
    const refused = (code: string, status: number) => expect.objectContaining({ code, status });
    expect(() => invalidations.create(distribution.id, "four", ["/1", "/2", "/3", "/4"])).toThrow(
      refused("BatchTooLarge", 413),
    );
    invalidations.create(distribution.id, "two", ["/1", "/2"]);
    expect(() => invalidations.create(distribution.id, "more", ["/3", "/4"])).toThrow(
      refused("TooManyInvalidationsInProgress", 400),
    );
    await clock.advance(60);
    expect(invalidations.create(distribution.id, "more", ["/3", "/4"]).paths).toHaveLength(2);
  });

  it("allow fifty tags, with unique names", async () => {
    const { ask, distribution } = prepared();
    const path = `/tagging?Operation=Tag&Resource=${encodeURIComponent(distribution.arn)}`;
    const tags = (names: readonly string[]) =>
      `<Tags><Items>${names.map((name) => `<Tag><Key>${name}</Key></Tag>`).join("")}</Items></Tags>`;
    const fifty = Array.from({ length: 50 }, (_, n) => `tag-${n}`);
    expect(await ask("POST", path, tags(["aws:reserved"]))).toMatchObject({ code: "InvalidTagging" });
    expect(await ask("POST", path, tags([...fifty, "one-more"]))).toMatchObject({ code: "InvalidTagging" });
    expect(await ask("POST", path, tags(fifty))).toMatchObject({ status: 204 });
    expect(await ask("POST", path, tags(["one-more"]))).toMatchObject({ code: "InvalidTagging" });
  });
});

describe("pages of distributions", () => {
  it("show where they start, whether there are more, and where those start", async () => {
    const { account, ask } = prepared();
    for (const callerReference of ["two", "three"]) account.createDistribution({ callerReference });
    const first = await ask("GET", "/distribution?MaxItems=2");
    const next = /<NextMarker>(\w+)</.exec(first.text)?.[1];
    expect(first.text).toMatch(
      /<Marker><\/Marker><NextMarker>\w+<\/NextMarker><MaxItems>2<\/MaxItems><IsTruncated>true</,
    );
    const last = await ask("GET", `/distribution?MaxItems=2&Marker=${next}`);
    expect(last.text).toContain(
      `<Marker>${next}</Marker><MaxItems>2</MaxItems><IsTruncated>false</IsTruncated><Quantity>1<`,
    );
  });
});
