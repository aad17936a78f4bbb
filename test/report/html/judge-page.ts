/** Checks a page in headless Chromium with axe-core: in both color schemes, on a screen, on a phone and as a PDF. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { pathOf } from "../../fakes/needs.ts";

/** `KEYTURN_PAGES=folder` keeps the pages and screenshots of them. */
const kept = process.env.KEYTURN_PAGES;

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf("chromium") as string,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });

/** Lists the page's faults. `look` runs further checks on the open page. `isLarge` skips these, axe-core and the PDF. */
export async function pageFaults(
  browser: Browser,
  name: string,
  text: string,
  look: (page: Page) => Promise<readonly string[]> = async () => [],
  isLarge = false,
): Promise<string[]> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), "keyturn-pages-"));
  const wrong: string[] = [];
  try {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, text);
    for (const scheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ colorScheme: scheme });
      page.on("console", (message) => wrong.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
      page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) wrong.push(`request: ${request.url()}`);
      });
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(pathToFileURL(file).href);
        const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
        if (wide > width) wrong.push(`${scheme} ${width}: ${wide} pixels wide`);
        // Thousands of table rows would take minutes, and are like the first ones. The dark scheme changes only
        // colors.
        if (!isLarge && (width > 1000 || scheme === "light")) {
          const rules = scheme === "light" ? undefined : ["color-contrast"];
          wrong.push(...(await accessibility(page, rules)).map((each) => `${scheme} ${width}: ${each}`));
        }
        if (kept)
          await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
      }
      if (scheme === "light" && !isLarge) {
        wrong.push(...(await look(page)));
        const pdf = await page.pdf({ format: "A4", ...(kept && { path: join(folder, `${name}.pdf`) }) });
        if (pdf.subarray(0, 5).toString() !== "%PDF-") wrong.push("no PDF");
      }
      await page.close();
    }
  } finally {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  }
  return wrong;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** `rules`: which of axe-core's rules to run, by default all. Reporting only violations halves the time. */
export async function accessibility(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ["violations"], selectors: false, ...(rules && { runOnly: rules }) };
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as readonly Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary.slice(0, 200)}`),
  );
}
