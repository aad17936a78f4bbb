/** What `keyturn logs` counts in the edge's access log, compared with what the edge counted itself. */
import { expect, it } from "vitest";
import { loggedCounts } from "../../../src/sandbox/rehearsal/logged.ts";
import { memoryWorld } from "../../fakes/memory-world.ts";
import { type DemoSite, demoSite } from "../demo-site.ts";

const FILE = "/media/film.txt";

/**
 * Sends viewers who get in, viewers without cookies, with somebody else's and with expired ones, and a request for a
 * public page.
 */
async function traffic(site: DemoSite): Promise<void> {
  const cookie = await site.mint(await site.login());
  for (let at = 0; at < 12; at += 1) {
    await site.ask("GET", FILE, { cookie });
    await site.clock.advance(1);
  }
  await site.ask("GET", FILE);
  await site.ask("GET", FILE, { cookie: cookie.replace(/Key-Pair-Id=\w+/, "Key-Pair-Id=KZZZZZZZZZZZZZ") });
  await site.ask("GET", "/public/status");
  await site.clock.advance(site.settings.cookieTtl + 5);
  await site.ask("HEAD", FILE, { cookie });
}

it("logs and edge agree on requests and signature denials, and that nobody got in without a credential", async () => {
  const site = await demoSite();
  await traffic(site);
  expect(await loggedCounts(site, memoryWorld())).toEqual({
    requests: { edge: site.history.total, logs: site.history.total },
    deniedBySignature: { edge: 3, logs: 3 },
    ungated: 0,
  });
});

it("logs and edge differ by exactly the lines missing from the log, and an open gate is named", async () => {
  const site = await demoSite();
  await traffic(site);
  site.switches.edge.turn("behavior-unprotected", true);
  await site.clock.advance(60);
  await site.ask("GET", FILE);
  const { total, deniedBySignature } = site.history;
  const history = { total: total + 2, deniedBySignature } as typeof site.history;
  expect(await loggedCounts({ accessLog: site.accessLog, history }, memoryWorld())).toMatchObject({
    requests: { edge: total + 2, logs: total },
    ungated: 1,
  });
});

it("nothing is compared if lines were dropped", async () => {
  const site = await demoSite();
  const accessLog = { isWhole: false } as typeof site.accessLog;
  expect(await loggedCounts({ accessLog, history: site.history }, memoryWorld())).toBeUndefined();
});
