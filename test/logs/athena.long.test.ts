/** `keyturn logs --engine athena` and `--ddl --yes` with the sandbox's Athena, through AWS's own client. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLogWorkspace } from "../../src/adapters/logs/log-workspace.ts";
import { InterruptError } from "../../src/errors.ts";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { logFile } from "./asked-logs.ts";
import { logCookies, v2Delivery } from "./delivered-site.ts";
import { gz, jsonText, type LoggedRequest, v1Text, W3C_FIELDS, w3cText } from "./lines.ts";
import { parquetFile } from "./parquet.ts";
import { PATTERNS, PLANTED_EVENTS, T0, withPlanted } from "./planted.ts";

const EVENTS = withPlanted(...PLANTED_EVENTS);
const text = (at: number) => new Date(at * 1000).toISOString();
const PERIOD = `--from ${text(T0)} --to ${text(T0 + 3 * 3600)}`;
const FLAGS = `--gate demo --show-clients ${PATTERNS.join(" ")}`;
const HOURS = "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}";

const athenaSite = () =>
  probedSite({
    site: {
      account: { logs: { workspace: (asked) => openLogWorkspace(asked, new AbortController().signal) } },
    },
  });
async function asked(site: ProbedSite, line: string) {
  const { stdout, stderr, exitCode } = await site.run(`logs ${line} --json`);
  return { ...JSON.parse(stdout), stderr, exitCode };
}
const hourOf = (at: number) => text(at).slice(0, 13).replace("T", "-");

/** Stores objects as each format does, and describes the delivery in the account. */
const FORMS = {
  async v1(site: ProbedSite, events: readonly LoggedRequest[]) {
    for (const hour of new Set(events.map(({ at }) => hourOf(at)))) {
      const own = events.filter(({ at }) => hourOf(at) === hour);
      const key = `${site.site.ids.distributionId}.${hour}.0a1b2c3d.gz`;
      site.site.account.logStore.put("demo-logs", key, gz(v1Text(own)), T0);
    }
  },
  async json(site: ProbedSite, events: readonly LoggedRequest[]) {
    await logCookies(site, { v1: false });
    v2Delivery(site, { fields: ["cs(Cookie)"], suffixPath: HOURS });
    put(
      site,
      events,
      (id, [yyyy, MM, dd, HH]) => `111122223333/CloudFront/${id}/${yyyy}/${MM}/${dd}/${HH}`,
      (own) => gz(jsonText(own)),
    );
  },
  async w3c(site: ProbedSite, events: readonly LoggedRequest[]) {
    await logCookies(site, { v1: false });
    v2Delivery(site, { fields: W3C_FIELDS, suffixPath: HOURS, format: "w3c" });
    put(
      site,
      events,
      (id, [yyyy, MM, dd, HH]) => `111122223333/CloudFront/${id}/${yyyy}/${MM}/${dd}/${HH}`,
      (own) => gz(w3cText(own)),
    );
  },
  async parquet(site: ProbedSite, events: readonly LoggedRequest[]) {
    await logCookies(site, { v1: false });
    v2Delivery(site, { fields: ["cs(Cookie)"], suffixPath: HOURS, isHiveStyle: true, format: "parquet" });
    const all = readFileSync(await parquetFile(jsonText(events)));
    put(
      site,
      events.slice(0, 1),
      (id, [yyyy, MM, dd, HH]) =>
        `aws-account-id=111122223333/CloudFront/DistributionId=${id}/year=${yyyy}/month=${MM}/day=${dd}/hour=${HH}`,
      () => all,
    );
  },
};

function put(
  { site }: ProbedSite,
  events: readonly LoggedRequest[],
  folder: (id: string, parts: string[]) => string,
  body: (events: readonly LoggedRequest[]) => Uint8Array,
): void {
  const id = site.ids.distributionId;
  for (const hour of new Set(events.map(({ at }) => hourOf(at)))) {
    const own = events.filter(({ at }) => hourOf(at) === hour);
    const key = `cdn/AWSLogs/${folder(id, hour.split("-"))}/${id}.${hour}.0a1b2c3d`;
    site.account.logStore.put("demo-logs-v2", key, body(own), T0);
  }
}

describe.each(["v1", "json", "w3c", "parquet"] as const)("keyturn logs on %s", (form) => {
  it("creates database, table and view with --ddl --yes, and answers as from files", async () => {
    const site = await athenaSite();
    await FORMS[form](site, EVENTS);
    const made = await asked(site, "--ddl --gate demo --yes");
    expect({ exitCode: made.exitCode, names: Object.keys(made.result.texts) }).toEqual({
      exitCode: 0,
      names: ["cost", "database", "table", "view"],
    });
    expect(made.stderr).toContain("creating database keyturn_demo");
    const told = await asked(site, `--engine athena ${PERIOD} ${FLAGS}`);
    const files = await asked(site, `${logFile(gz(v1Text(EVENTS)), "gz")} ${FLAGS}`);
    expect(told.result.questions).toEqual(files.result.questions);
    expect(told.findings).toEqual(files.findings);
    const { scanned, lines } = told.result.read;
    expect(lines).toBe(EVENTS.length);
    expect(scanned.bytes).toBeGreaterThan(0);
    expect(scanned.dollars).toBeCloseTo((scanned.queries * 1e7 * 5) / 1e12, 9);
    const { stdout } = await site.run(`logs who --engine athena ${PERIOD} ${FLAGS}`);
    expect(stdout).toMatch(/Athena read .* in \d+ queries: about 0\.\d+ USD/);
    const { id } = EVENTS.find(({ path }) => path === "/api/admin") as LoggedRequest;
    const one = await asked(site, `request ${id} --engine athena ${PERIOD} ${FLAGS}`);
    expect(one.result.questions.request.rows).toMatchObject([{ request_id: id, answered_by: "origin" }]);
  });
});

describe("keyturn logs --engine athena", () => {
  it("reads only the folders of the requested days", async () => {
    const site = await athenaSite();
    await FORMS.json(site, EVENTS);
    await site.run("logs --ddl --gate demo --yes");
    await asked(site, `denials --engine athena ${PERIOD} --gate demo`);
    const { sql = "" } = site.site.account.athena.queries.at(-1) ?? {};
    expect(sql).toContain(`"year" = '2026' AND "month" = '11' AND "day" IN ('27', '28', '29')`);
  });

  it("opens only the requested hours of v1's single folder, and says what increases the cost", async () => {
    const site = await athenaSite();
    await FORMS.v1(site, EVENTS);
    const distant = { ...(EVENTS[0] as LoggedRequest), at: T0 - 9 * 3600 };
    await FORMS.v1(site, [distant, { ...distant, at: T0 + 9 * 3600 }]);
    const made = await site.run("logs --ddl --gate demo --yes");
    expect(made.stdout.replace(/\n-- /g, " ")).toContain(
      "no partitions: your own queries of the view logs read all of it",
    );
    const told = await asked(site, `denials --engine athena ${PERIOD} --gate demo`);
    const { sql = "" } = site.site.account.athena.queries.at(-1) ?? {};
    const start = `s3://demo-logs/${site.site.ids.distributionId}.2026-11-28-`;
    expect(sql).toContain(`("$path" >= '${start}08' AND "$path" < '${start}14.~')`);
    const whole = await asked(site, "denials --engine athena --gate demo");
    const objects = site.site.account.logStore.objects("demo-logs") ?? [];
    const bytes = objects.map(({ body }) => body.length);
    const all = bytes.reduce((sum, each) => sum + each, 0);
    expect(whole.result.read).toMatchObject({ lines: EVENTS.length + 2 });
    expect(whole.result.read.scanned.bytes).toBe(whole.result.read.scanned.queries * all);
    const outside = (bytes[0] ?? 0) + (bytes.at(-1) ?? 0);
    expect(told.result.read).toMatchObject({ lines: EVENTS.length });
    expect(told.result.read.scanned.bytes).toBe(told.result.read.scanned.queries * (all - outside));
  });

  it("refuses w3c without field names, and says how to give them", async () => {
    const site = await athenaSite();
    await logCookies(site, { v1: false });
    v2Delivery(site, { suffixPath: HOURS, format: "w3c" });
    const { stderr, exitCode } = await site.run("logs --ddl --gate demo");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--fields 'date,time,...'");
    const given = await site.run(`logs --ddl --gate demo --fields ${W3C_FIELDS.join(",")}`);
    expect([given.exitCode, given.stdout]).toEqual([0, expect.stringContaining("`cs_cookie` string")]);
  });

  it("reads all pages of many rows", async () => {
    const site = await athenaSite();
    const many = Array.from({ length: 2300 }, (_, at) => ({
      ...(EVENTS[0] as LoggedRequest),
      at: T0 + at,
      status: 200,
      path: `/api/open/${at}`,
      cookie: "sid=1",
    }));
    await FORMS.v1(site, many);
    await site.run("logs --ddl --gate demo --yes");
    const told = await asked(site, `ungated --engine athena ${PERIOD} ${FLAGS}`);
    const files = await asked(site, `ungated ${logFile(gz(v1Text(many)), "gz")} ${FLAGS}`);
    expect(told.result.questions).toEqual(files.result.questions);
  });

  it("stops the query in Athena when interrupted, and exits with 130", async () => {
    const site = await athenaSite();
    await FORMS.v1(site, EVENTS);
    await site.run("logs --ddl --gate demo --yes");
    site.site.account.athena.slowness = 600;
    site.site.account.faults.onCall(({ on, operation, moment }) => {
      if (on === "athena" && operation === "GetQueryExecution" && moment === "after")
        site.world.interruptNow(new InterruptError("SIGINT"));
    });
    const { exitCode } = await site.run(`logs denials --engine athena ${PERIOD} --gate demo`);
    expect(exitCode).toBe(130);
    expect(site.site.account.athena.queries.at(-1)?.state).toBe("CANCELLED");
  });

  it("reports a missing table, with the command that creates it", async () => {
    const { stderr, exitCode } = await (await athenaSite()).run(
      "logs who --engine athena --since 1d --gate demo",
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain("Athena ended the query");
    expect(stderr).toContain("keyturn logs --ddl --yes");
  });

  it.each(["StartQueryExecution", "GetQueryExecution", "GetQueryResults"])(
    "names the permission if %s is denied, and exits with 4",
    async (operation) => {
      const site = await athenaSite();
      await FORMS.v1(site, EVENTS);
      await site.run("logs --ddl --gate demo --yes");
      site.site.account.faults.order({
        on: "athena",
        operation,
        kind: "access-denied",
        times: Number.POSITIVE_INFINITY,
      });
      const { stderr, exitCode } = await site.run(`logs who --engine athena ${PERIOD} --gate demo`);
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`athena:${operation}`);
      const policy = await site.run("iam --role log-reader --gate demo");
      expect(policy.stdout).toContain(`athena:${operation}`);
    },
  );

  it("prints hostile lines without control sequences", async () => {
    const site = await athenaSite();
    const hostile = {
      ...(EVENTS[0] as LoggedRequest),
      at: T0,
      status: 200,
      path: "/api/\u001b]0;owned\u0007=cmd|' /C calc'!A0",
      cookie: "sid=very-secret",
    };
    await FORMS.json(site, [hostile]);
    await site.run("logs --ddl --gate demo --yes");
    const { stdout, stderr } = await site.run(`logs --engine athena ${PERIOD} ${FLAGS}`);
    expect(stdout).toContain("/api/");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be printed.
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(stdout + stderr).not.toContain("very-secret");
  });

  it("accepts no files", async () => {
    const { stderr, exitCode } = await (await athenaSite()).run("logs denials a.gz --engine athena");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Athena reads its table");
  });
});
