/** The sandbox's edge logs what it did: checked with `keyturn logs` and the account's trust, in v1 and in JSON. */
import { describe, expect, it } from "vitest";
import { apiHandler } from "../../../src/sandbox/sandbox.ts";
import { askLogs, idsOf, logFile, rowsOf } from "../../logs/asked-logs.ts";
import { gz } from "../../logs/lines.ts";
import { type DemoSite, demoSite } from "../demo-site.ts";

const FILE = "/media/film.txt";

async function withTraffic(): Promise<{ site: DemoSite; cookie: string }> {
  const site = await demoSite();
  const cookie = await site.mint(await site.login());
  await site.ask("GET", FILE, { cookie });
  await site.ask("HEAD", FILE, { cookie });
  return { site, cookie };
}

function asked(site: DemoSite, ...argv: string[]) {
  const options = {
    cloud: apiHandler(site),
    clock: site.clock,
    files: { "keyturn.yaml": site.gateYaml },
    env: { AWS_REGION: "us-east-1" },
  };
  return askLogs([...argv, logFile(gz(site.accessLog.v1()), "gz"), "--gate", "demo"], options);
}
const told = (answered: Awaited<ReturnType<typeof asked>>) =>
  rowsOf(answered, "denials").map(({ answered_by, wire_code, reason, requests }) => [
    answered_by,
    wire_code,
    reason,
    requests,
  ]);

describe("the access log of the sandbox", () => {
  it("has a line for every request, and only real denials", async () => {
    const { site } = await withTraffic();
    const all = await asked(site);
    expect(all.result.read).toMatchObject({ lines: site.history.total, damaged: 0 });
    expect(all.result.trust.asked).toBe(true);
    expect(rowsOf(all, "denials")).toEqual([]);
    expect(rowsOf(all, "ungated")).toEqual([]);
    expect(idsOf(all)).toEqual([]);
  });

  it("lets keyturn find the actual reasons with the account's keys", async () => {
    const { site, cookie } = await withTraffic();
    await site.ask("GET", FILE);
    await site.ask("GET", FILE, { cookie: cookie.replace(/Key-Pair-Id=\w+/, "Key-Pair-Id=KZZZZZZZZZZZZZ") });
    await site.ask("HEAD", FILE, { cookie: cookie.replace(/(Signature=.{20})./, "$1!") });
    await site.clock.advance(site.settings.cookieTtl + 5);
    await site.ask("GET", FILE, { cookie });
    expect(told(await asked(site, "denials"))).toEqual([
      ["edge-signature", "AccessDenied", "expired", 1],
      ["edge-signature", "InvalidKey", "key-not-trusted", 1],
      ["edge-signature", "MalformedSignature", "signature-undecodable", 1],
      ["edge-signature", "MissingKey", "key-pair-id-missing", 1],
    ]);
  });

  it.each([
    ["waf-block", "edge-waf"],
    ["geo-block", "edge-geo"],
    ["api-gateway-403", "origin"],
  ])("attributes the denial under %s to %s", async (fault, who) => {
    const { site, cookie } = await withTraffic();
    site.switches.edge.turn(fault as never, true);
    await site.clock.advance(60);
    const fresh = fault === "api-gateway-403" ? await site.mint(await site.login()) : cookie;
    await site.ask("GET", FILE, { cookie: fresh });
    expect(told(await asked(site, "denials"))).toEqual([[who, null, null, 1]]);
  });

  it("shows an open route if the edge no longer trusts a key", async () => {
    const { site } = await withTraffic();
    site.switches.edge.turn("behavior-unprotected" as never, true);
    await site.clock.advance(60);
    await site.ask("GET", FILE);
    const open = await asked(site, "ungated");
    expect(rowsOf(open, "ungated")).toMatchObject([{ path: FILE, requests: 1 }]);
    expect(idsOf(open)).toEqual(["unsigned-allowed"]);
  });

  it("shows a denial behind an error page with status 200, found by its credential", async () => {
    const { site, cookie } = await withTraffic();
    site.switches.edge.turn("error-page-200" as never, true);
    await site.clock.advance(60);
    await site.ask("GET", FILE, { cookie });
    const masked = await asked(site, "denials");
    expect(told(masked)).toEqual([["edge-signature", null, "expired", 1]]);
    expect(idsOf(masked)).toEqual(["denial-masked"]);
  });

  it("has the same content as v1 and as JSON, neither sorted by time", async () => {
    const { site, cookie } = await withTraffic();
    for (let at = 0; at < 40; at += 1) {
      await site.clock.advance(1);
      await site.ask("GET", FILE, at % 3 === 0 ? {} : { cookie });
    }
    const json = await askLogs([logFile(site.accessLog.json()), "--protected", "/media/*", "--show-clients"]);
    const v1 = await askLogs([logFile(gz(site.accessLog.v1())), "--protected", "/media/*", "--show-clients"]);
    expect(json.result.questions).toEqual(v1.result.questions);
    expect(json.result.read.lines).toBe(site.history.total);
    const times = site.accessLog
      .v1()
      .split("\n")
      .slice(2, -1)
      .map((line) => line.split("\t").slice(0, 2).join(" "));
    expect(times).not.toEqual(times.toSorted());
  });
});
