/**
 * Every report as a page in a real browser: nothing is fetched or logged, axe-core finds nothing, and names stay text.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logsHtml } from "../../../src/report/html/logs-sheet.ts";
import { rotationHtml } from "../../../src/report/html/rotation-sheet.ts";
import { needs } from "../../fakes/needs.ts";
import { launchBrowser, pageFaults } from "./judge-page.ts";
import { auditPages, FULL_LOGS, largeLogs, NO_LOGS, probePages, triagePage } from "./sample-pages.ts";
import { ROTATIONS } from "./sample-rotations.ts";

needs("chromium")("in headless Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each(Object.keys(ROTATIONS))("the page of %s has no fault", async (name) => {
    const seen = ROTATIONS[name];
    if (seen === undefined) throw new RangeError(name);
    const wrong = await pageFaults(browser, name, rotationHtml(seen), async (page) => {
      const scripts = await page.locator("script, main img, main iframe, [onerror], [onload]").count();
      const stages = await page.locator("#stages .numbers tbody tr").count();
      return [
        ...(scripts > 0 ? [`${scripts} elements that run or load something`] : []),
        ...(stages > 0 ? [] : ["no stage in the table"]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it("a probe's page has no fault, healthy or with a denial masked by an error page, and a cell opens with the keyboard", async () => {
    const { healthy, masked } = await probePages();
    expect(await pageFaults(browser, "probe-healthy", healthy)).toEqual([]);
    const wrong = await pageFaults(browser, "probe-masked", masked, async (page) => {
      const cell = page.locator("details.cell", { hasText: "200 masked" }).first();
      await cell.locator("summary").first().focus();
      await page.keyboard.press("Enter");
      const inside = await cell.locator("dl.inside").innerText();
      return ["request", "expected", "answer", "evidence", "denial-masked", "fix"]
        .filter((part) => !inside.includes(part))
        .map((part) => `the open cell says nothing of ${part}`);
    });
    expect(wrong).toEqual([]);
  });

  it("an audit's page has no fault, healthy or with ten findings and a broken chain", async () => {
    const { healthy, faulty } = await auditPages();
    expect(await pageFaults(browser, "audit-healthy", healthy)).toEqual([]);
    const wrong = await pageFaults(browser, "audit-faulty", faulty, async (page) => {
      const findings = await page.locator("article.finding").count();
      const broken = await page.locator("svg.wide .node.broken, svg.wide .link.broken").count();
      return [
        ...(findings >= 10 ? [] : [`${findings} findings`]),
        ...(broken > 0 ? [] : ["nothing in the chain is broken"]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it("a page of access logs has no fault, with requests or without", async () => {
    expect(await pageFaults(browser, "logs", logsHtml(FULL_LOGS, [], 1_795_950_000))).toEqual([]);
    expect(await pageFaults(browser, "logs-empty", logsHtml(NO_LOGS, [], 1_795_950_000))).toEqual([]);
  });

  it("a triage's page has no fault", async () => {
    expect(await pageFaults(browser, "triage", triagePage())).toEqual([]);
  });

  it("a page of a thousand edge locations and a hundred thousand requests stays below 2 MB, and renders", async () => {
    const page = logsHtml(largeLogs(), [], 1_795_950_000);
    expect(page.length).toBeLessThan(2_000_000);
    expect(await pageFaults(browser, "logs-large", page, undefined, true)).toEqual([]);
  });
});
