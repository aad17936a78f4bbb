/** What `keyturn logs` counts in the edge's access log, beside what the edge counted itself: they agree. */
import { expect, it } from "vitest";
import { loggedCounts } from "../../../src/sandbox/rehearsal/logged.ts";
import { memoryWorld } from "../../fakes/memory-world.ts";
import { type DemoSite, demoSite } from "../demo-site.ts";

const FILE = "/media/film.txt";

/** Viewers who get in, who come without cookies, with somebody else's, and with expired ones; and a public page. */
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

it("agree on requests, denials by the signature check, and that nobody got in without a credential", async () => {
  const site = await demoSite();
  await traffic(site);
  expect(await loggedCounts(site, memoryWorld())).toEqual({
    requests: { edge: site.capture.total, logs: site.capture.total },
    deniedBySignature: { edge: 3, logs: 3 },
    ungated: 0,
  });
});

it("disagree by as many lines as the log lacks, and name a gate that is open", async () => {
  const site = await demoSite();
  await traffic(site);
  site.switches.edge.turn("behavior-unprotected", true);
  await site.clock.advance(60);
  await site.ask("GET", FILE);
  const { total, deniedBySignature } = site.capture;
  const capture = { total: total + 2, deniedBySignature } as typeof site.capture;
  expect(await loggedCounts({ accessLog: site.accessLog, capture }, memoryWorld())).toMatchObject({
    requests: { edge: total + 2, logs: total },
    ungated: 1,
  });
});

it("nothing is compared where lines were dropped", async () => {
  const site = await demoSite();
  const accessLog = { isWhole: false } as typeof site.accessLog;
  expect(await loggedCounts({ accessLog, capture: site.capture }, memoryWorld())).toBeUndefined();
});
