/**
 * The sandbox's page in a real browser: healthy, halted, compromised, and with faults on, in both color schemes, on a
 * laptop and on a phone. axe-core finds nothing, the first screen shows what matters, and nothing scrolls inside a
 * table. `KEYTURN_PAGES=folder` keeps screenshots of it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO } from "../../../src/sandbox/demo-gate.ts";
import { apiHandler } from "../../../src/sandbox/sandbox.ts";
import { needs } from "../../fakes/needs.ts";
import { addKey, type ProbedSite, probedSite, trustOnly, turnOn } from "../../probe/fault-site.ts";
import { SITE } from "../../probe/site-viewer.ts";
import { accessibility, launchBrowser } from "../../report/html/judge-page.ts";

const kept = process.env.KEYTURN_PAGES;

/** What the page should say first, and how to reach that state. */
const STATES: Readonly<
  Record<string, { readonly says: RegExp; readonly reach: (site: ProbedSite) => Promise<void> }>
> = {
  healthy: {
    says: /^✓ Healthy/,
    async reach({ run, world }) {
      await run("rotate start --yes --wait");
      await world.clock.advance(5);
    },
  },
  "on course": {
    says: /^✓ Healthy\. The rotation is on course/,
    async reach({ run }) {
      await run("rotate start --yes --wait --until signer-switched");
    },
  },
  halted: {
    says: /^✗ The rotation halted/,
    // Somebody else rotates by hand; only people can know whose key it is.
    async reach(probed) {
      const { run, site, world } = probed;
      await run("rotate start --yes --wait --until key-trusted");
      const keyPairId = addKey(probed, "other.pem");
      const { items } = site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config;
      await trustOnly(probed, ...items, keyPairId);
      const privateKey = world.files.text("other.pem");
      site.account.secrets.put(DEMO.secret, JSON.stringify({ privateKey, keyPairId }));
      await run("rotate resume --yes");
    },
  },
  compromised: {
    says: /^! The rotation is on course, mode compromised/,
    async reach({ run }) {
      await run("rotate start --yes --wait --until signer-switched --compromised --yes-cut-off-viewers");
    },
  },
  "faults on": {
    says: /^✗ In the last minute/,
    async reach({ site, world }) {
      for (const id of ["waf-block", "cookie-not-secure", "logs-late"]) turnOn(site, id);
      site.account.faults.order({
        on: "cloudfront",
        operation: "UpdateKeyGroup",
        kind: "throttle",
        times: 2,
      });
      await world.viewer.send({ method: "GET", url: `${SITE}/api/reports`, headers: [] });
    },
  },
};

needs("chromium")("in headless Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
    if (kept !== undefined) mkdirSync(kept, { recursive: true });
  });
  afterAll(() => browser?.close());

  /**
   * The page is served from the site in this process, on its manual clock: no socket, and no refresh during the test.
   */
  async function opened(
    site: ProbedSite,
    scheme: "light" | "dark",
    width: number,
    wrong: string[],
  ): Promise<Page> {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 800 } });
    page.on("console", (message) => wrong.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    const handler = apiHandler(site.site);
    await page.route("**/*", async (route) => {
      const { pathname, search, origin } = new URL(route.request().url());
      if (origin !== "http://127.0.0.1:8001") wrong.push(`request: ${route.request().url()}`);
      const { status, headers, body } = await handler({
        method: route.request().method(),
        target: pathname + search,
        headers: { host: "127.0.0.1:8001" },
        body: new Uint8Array(),
        scheme: "http",
      } as never);
      await route.fulfill({ status, headers: Object.fromEntries(headers), body: Buffer.from(body) });
    });
    await page.goto("http://127.0.0.1:8001/");
    return page;
  }

  it.each(Object.keys(STATES))("looks right in the state: %s", async (name) => {
    const state = STATES[name];
    if (state === undefined) throw new RangeError(name);
    const site = await probedSite();
    await state.reach(site);
    const wrong: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      for (const width of [1280, 400]) {
        const page = await opened(site, scheme, width, wrong);
        const where = `${scheme} ${width}`;
        expect(await page.locator("#rotation .verdict").innerText(), where).toMatch(state.says);
        const rules = scheme === "light" ? undefined : ["color-contrast"];
        wrong.push(...(await accessibility(page, rules)).map((each) => `${where}: ${each}`));
        const measured = (await page.evaluate(`({
          wide: document.documentElement.scrollWidth,
          scrolling: [...document.querySelectorAll("body *")].filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowX + getComputedStyle(each).overflowY) && (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)).map((each) => each.tagName + "#" + each.id),
          bottoms: Object.fromEntries(["rotation", "trust", "traffic"].map((id) => [id, document.getElementById(id)?.getBoundingClientRect().bottom])),
        })`)) as { wide: number; scrolling: string[]; bottoms: Record<string, number | undefined> };
        if (measured.wide > width) wrong.push(`${where}: ${measured.wide} pixels wide`);
        wrong.push(...measured.scrolling.map((each) => `${where}: ${each} scrolls`));
        // On a laptop the panel and both drawings fit on the first screen.
        const below = Object.entries(measured.bottoms).filter(
          ([, bottom]) => bottom === undefined || bottom > 800,
        );
        if (width === 1280) wrong.push(...below.map(([id, bottom]) => `${where}: ${id} ends at ${bottom}`));
        if (kept !== undefined) {
          const path = join(kept, `sandbox-${name.replaceAll(" ", "-")}-${width}-${scheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
        await page.close();
      }
    }
    expect(wrong).toEqual([]);
  });
});
