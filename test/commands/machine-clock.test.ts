/** Commands report this machine's wrong clock, by any response with a Date. */
import { describe, expect, it } from "vitest";
import { httpDate } from "../fakes/http-date.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { OddClock } from "../fakes/odd-clock.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const COOKIE = { name: "Cookie", value: "CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F" };
const NOW = 1_800_000_000;

/** A machine whose clock is that many seconds ahead. */
async function machine(ahead: number) {
  const world: SiteWorld = await siteWorld();
  const clock = new OddClock(world.clock, (now) => now + ahead);
  const files = {
    "keyturn.yaml": world.site.gateYaml,
    "login.txt": "ada\nada-in-the-sandbox\n",
  };
  const operator = world.operator({ clock, files });
  const run = (line: string) => runCommand(words(line), operator);
  return { ...world, run };
}

const OFF = [
  [40, /clock is (39|40|41)s ahead of/],
  [-40, /clock is (39|40|41)s behind/],
] as const;

describe("this machine's clock", () => {
  it.each(OFF)("is reported by rotate once, and in its JSON, if %i s ahead", async (ahead, says) => {
    const { run } = await machine(ahead);
    const started = await run("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-trusted");
    expect(started.stderr.match(/this machine's clock/g)).toHaveLength(2);
    expect(started.stderr).toMatch(says);
    const status = await run("rotate status --gate demo --json");
    expect(status.stderr.match(/this machine's clock/g)).toHaveLength(1);
    expect(Math.abs(JSON.parse(status.stdout).result.clockAhead - ahead)).toBeLessThanOrEqual(1);
  });

  it.each(OFF)("is reported by mint, from the secret's response, if %i s ahead", async (ahead, says) => {
    const { run, site } = await machine(ahead);
    const minted = await run(`mint ${site.addresses.site}/media/film.txt --gate demo`);
    expect(minted.exitCode, minted.stderr).toBe(0);
    expect(minted.stderr.replaceAll(/\s+/g, " ")).toMatch(says);
  });

  it.each(OFF)(
    "is reported by mint --via-endpoint, from the endpoint's response, if %i s ahead",
    async (ahead, says) => {
      const { run, site } = await machine(ahead);
      const line = `mint ${site.addresses.site}/media/film.txt --gate demo --via-endpoint --credentials login.txt`;
      const minted = await run(line);
      expect(minted.exitCode, minted.stderr).toBe(0);
      expect(minted.stderr.replaceAll(/\s+/g, " ")).toMatch(says);
    },
  );

  it.each(OFF)("is reported by probe, from the edge's own denials, if %i s ahead", async (ahead, says) => {
    const { run } = await machine(ahead);
    const probed = await run("probe --gate demo --json");
    const findings: { id: string; message: string }[] = JSON.parse(probed.stdout).findings;
    const [found] = findings.filter(({ id }) => id === "machine-clock-off");
    expect(found?.message).toMatch(says);
  });

  it("is not reported if it is right within 5 s", async () => {
    const { run, site } = await machine(4);
    const lines = [
      "rotate plan --gate demo",
      `mint ${site.addresses.site}/media/film.txt --gate demo`,
      "probe --gate demo",
    ];
    for (const line of lines) {
      const { stdout, stderr } = await run(line);
      expect(stdout + stderr, line).not.toContain("machine's clock");
    }
  });
});

describe("inspect, from the Date of a pasted response", () => {
  const answer = (at: number) =>
    `HTTP/2 403\r\nserver: CloudFront\r\ndate: ${httpDate(at)}\r\ncontent-type: text/xml\r\nx-cache: Error from cloudfront\r\n\r\n<?xml version="1.0"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>`;
  it.each([
    [-1000, undefined],
    [-60, "the response was pasted late, or this machine's clock is 1m ahead of the edge's"],
    [-5, undefined],
    [5, undefined],
    [6, "this machine's clock is 6s behind the edge's"],
    [1000, "this machine's clock is 16m 40s behind the edge's"],
  ])("that is %i s from now, reports %s", async (from, says) => {
    const world = memoryWorld({ now: NOW, files: { "answer.txt": answer(NOW + from) } });
    const { stdout } = await runCommand(words("inspect --response answer.txt --json"), world);
    const findings: { id: string; message: string; severity: string }[] = JSON.parse(stdout).findings;
    const found = findings.filter(({ id }) => id === "machine-clock-off");
    expect(found.map(({ message }) => message.split(":")[0])).toEqual(says === undefined ? [] : [says]);
    expect(found.every(({ severity }) => severity === "note")).toBe(true);
  });

  it.each([
    [0, undefined],
    [-90, "this machine's clock is 1m 30s ahead of the edge's"],
    [90, "this machine's clock is 1m 30s behind the edge's"],
  ])("in a HAR that is %i s from the time of its request, reports %s", async (from, says) => {
    const entry = {
      startedDateTime: new Date((NOW - 86_400) * 1000).toISOString(),
      request: { method: "GET", url: "https://media.example.com/a.txt", headers: [COOKIE], cookies: [] },
      response: {
        status: 403,
        headers: [
          { name: "date", value: httpDate(NOW - 86_400 + from) },
          { name: "server", value: "CloudFront" },
        ],
        content: {},
      },
    };
    const har = JSON.stringify({
      log: { version: "1.2", creator: { name: "x", version: "1" }, entries: [entry] },
    });
    const world = memoryWorld({ now: NOW, files: { "one.har": har } });
    const { stdout } = await runCommand(words("inspect one.har --json"), world);
    const findings: { id: string; message: string }[] = JSON.parse(stdout).findings;
    const found = findings.filter(({ id }) => id === "machine-clock-off");
    expect(found.map(({ message }) => message.split(":")[0])).toEqual(says === undefined ? [] : [says]);
  });
});
