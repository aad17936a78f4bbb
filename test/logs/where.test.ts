/** `keyturn logs where`, and the audit's findings about logs, from the sandbox's descriptions of its deliveries. */
import { describe, expect, it } from "vitest";
import { PROMPT } from "../../src/sandbox/logs/delivery-faults.ts";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";
import { logCookies, v2Delivery } from "./delivered-site.ts";

const GROUP = "arn:aws:logs:us-east-1:111122223333:log-group:/cf:*";

async function where(site: ProbedSite) {
  const { stdout, exitCode } = await site.run("logs where --gate demo --json");
  return { ...JSON.parse(stdout), exitCode };
}

describe("keyturn logs where", () => {
  it("shows v1's bucket and format, that cookies are off, and that nothing has been delivered", async () => {
    const site = await probedSite();
    const told = await where(site);
    expect(told.exitCode).toBe(0);
    expect(told.result).toEqual({
      gate: "demo",
      destinations: [
        {
          distribution: site.site.ids.distributionId,
          kind: "v1",
          to: "s3",
          place: "s3://demo-logs/",
          format: "v1",
          cookies: "switched-off",
        },
      ],
      unlogged: [],
    });
    const { stdout } = await site.run("logs where --gate demo");
    expect(stdout).toContain("Logging.IncludeCookies of the distribution is off");
    expect(stdout).toContain("nothing has been delivered yet");
  });

  it("shows when logs began, and how late they arrive", async () => {
    const site = await probedSite();
    site.site.account.logStore.flaws = { ...PROMPT, delay: 900 };
    await site.world.viewer.send({ method: "GET", url: `${SITE}/login`, headers: [] });
    const hour = Math.floor(site.world.clock.now() / 3600) * 3600;
    await site.world.clock.advance(3 * 3600);
    await site.world.viewer.send({ method: "GET", url: `${SITE}/login`, headers: [] });
    await site.world.clock.advance(3600);
    const [destination] = (await where(site)).result.destinations;
    const text = (at: number) => new Date(at * 1000).toISOString().replace(".000", "");
    expect(destination).toMatchObject({ oldest: text(hour), newest: text(hour + 3 * 3600) });
    expect(destination.late.objects).toBe(2);
    expect(destination.late.most_seconds).toBeLessThanOrEqual(900);
  });

  it("shows each delivery of v2, and whether its fields include cookies", async () => {
    const site = await probedSite();
    await logCookies(site);
    v2Delivery(site, { fields: ["date", "time", "sc-status", "cs(Cookie)"] });
    v2Delivery(site, { to: "CWL", destinationArn: "arn:aws:logs:us-east-1:111122223333:log-group:/cf:*" });
    const { destinations } = (await where(site)).result;
    expect(destinations).toMatchObject([
      { kind: "v1", cookies: "logged" },
      { kind: "v2", to: "s3", place: "s3://demo-logs-v2/cdn/", format: "json", cookies: "logged" },
      { kind: "v2", to: "cloudwatch-logs", cookies: "not-chosen" },
    ]);
    const { stdout } = await site.run("logs where --gate demo");
    expect(stdout).toContain("aws logs tail /cf --since 2h");
  });

  it("shows when events in CloudWatch Logs began", async () => {
    const site = await probedSite();
    await logCookies(site, { v1: false });
    v2Delivery(site, { to: "CWL", destinationArn: GROUP });
    expect((await where(site)).result.destinations[0]).not.toHaveProperty("oldest");
    expect((await site.run("logs where --gate demo")).stdout).toContain("nothing has been delivered yet");
    const visit = () => site.world.viewer.send({ method: "GET", url: `${SITE}/login`, headers: [] });
    const text = () => new Date(Math.floor(site.world.clock.now()) * 1000).toISOString().replace(".000", "");
    const oldest = text();
    await visit();
    await site.world.clock.advance(7200);
    await visit();
    const newest = text();
    await site.world.clock.advance(60);
    expect((await where(site)).result.destinations[0]).toMatchObject({
      to: "cloudwatch-logs",
      oldest,
      newest,
    });
    const { stdout } = await site.run("logs where --gate demo");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      `since ${oldest} (oldest event); newest indexed event ${newest}`,
    );
  });

  it("shows the log group and the missing permission if its streams cannot be described", async () => {
    const site = await probedSite();
    v2Delivery(site, { to: "CWL", destinationArn: GROUP });
    const always = { times: Number.POSITIVE_INFINITY };
    site.site.account.faults.order({
      on: "logs",
      operation: "DescribeLogStreams",
      kind: "access-denied",
      ...always,
    });
    const told = await where(site);
    expect(told.exitCode).toBe(0);
    expect(told.result.destinations[1]).toMatchObject({ place: GROUP });
    expect(told.result.destinations[1].unread).toContain(
      "logs:DescribeLogStreams on log group /cf is not allowed",
    );
  });

  it("shows the destination and the missing permission if the bucket cannot be listed", async () => {
    const site = await probedSite();
    site.site.account.faults.order({ on: "s3", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    const told = await where(site);
    expect(told.exitCode).toBe(0);
    expect(told.result.destinations[0]).toMatchObject({ place: "s3://demo-logs/" });
    expect(told.result.destinations[0].unread).toContain("s3:ListBucket on bucket demo-logs is not allowed");
  });

  it("names the permission for describing deliveries, and exits with 4", async () => {
    const site = await probedSite();
    site.site.account.faults.order({ on: "logs", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    const { stderr, exitCode } = await site.run("logs where --gate demo");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("logs:DescribeDeliverySources");
    expect(stderr).toContain("keyturn iam --role log-reader");
  });

  it("reads all pages of deliveries", async () => {
    const site = await probedSite();
    for (let at = 0; at < 60; at += 1)
      v2Delivery(site, { to: "CWL", destinationArn: `arn:aws:logs:us-east-1:1:log-group:g${at}:*` });
    expect((await where(site)).result.destinations).toHaveLength(61);
  });

  it("accepts no files", async () => {
    const { stderr, exitCode } = await (await probedSite()).run("logs where access.log");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("too many");
  });
});

describe("the audit of logs", () => {
  const idsOf = async (site: ProbedSite) => {
    const { stdout } = await site.run("audit --gate demo --json");
    return (JSON.parse(stdout).findings as { id: string; severity: string }[])
      .filter(({ id }) => /log/.test(id))
      .map(({ id, severity }) => `${severity} ${id}`);
  };

  it("has no finding if no rotation is due", async () => {
    expect(await idsOf(await probedSite())).toEqual([]);
  });

  it("has a note while a rotation is open and no cookies are logged, with the cost of logging them", async () => {
    const site = await probedSite();
    await site.run("rotate start --yes");
    expect(await idsOf(site)).toEqual(["note cookie-logging-off"]);
    const { stdout } = await site.run("audit --gate demo");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "The logs then contain every session cookie and signed cookie",
    );
  });

  it("has the same note if the key's age requires a rotation soon", async () => {
    const site = await probedSite({
      yaml: (yaml) => yaml.replace("    rotation:", "    maxKeyAge: 20d\n    rotation:"),
    });
    expect(await idsOf(site)).toEqual(["note cookie-logging-off"]);
  });

  it("has a warning for cookies in the logs, or a note while a rotation needs them", async () => {
    const site = await probedSite();
    await logCookies(site);
    expect(await idsOf(site)).toEqual(["warning logs-hold-cookies"]);
    await site.run("rotate start --yes");
    expect(await idsOf(site)).toEqual(["note logs-hold-cookies"]);
  });

  it("has a note if there are no logs, not even from v2", async () => {
    const site = await probedSite();
    await logCookies(site, { v1: false, cookies: false });
    expect(await idsOf(site)).toEqual(["note access-logs-absent"]);
    v2Delivery(site, {});
    expect(await idsOf(site)).toEqual([]);
  });
});
