/**
 * The sandbox's delivery of access logs with faults: late, missing and disordered lines, and how `keyturn logs` handles
 * them.
 */
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LOG_FAULTS, type LogFaultId } from "../../src/sandbox/logs/delivery-faults.ts";
import { type ProbedSite, probedSite, turnOn } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";
import { logFile } from "./asked-logs.ts";

const REQUESTS = 90;

/** A request per minute, every third one denied, over at least two hours of logs. */
async function visited(fault?: LogFaultId): Promise<ProbedSite> {
  const site = await probedSite();
  if (fault !== undefined) turnOn(site.site, fault);
  await visit(site);
  return site;
}
async function visit({ world }: ProbedSite, count = REQUESTS): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const path = at % 3 === 0 ? "/api/reports" : "/public/status";
    await world.viewer.send({ method: "GET", url: `${SITE}${path}`, headers: [] });
    await world.clock.advance(60);
  }
}

async function asked(site: ProbedSite, where = "--since 1d") {
  const { stdout } = await site.run(`logs ${where} --gate demo --show-clients --bucket hour --json`);
  const { result, findings } = JSON.parse(stdout);
  return { lines: result.read.lines as number, questions: result.questions, findings };
}
/** The answers from the edge's own log, whatever was delivered. */
const ofTheEdge = (site: ProbedSite) => asked(site, logFile(site.site.accessLog.v1()));
const answersOf = ({ questions, findings }: Awaited<ReturnType<typeof asked>>) => ({ questions, findings });

const filesOf = ({ site }: ProbedSite) =>
  (site.account.logStore.objects("demo-logs") ?? []).map(({ key, body }) => ({
    hour: /\.(\d{4}-\d\d-\d\d-\d\d)\./.exec(key)?.[1],
    times: gunzipSync(body)
      .toString()
      .split("\n")
      .slice(2, -1)
      .map((line) => line.split("\t").slice(0, 2).join(" ")),
  }));
const hourOf = (time: string) => time.slice(0, 13).replace(" ", "-");

it("without a fault, every line is delivered at once, in the file of its hour", async () => {
  const site = await visited();
  expect((await asked(site)).lines).toBe(REQUESTS);
  const files = filesOf(site);
  expect(files.length).toBeGreaterThan(1);
  for (const { hour, times } of files) expect(times.map(hourOf)).toEqual(times.map(() => hour));
});

describe("with logs-late,", () => {
  it("a third of the lines is missing for a minute, then arrives in separate files, and is read", async () => {
    const site = await visited();
    turnOn(site.site, "logs-late");
    await site.world.clock.advance(3600);
    const before = (await asked(site)).lines;
    const started = site.world.clock.now();
    for (let at = 0; at < REQUESTS; at += 1)
      await site.world.viewer.send({ method: "GET", url: `${SITE}/public/status`, headers: [] });
    await site.world.clock.advance(1);
    const early = (await asked(site)).lines - before;
    expect(early).toBeGreaterThan(REQUESTS * 0.45);
    expect(early).toBeLessThan(REQUESTS * 0.85);
    await site.world.clock.advance(started + 59 - site.world.clock.now());
    expect((await asked(site)).lines - before).toBe(early);
    await site.world.clock.advance(2);
    const whole = await asked(site);
    expect(whole.lines).toBe(before + REQUESTS);
    expect(answersOf(whole)).toEqual(answersOf(await ofTheEdge(site)));
  });
});

describe("with logs-missing,", () => {
  it("a tenth of the lines never arrives, but all lines after the fault is off do", async () => {
    const site = await visited("logs-missing");
    const { lines } = await asked(site);
    expect(lines).toBeLessThan(REQUESTS);
    expect(lines).toBeGreaterThan(REQUESTS * 0.75);
    await site.world.clock.advance(20 * 3600);
    expect((await asked(site)).lines).toBe(lines);
    site.site.switches.logs.clear();
    await visit(site, 20);
    expect((await asked(site, "--since 2d")).lines).toBe(lines + 20);
  });
});

describe("with logs-disordered,", () => {
  it("the answers are the same as from the edge's own log, even if a line is in the previous hour's file", async () => {
    const site = await visited("logs-disordered");
    const told = await asked(site);
    expect(told.lines).toBe(REQUESTS);
    expect(answersOf(told)).toEqual(answersOf(await ofTheEdge(site)));
    const files = filesOf(site);
    const strays = files.flatMap(({ hour, times }) => times.filter((time) => hourOf(time) !== hour));
    expect(strays.length).toBeGreaterThan(0);
    expect(strays.length).toBeLessThan(REQUESTS * 0.3);
    for (const { times } of files.filter(({ times: all }) => all.length > 9)) {
      expect(times).not.toEqual(times.toSorted());
      expect(times).not.toEqual(times.toSorted().toReversed());
    }
  });

  it("a period includes its lines in the previous hour's file", async () => {
    const site = await visited("logs-disordered");
    const second = Math.ceil((site.world.clock.now() - REQUESTS * 60) / 3600) * 3600;
    const text = (at: number) => new Date(at * 1000).toISOString();
    const period = `--from ${text(second)} --to ${text(second + 3600)}`;
    const told = await asked(site, period);
    const own = await asked(site, `${logFile(site.site.accessLog.v1())} ${period}`);
    expect(told.lines).toBe(own.lines);
    expect(answersOf(told)).toEqual(answersOf(own));
  });
});

it("each fault has a switch, under a heading of its own", async () => {
  const { labels } = (await probedSite()).site.switches.logs;
  expect([...labels.keys()]).toEqual(["logs-late", "logs-missing", "logs-disordered"]);
  expect(new Set([...labels.values()].map(({ group }) => group))).toEqual(new Set(["Access logs in S3"]));
  expect(Object.keys(LOG_FAULTS)).toEqual([...labels.keys()]);
});
