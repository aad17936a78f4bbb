/** Chromium reads what mint writes for browsers: storageState, and Set-Cookie with all its attributes. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { type CookieAttributes, defaultAttributes, setCookieValue } from "../../src/browser/attributes.ts";
import { lintAttributes } from "../../src/browser/attributes-lint.ts";
import { clearingSetCookies } from "../../src/browser/clear.ts";
import { runProgram } from "../../src/program.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { launchChromium } from "../fakes/headless-chromium.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";

const HOST = "app.keyturn.localhost";

needs("chromium")("Chromium", () => {
  let sandbox: Sandbox;
  let browser: Browser;
  let page: string;

  beforeAll(async () => {
    sandbox = await startSandbox({
      clock: systemClock,
      random: systemRandom,
      keyPairs: cryptoKeyPairs,
      keyType: "ecdsa-p256",
      settings: { cookieTtl: 300 },
    });
    page = `${sandbox.urls.site}/media/film.txt`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
  });

  async function mint(...argv: string[]): Promise<string> {
    const fake = memoryWorld({ cloud: sandbox.account.handler, files: { "keyturn.yaml": sandbox.gateYaml } });
    expect(await runProgram(["mint", page, ...argv], { ...fake, clock: systemClock })).toBe(0);
    return fake.terminal.stdout.trimEnd();
  }
  async function open(storageState?: string): Promise<BrowserContext> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      ...(storageState !== undefined && { storageState: JSON.parse(storageState) }),
    });
    return context;
  }
  async function statusIn(context: BrowserContext, url = page): Promise<number | undefined> {
    const tab = await context.newPage();
    const response = await tab.goto(url);
    await tab.close();
    return response?.status();
  }
  /** Sets them by a response of the site. */
  async function setCookies(
    context: BrowserContext,
    lines: readonly string[],
    from = `${sandbox.urls.site}/set`,
  ): Promise<void> {
    const tab = await context.newPage();
    await tab.route(from, (route) =>
      route.fulfill({ status: 200, body: "set", headers: { "set-cookie": lines.join("\n") } }),
    );
    await tab.goto(from);
    await tab.close();
  }
  const valuesOf = (text: string) => text.split("\n").map((line) => line.replace(/^Set-Cookie: /, ""));

  it("is denied without cookies", async () => {
    expect(await statusIn(await open())).toBe(403);
  });

  it.each([
    ["of a valid set", [], 200],
    ["of a set made with --bad", ["--bad", "wrong-resource"], 403],
  ])("reads storageState %s", async (_, flags, status) => {
    expect(await statusIn(await open(await mint("--format", "playwright", ...flags)))).toBe(status);
  });

  it("keeps storageState in the embedding site's partition if a partitionKey is added, as the note says", async () => {
    const state = JSON.parse(await mint("--format", "playwright", "--partitioned", "--same-site", "None"));
    for (const cookie of state.cookies) cookie.partitionKey = "https://page.example";
    const context = await open(JSON.stringify(state));
    const keys = (await context.cookies()).map(({ partitionKey }) => partitionKey);
    expect(keys).toEqual(state.cookies.map(() => "https://page.example"));
    expect(await statusIn(context)).toBe(403);
  });

  it.each([
    ["of a valid set", [], 200],
    ["of a partitioned set with SameSite=None", ["--partitioned", "--same-site", "None"], 200],
    ["of a set made with --bad", ["--bad", "tampered-policy"], 403],
  ])("reads Set-Cookie %s", async (_, flags, status) => {
    const context = await open();
    await setCookies(context, valuesOf(await mint("--format", "set-cookie", ...flags)));
    expect(await statusIn(context)).toBe(status);
  });

  it("forgets all cookies after the clearing set", async () => {
    const context = await open();
    await setCookies(context, valuesOf(await mint("--format", "set-cookie")));
    expect(await statusIn(context)).toBe(200);
    await setCookies(context, valuesOf(await mint("--logout")));
    expect(await context.cookies()).toEqual([]);
    expect(await statusIn(context)).toBe(403);
  });

  const good = defaultAttributes(HOST, "/");
  const variations: [string, Partial<CookieAttributes>][] = [
    ["host-only", {}],
    ["a parent domain as Domain", { domain: "keyturn.localhost" }],
    ["its own host as Domain", { domain: HOST }],
    ["a sibling as Domain", { domain: "alt.keyturn.localhost" }],
    ["another Domain", { domain: "example.com" }],
    ["SameSite=None with Secure", { sameSite: "None" }],
    ["SameSite=None without Secure", { sameSite: "None", secure: false }],
    // Partitioned without Secure is left out: as Playwright starts it, Chromium ignores Partitioned.
    ["a Path above the request", { path: "/media" }],
    ["a Path that the request is not below", { path: "/api" }],
    ["a Path that is a glob", { path: "/media/*" }],
  ];
  it.each(variations)(
    "agrees with the lint about %s, which is an error if Chromium does not store or send the cookie",
    async (_, changed) => {
      const attributes = { ...good, ...changed };
      const context = await open();
      await setCookies(context, [setCookieValue("CloudFront-Signature", "x", attributes)]);
      const isSent = (await context.cookies(page)).length > 0;
      const faults = await lintAttributes({ attributes, sizes: [100], usedAt: "/media/film.txt" }, 0);
      expect(faults.some(({ severity }) => severity === "error")).toBe(!isSent);
      // The clearing set with the same attributes removes it, wherever it was stored.
      await setCookies(context, clearingSetCookies(attributes));
      expect(await context.cookies()).toEqual([]);
    },
  );
});
