/**
 * `keyturn logs --since`, `--from` and `--rotation` read the sandbox's S3 through AWS's own client, with the same
 * answers as from files.
 */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { InterruptError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";
import { logFile } from "./asked-logs.ts";
import { logCookies, v2Delivery } from "./delivered-site.ts";
import { gz, jsonText, type LoggedRequest, v1Text, w3cText } from "./lines.ts";
import { parquetFile } from "./parquet.ts";
import { PATTERNS, PLANTED_EVENTS, T0, withPlanted } from "./planted.ts";

const EVENTS = withPlanted(...PLANTED_EVENTS);
const text = (at: number) => new Date(at * 1000).toISOString();
const PERIOD = `--from ${text(T0)} --to ${text(T0 + 3 * 3600)}`;
const FLAGS = `--gate demo --show-clients ${PATTERNS.join(" ")}`;
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`keyturn-logs-${process.pid}-`));
const hourOf = (at: number) => text(at).slice(0, 13).replace("T", "-");

/** One object per hour, named as v1 names them. */
function putV1({ site }: ProbedSite, events: readonly LoggedRequest[] = EVENTS): string[] {
  const hours = new Set(events.map(({ at }) => hourOf(at)));
  return [...hours].map((hour) => {
    const key = `${site.ids.distributionId}.${hour}.0a1b2c3d.gz`;
    const own = events.filter(({ at }) => hourOf(at) === hour);
    site.account.logStore.put("demo-logs", key, gz(v1Text(own)), T0 + 5 * 3600);
    return key;
  });
}

async function asked(site: ProbedSite, line: string) {
  const { stdout, stderr, exitCode } = await site.run(`logs ${line} --json`);
  return { ...JSON.parse(stdout), stderr, exitCode };
}
const fromFiles = (site: ProbedSite, events = EVENTS) =>
  asked(site, `${logFile(gz(v1Text(events)), "gz")} ${FLAGS}`);

describe("keyturn logs from S3", () => {
  it("has the same answers and findings for v1 as from files, and leaves nothing behind", async () => {
    const site = await probedSite();
    const keys = putV1(site);
    const before = folders();
    const told = await asked(site, `${PERIOD} ${FLAGS}`);
    const files = await fromFiles(site);
    expect(told.result.questions).toEqual(files.result.questions);
    expect(told.findings).toEqual(files.findings);
    expect(told.result.read.lines).toBe(EVENTS.length);
    expect(told.result.read.sources.map(({ path }: { path: string }) => path).sort()).toEqual(
      keys.map((key) => `s3://demo-logs/${key}`).sort(),
    );
    expect(told.result.read.fetched).toMatchObject({ objects: keys.length, missing: 0 });
    expect(folders()).toEqual(before);
  });

  it.each([
    ["v2 JSON in folders by the hour", "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", false],
    ["v2 JSON in Hive-style folders", "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", true],
  ])("has the same answers for %s", async (_, suffixPath, isHiveStyle) => {
    const site = await probedSite();
    await logCookies(site, { v1: false });
    v2Delivery(site, { fields: ["cs(Cookie)"], suffixPath, isHiveStyle });
    const { distributionId } = site.site.ids;
    const put = (account: string, id: string, hour: string, events: readonly LoggedRequest[]) => {
      const [yyyy, MM, dd, HH] = hour.split("-");
      const folder = isHiveStyle
        ? `aws-account-id=${account}/CloudFront/DistributionId=${id}/year=${yyyy}/month=${MM}/day=${dd}/hour=${HH}`
        : `${account}/CloudFront/${id}/${yyyy}/${MM}/${dd}/${HH}`;
      const key = `cdn/AWSLogs/${folder}/${id}.${hour}.0a1b2c3d.gz`;
      site.site.account.logStore.put("demo-logs-v2", key, gz(jsonText(events)), T0 + 5 * 3600);
    };
    for (const hour of new Set(EVENTS.map(({ at }) => hourOf(at))))
      put(
        DEMO.account,
        distributionId,
        hour,
        EVENTS.filter(({ at }) => hourOf(at) === hour),
      );
    // These belong to another gate or another time.
    put(DEMO.account, "EOTHER123456", hourOf(T0), EVENTS);
    put("999999999999", distributionId, hourOf(T0), EVENTS);
    put(DEMO.account, distributionId, hourOf(T0 + 86_400), EVENTS);
    const told = await asked(site, `${PERIOD} ${FLAGS}`);
    expect(told.result.questions).toEqual((await fromFiles(site)).result.questions);
    expect(told.result.read.lines).toBe(EVENTS.length);
  });

  it("has the same answers for Parquet", async () => {
    const site = await probedSite();
    v2Delivery(site, { format: "parquet", fields: ["cs(Cookie)"] });
    await logCookies(site, { v1: false });
    const { readFileSync } = await import("node:fs");
    const key = `cdn/${site.site.ids.distributionId}.${hourOf(T0)}.0a1b2c3d.parquet`;
    site.site.account.logStore.put(
      "demo-logs-v2",
      key,
      readFileSync(await parquetFile(jsonText(EVENTS))),
      T0,
    );
    const told = await asked(site, `${PERIOD} ${FLAGS}`);
    expect(told.result.questions).toEqual((await fromFiles(site)).result.questions);
  });

  it("has the same answers for w3c, whose header lists the fields, and finds a request by its ID", async () => {
    const site = await probedSite();
    v2Delivery(site, { format: "w3c", fields: ["cs(Cookie)"] });
    await logCookies(site, { v1: false });
    for (const hour of new Set(EVENTS.map(({ at }) => hourOf(at)))) {
      const key = `cdn/${site.site.ids.distributionId}.${hour}.0a1b2c3d.gz`;
      const own = EVENTS.filter(({ at }) => hourOf(at) === hour);
      site.site.account.logStore.put("demo-logs-v2", key, gz(w3cText(own)), T0);
    }
    const [told, files] = [await asked(site, `${PERIOD} ${FLAGS}`), await fromFiles(site)];
    expect(told.result.questions).toEqual(files.result.questions);
    expect(told.findings).toEqual(files.findings);
    const { id } = EVENTS.find(({ path }) => path === "/api/admin") as LoggedRequest;
    const one = await asked(site, `request ${id} ${PERIOD} ${FLAGS}`);
    expect(one.result.questions.request.rows).toMatchObject([{ request_id: id, answered_by: "origin" }]);
  });

  it("fetches only the requested hours and late files, from all pages of the listing", async () => {
    const site = await probedSite();
    const { logStore } = site.site.account;
    const put = (hour: number, name: string, delivered: number) => {
      const events = [{ ...(EVENTS[0] as LoggedRequest), at: T0 + hour * 3600 }];
      const key = `${site.site.ids.distributionId}.${hourOf(T0 + hour * 3600)}.${name}.gz`;
      logStore.put("demo-logs", key, gz(v1Text(events)), T0 + delivered * 3600);
      return `s3://demo-logs/${key}`;
    };
    const wanted = [put(0, "a", 1), put(1, "b", 2), put(2, "c", 3), put(-5, "late", 2)];
    put(-5, "in-time", -4);
    put(-40, "old", 2);
    put(9, "later", 10);
    for (let at = 0; at < 1100; at += 1) put(-30, `x${at}`, -29);
    const told = await asked(site, `${PERIOD} --gate demo`);
    expect(told.result.read.sources.map(({ path }: { path: string }) => path).sort()).toEqual(wanted.sort());
  });

  it("reads what the edge delivered with --since, without cookies while they are not logged", async () => {
    const site = await probedSite();
    await site.world.viewer.send({
      method: "GET",
      url: `${SITE}/api/reports`,
      headers: [["cookie", "sid=very-secret"]],
    });
    await site.world.clock.advance(5);
    const told = await asked(site, "denials --since 1h --gate demo");
    expect(told.result.questions.denials.rows).toMatchObject([
      { answered_by: "edge-signature", requests: 1 },
    ]);
    expect(told.result.read.distributions[0].with_cookies).toBe(0);
    expect(JSON.stringify(told)).not.toContain("very-secret");
  });

  it("reads the time around the last rotation with --rotation, or around one by its ID", async () => {
    const site = await probedSite();
    expect((await site.run("rotate start --yes --wait")).exitCode).toBe(0);
    await site.world.clock.advance(5);
    const told = await asked(site, "denials --rotation --gate demo");
    const { rotation } = told.result.trust;
    expect(told.result.questions.denials.marks[0].stage).toBe("record-opened");
    expect(
      told.result.questions.denials.phases.map((row: { rotation_phase: string }) => row.rotation_phase),
    ).toContain("during");
    const again = await asked(site, `denials --rotation ${rotation} --gate demo`);
    expect(again.result.questions).toEqual(told.result.questions);
    const { stderr, exitCode } = await site.run("logs denials --rotation 20200101-none --gate demo");
    expect(exitCode).toBe(5);
    expect(stderr).toContain(rotation);
  });
});

describe("keyturn logs, with errors from S3,", () => {
  it("reports objects that are gone, not allowed or cut off, and answers from the rest", async () => {
    const site = await probedSite();
    const [first = "", second = "", ...more] = putV1(site);
    expect(more).toEqual([]);
    const third = `${site.site.ids.distributionId}.${hourOf(T0)}.cut.gz`;
    const cut = gz(v1Text(EVENTS)).subarray(0, 4000);
    site.site.account.logStore.put("demo-logs", third, cut, T0);
    // The listing is out of date.
    site.site.account.faults.onCall(({ on, operation, moment }) => {
      if (on === "s3" && operation === "ListObjectsV2" && moment === "after")
        site.site.account.logStore.remove("demo-logs", first);
    });
    const told = await asked(site, `denials ${PERIOD} --gate demo`);
    expect(told.exitCode).toBe(1);
    const [gap, unread] = told.findings.filter(({ id }: { id: string }) => id.startsWith("log-"));
    expect(gap).toMatchObject({ id: "log-objects-unread", severity: "warning" });
    expect(gap.evidence).toEqual([`1 gone: it was deleted after it was listed: s3://demo-logs/${first}`]);
    expect(unread.evidence[0]).toContain("cut off or damaged");
    expect(told.result.read.fetched).toMatchObject({ objects: 2, missing: 1 });
    expect(told.result.read.lines).toBeGreaterThan(0);
    expect(second).not.toBe(first);
  });

  it("names the permission and the policy if nothing is allowed, and exits with 4", async () => {
    const site = await probedSite();
    putV1(site);
    site.site.account.faults.order({
      on: "s3",
      operation: "GetObject",
      kind: "access-denied",
      times: Number.POSITIVE_INFINITY,
    });
    const { stderr, exitCode } = await site.run(`logs denials ${PERIOD} --gate demo`);
    expect(exitCode).toBe(4);
    expect(stderr).toContain("s3:GetObject");
    expect(stderr).toContain("keyturn iam --role log-reader");
  });

  it("retries after throttling and lost connections", async () => {
    const site = await probedSite();
    putV1(site);
    for (const kind of ["throttle", "drop-before", "error-before", "drop-after"] as const)
      site.site.account.faults.order({ on: "s3", kind, times: 1 });
    const told = await asked(site, `denials ${PERIOD} --gate demo`);
    expect(told.result.read).toMatchObject({ lines: EVENTS.length, fetched: { missing: 0 } });
  });

  it("says where it looked if there are no logs of that time", async () => {
    const { stderr, exitCode } = await (await probedSite()).run("logs denials --since 2h --gate demo");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("s3://demo-logs/");
    expect(stderr).toContain("keyturn logs where");
  });

  it("asks before it fetches more than 1 GB, and without a terminal exits with 7 and suggests --yes", async () => {
    const site = await probedSite();
    const { logStore } = site.site.account;
    const key = `${site.site.ids.distributionId}.${hourOf(T0)}.huge.gz`;
    // Only its length matters, because nothing is fetched.
    const body = new Proxy(new Uint8Array(1), {
      get: (target, name) => (name === "length" ? 1_200_000_000 : Reflect.get(target, name)),
    });
    Object.defineProperty(logStore, "objects", {
      value: () => [{ key, body, etag: '"a"', modifiedAt: T0 }],
    });
    const { stderr, exitCode } = await site.run(`logs denials ${PERIOD} --gate demo`);
    expect(exitCode).toBe(7);
    expect(stderr).toContain("1.2 GB");
    expect(stderr).toContain("--yes");
  });

  it("exits with 130 if interrupted while fetching, and leaves nothing", async () => {
    const site = await probedSite();
    putV1(site);
    const before = folders();
    site.site.account.faults.onCall(({ on, operation, moment }) => {
      if (on === "s3" && operation === "GetObject" && moment === "before")
        site.world.interruptNow(new InterruptError("SIGINT"));
    });
    const { exitCode } = await site.run(`logs denials ${PERIOD} --gate demo`);
    expect(exitCode).toBe(130);
    expect(folders()).toEqual(before);
  });

  it("prints hostile lines without control sequences", async () => {
    const site = await probedSite();
    const hostile: LoggedRequest = {
      ...(EVENTS[0] as LoggedRequest),
      at: T0,
      status: 200,
      path: "/api/\u001b]0;owned\u0007=cmd|' /C calc'!A0",
      agent: "\u001b[31mred\u0000",
      cookie: "sid=1",
    };
    site.site.account.logStore.put(
      "demo-logs",
      `${site.site.ids.distributionId}.${hourOf(T0)}.h.gz`,
      gz(jsonText([hostile])),
      T0,
    );
    const { stdout } = await site.run(`logs ${PERIOD} ${FLAGS}`);
    expect(stdout).toContain("ungated");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be printed.
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  });
});

it.each([
  ["logs denials", "there are no logs to read"],
  ["logs --since 2h --rotation", "--rotation sets the period"],
  ["logs --since 2h --offline", "--offline forbids"],
])("%s is refused", async (line, told) => {
  const { stderr, exitCode } = await (await probedSite()).run(line);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(told);
});
