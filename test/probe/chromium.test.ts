/**
 * The login flow's cookie handling compared with Chromium's: the same login, access and logout, and the cookies each
 * sends.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { FlowBrowser, isSigningCookie } from "../../src/probe/flow-browser.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { Sealed } from "../../src/sealed.ts";
import { launchChromium } from "../fakes/headless-chromium.ts";
import { needs } from "../fakes/needs.ts";

/**
 * Names of the signed cookies sent before minting, after it and after logout, and the edge's status for the second
 * request.
 */
interface Day {
  readonly before: readonly string[];
  readonly minted: readonly string[];
  readonly status: number;
  readonly loggedOut: readonly string[];
}

const LOGIN = '{"username":"guest","password":"guest-in-the-sandbox"}';
const MEDIA = "/media/film.txt";
const FAULTS = [
  "none",
  "cookie-not-secure",
  "cookie-same-site-none",
  "cookie-other-path",
  "cookie-no-domain",
  "cookie-outlives-policy",
  "logout-forgets-signature",
  "logout-other-path",
  "logout-other-domain",
];

needs("chromium")("the login flow and Chromium send the same cookies", () => {
  let sandbox: Sandbox;
  let browser: Browser;
  beforeAll(async () => {
    sandbox = await startSandbox({
      clock: systemClock,
      random: systemRandom,
      keyPairs: cryptoKeyPairs,
      keyType: "ecdsa-p256",
      settings: { cookieTtl: 300 },
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
  });

  it.each(FAULTS)("with the fault %s", async (fault) => {
    const { application } = sandbox.switches;
    application.clear();
    if (fault !== "none") application.turn(fault, true);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    try {
      const seen = await dayInChromium(await context.newPage(), sandbox);
      expect(await dayInFlow(sandbox)).toEqual(seen);
      if (fault === "none") {
        expect(seen.minted).toHaveLength(4);
        expect(seen).toMatchObject({ before: [], status: 200, loggedOut: [] });
      }
    } finally {
      await context.close();
    }
  });
});

async function dayInFlow({ urls, certificate }: Sandbox): Promise<Day> {
  const network = { addresses: new Map(), timeout: 10, ca: certificate.caPem };
  const flow = new FlowBrowser({ viewer: httpViewer({}), clock: systemClock }, network);
  const names = () =>
    flow
      .sending(urls.site + MEDIA)
      .sent.filter(isSigningCookie)
      .map(({ name }) => name)
      .sort();
  const before = names();
  const login = await flow.ask("POST", `${urls.site}/login`, { body: new Sealed(LOGIN) });
  const token = new Sealed((JSON.parse(login.body.reveal()) as { token: string }).token);
  await flow.ask("POST", `${urls.site}/edge/session`, { token });
  const minted = names();
  const { status } = await flow.ask("GET", urls.site + MEDIA);
  await flow.ask("POST", `${urls.site}/logout`, { token });
  return { before, minted, status, loggedOut: names() };
}

async function dayInChromium(page: Page, { urls }: Sandbox): Promise<Day> {
  await page.goto(`${urls.site}/public/status`);
  const post = (path: string, init: object) =>
    page.evaluate(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify({ method: "POST", ...init })}).then((answer) => answer.text())`,
    ) as Promise<string>;
  const before = await sentByChromium(page, urls.site + MEDIA);
  const { token } = JSON.parse(await post("/login", { body: LOGIN })) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  await post("/edge/session", { headers });
  const minted = await sentByChromium(page, urls.site + MEDIA);
  await post("/logout", { headers });
  const { names } = await sentByChromium(page, urls.site + MEDIA);
  return { before: before.names, minted: minted.names, status: minted.status, loggedOut: names };
}

/** What the browser's network stack reports that it sent. */
async function sentByChromium(page: Page, url: string): Promise<{ names: string[]; status: number }> {
  const [request] = await Promise.all([
    page.waitForRequest(url),
    page.evaluate(`fetch(${JSON.stringify(url)}, { cache: "no-store" }).then((answer) => answer.text())`),
  ]);
  const response = await request.response();
  const { cookie = "" } = await request.allHeaders();
  const names = [...cookie.matchAll(/(CloudFront-[\w-]+)=/g)].map(([, name = ""]) => name).sort();
  return { names, status: response?.status() ?? 0 };
}
