/** The reference client: it distinguishes edge from application, remints once, and reports when it gives up. */
import { describe, expect, test } from "vitest";
import { type EdgeDenial, ReferenceViewer } from "../../../src/sandbox/viewer/reference-viewer.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { type DemoSite, demoSite } from "../demo-site.ts";

function viewerOf(site: DemoSite, more: { username?: string; renewAhead?: number } = {}) {
  const denials: EdgeDenial[] = [];
  const { username = "ada", renewAhead } = more;
  const viewer = new ReferenceViewer({
    clock: site.clock,
    random: seededRandom(3),
    send: site.viewer.send,
    site: site.addresses.site,
    username,
    password: `${username}-in-the-sandbox`,
    onDenied: (denial) => denials.push(denial),
    ...(renewAhead !== undefined && { renewAhead }),
  });
  return { viewer, denials };
}

/** A viewer that is logged in and has cookies. */
async function ready(site: DemoSite, more?: Parameters<typeof viewerOf>[1]) {
  const made = viewerOf(site, more);
  expect(await made.viewer.login()).toMatchObject({ kind: "ok" });
  expect(await made.viewer.mint()).toMatchObject({ kind: "ok" });
  return made;
}

describe("a call", () => {
  test("with cookies goes through without another mint", async () => {
    const site = await demoSite();
    const { viewer, denials } = await ready(site);
    expect(await viewer.call("/api/reports")).toEqual({ kind: "ok", status: 200 });
    expect(viewer.counts).toEqual({ requests: 3, mints: 1, remints: 0, gaveUp: 0 });
    expect(denials).toEqual([]);
  });

  test("after the cookies expire, remints once, after a pause of at most two seconds, and succeeds", async () => {
    const site = await demoSite();
    const { viewer, denials } = await ready(site);
    await site.clock.advance(31);
    const before = site.clock.now();
    expect(await site.clock.run(viewer.call("/api/reports"))).toEqual({ kind: "ok", status: 200 });
    expect(viewer.counts).toMatchObject({ mints: 2, remints: 1, gaveUp: 0 });
    expect(denials).toEqual([
      expect.objectContaining({ code: "MissingKey", path: "/api/reports", cookiesEnd: before - 1 }),
    ]);
    const pause = site.clock.now() - before;
    expect(pause).toBeGreaterThan(0);
    expect(pause).toBeLessThan(2);
  });

  test("renews early if configured, and is never denied", async () => {
    const site = await demoSite();
    const { viewer, denials } = await ready(site, { renewAhead: 6 });
    for (const wait of [23, 1, 24, 29]) {
      await site.clock.advance(wait);
      expect(await viewer.call("/media/film.txt")).toEqual({ kind: "ok", status: 200 });
    }
    expect(viewer.counts).toMatchObject({ mints: 4, remints: 0 });
    expect(denials).toEqual([]);
  });

  test("gives up after one remint that did not help, without a loop", async () => {
    const site = await demoSite();
    const { viewer, denials } = await ready(site);
    site.switches.application.turn("mint-other-host", true);
    await site.clock.advance(31);
    const calls = site.history.total;
    expect(await site.clock.run(viewer.call("/api/reports"))).toEqual({
      kind: "edge-denied",
      code: "AccessDenied",
    });
    expect(viewer.counts).toMatchObject({ remints: 1, gaveUp: 1 });
    expect(denials.map(({ code }) => code)).toEqual(["MissingKey", "AccessDenied"]);
    expect(site.history.total - calls).toBe(3);
  });

  test("does not remint for the application's own 401 and 403, where new cookies would not help", async () => {
    const site = await demoSite();
    const { viewer } = await ready(site, { username: "guest" });
    expect(await viewer.call("/api/reports")).toEqual({ kind: "forbidden" });
    const stranger = viewerOf(site).viewer;
    const minted = await ready(site);
    expect(await stranger.mint()).toEqual({ kind: "unauthenticated" });
    expect(viewer.counts.remints + minted.viewer.counts.remints).toBe(0);
  });

  test.each([
    ["mint-secret-denied", { kind: "mint-failed", status: 503 }],
    ["mint-rate-limited", { kind: "rate-limited" }],
  ] as const)("tells %s from an edge denial: the login works, minting does not", async (fault, end) => {
    const site = await demoSite();
    const { viewer } = await ready(site);
    site.switches.application.turn(fault, true);
    await site.clock.advance(31);
    expect(await site.clock.run(viewer.call("/api/reports"))).toEqual(end);
    expect(viewer.counts).toMatchObject({ remints: 1, gaveUp: 1 });
  });

  test.each(["waf-block", "s3-403", "load-balancer-403", "edge-function-403"] as const)(
    "does not mistake %s for an edge denial, and does not remint",
    async (fault) => {
      const site = await demoSite();
      const { viewer } = await ready(site);
      site.switches.edge.turn(fault, true);
      expect(await viewer.call("/api/reports")).toEqual({ kind: "other", status: 403 });
      expect(viewer.counts.remints).toBe(0);
    },
  );
});

test("logout leaves no signing cookie in the jar, unless the application forgets one", async () => {
  const site = await demoSite();
  const { viewer } = await ready(site);
  expect(viewer.jar.names(site.clock.now())).toHaveLength(4);
  await viewer.logout();
  expect(viewer.jar.names(site.clock.now())).toEqual([]);

  const forgetful = await ready(site);
  site.switches.application.turn("logout-forgets-signature", true);
  await forgetful.viewer.logout();
  expect(forgetful.viewer.jar.names(site.clock.now())).toEqual(["CloudFront-Signature"]);
});
