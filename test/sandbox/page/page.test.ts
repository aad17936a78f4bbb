/** The page in a browser, and the control endpoint as programs use it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { httpViewer } from "../../../src/adapters/viewer.ts";
import { html } from "../../../src/pictures/html.ts";
import { renderLive } from "../../../src/sandbox/page/page.ts";
import type { SandboxView } from "../../../src/sandbox/page/view.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { launchChromium } from "../../fakes/headless-chromium.ts";
import { needs } from "../../fakes/needs.ts";

const VERSIONS = [
  ["keyturn-20261127-632xhx-e0001-new", "keyturn-new"],
  ["keyturn-20261127-632xhx-e0003-old", "AWSCURRENT"],
  ["3fa013f2-0000-4000-8000-000000000000", "AWSPREVIOUS"],
  ["keyturn-20261127-632xhx-e0001-draft"],
  ["c84e1d62-0000-4000-8000-000000000000"],
].map(([versionId = "", ...stages]) => ({ versionId, stages, createdAt: 0 }));
const EMPTY: SandboxView = {
  ...{ now: 60, gate: "demo", site: "https://app.example/", api: "http://127.0.0.1/", requestCount: 0 },
  ...{
    publicKeys: [],
    keyGroups: [],
    secrets: [],
    locations: [],
    requests: [],
    trust: [],
    traffic: { every: 1, senders: { viewers: [], prober: [], attackers: [] } },
    orderedFaults: [],
    switches: [],
  },
  origin: { calls: 0, served: 0, unverified: 0 },
};

let sandbox: Sandbox;
const viewer = httpViewer({});
beforeAll(async () => {
  sandbox = await startSandbox({ clock: systemClock, random: systemRandom, keyPairs: cryptoKeyPairs });
});
afterAll(() => sandbox.stop());

async function ask(method: string, path: string, headers: [string, string][] = []) {
  const url = sandbox.urls.site + path;
  const { status, body } = await viewer.send({ method, url, headers, ca: sandbox.certificate.caPem });
  return { status, text: Buffer.from(body).toString("utf8") };
}

test("shows the versions of a secret with their labels and origin, and counts those without a label", () => {
  const view = { ...EMPTY, secrets: [{ name: "s", versions: VERSIONS }] };
  const [, shown = ""] = /<section id="secrets">([\s\S]*?)<\/section>/.exec(String(renderLive(view))) ?? [];
  const rows = [...shown.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    row.replace(/<[^>]*>/g, " "),
  );
  expect(rows.map((row) => row.trim().split(/\s+/).slice(0, 2))).toEqual([
    ["20261127-632xhx-e0001-new", "keyturn-new"],
    ["20261127-632xhx-e0003-old", "AWSCURRENT"],
    ["3fa013f2", "AWSPREVIOUS"],
  ]);
  expect(shown).toContain("2 older versions without a label");
});

needs("chromium")("in headless Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  const rowsOf = (page: Page, section: string) => page.locator(`#${section} tbody tr`).allInnerTexts();

  test("shows keys, groups, labels, locations and the last requests with the actual reasons, and refreshes itself", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${sandbox.urls.api}/`);
    expect(await page.title()).toBe("keyturn sandbox");

    const [key] = sandbox.account.cloudFront.state.publicKeys.keys();
    expect(await rowsOf(page, "keys")).toEqual([expect.stringContaining(key as string)]);
    expect(await rowsOf(page, "groups")).toEqual([expect.stringContaining("demo-signers")]);
    expect(await rowsOf(page, "secrets")).toEqual([expect.stringContaining("AWSCURRENT")]);
    const locations = await rowsOf(page, "locations");
    expect(locations).toHaveLength(4);
    for (const location of locations) expect(location).toContain(key as string);
    expect(await rowsOf(page, "requests")).toEqual([]);

    await ask("GET", "/api/reports?Signature=x&Key-Pair-Id=KSOMEBODYELSE0");
    await page.locator("#requests tbody tr").first().waitFor();
    const [request] = await rowsOf(page, "requests");
    for (const part of [
      "/api/reports?Signature=...",
      "403 InvalidKey",
      "signature-check",
      "key-not-trusted",
    ]) {
      expect(request).toContain(part);
    }
    const isWiderThanWindow = await page.evaluate(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
    expect(isWiderThanWindow).toBe(false);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("turns a fault on and off with its switch", async () => {
    const page = await browser.newPage();
    await page.goto(`${sandbox.urls.api}/`);
    await page.locator("#switches > summary").click();
    const button = page.locator("button#waf-block");
    expect(await button.getAttribute("aria-pressed")).toBe("false");
    await button.click();
    await page.waitForSelector('button#waf-block[aria-pressed="true"]');
    expect((await ask("GET", "/public/status")).text).toContain("Request blocked");
    await page.locator("button#waf-block").click();
    await page.waitForSelector('button#waf-block[aria-pressed="false"]');
    expect((await ask("GET", "/public/status")).text).toContain("ok");
    await page.close();
  });

  test("withdraws a scheduled fault from the keyboard, and moves the focus to the next one", async () => {
    const { faults } = sandbox.account;
    faults.order({ on: "cloudfront", operation: "UpdateKeyGroup", kind: "throttle", times: 2 });
    const delay = faults.order({ on: "edge", kind: "delay", times: Number.POSITIVE_INFINITY, seconds: 0 });
    const page = await browser.newPage();
    await page.goto(`${sandbox.urls.api}/`);
    const focused = () => page.evaluate("document.activeElement.id");
    const named = page.getByRole("button", { name: "withdraw throttle of cloudfront, UpdateKeyGroup" });
    await named.focus();
    await page.keyboard.press("Enter");
    await named.waitFor({ state: "detached" });
    expect(faults.list().map(({ id }) => id)).toEqual([delay.id]);
    expect(await focused()).toBe(`fault-${delay.id}`);
    await page.keyboard.press("Space");
    await page.locator("#faults button").waitFor({ state: "detached" });
    expect(faults.list()).toEqual([]);
    expect(await focused()).toBe("faults");
    await page.close();
  });

  test("keeps focus and selection across refreshes, and shows when the sandbox no longer answers", async () => {
    const page = await browser.newPage();
    await page.goto(`${sandbox.urls.api}/`);
    const refreshed = () => page.waitForResponse((answer) => answer.url().endsWith("/?live"));
    await page.locator("#switches > summary").click();
    await page.locator("button#s3-403").focus();
    const before = await page.locator(".counts").elementHandle();
    await page.waitForFunction((counts) => !(counts as { isConnected: boolean }).isConnected, before);
    expect(await page.evaluate("document.activeElement.id")).toBe("s3-403");

    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#keys code'))");
    const selected = await page.evaluate("String(getSelection())");
    await refreshed();
    await refreshed();
    expect(await page.evaluate("String(getSelection())")).toBe(selected);

    expect(await page.locator("#gone").isVisible()).toBe(false);
    await page.route("**/?live", (route) => route.abort());
    await page.locator("#gone").waitFor({ state: "visible" });
    await page.unroute("**/?live");
    await page.locator("#gone").waitFor({ state: "hidden" });
    await page.close();
  });

  test("fits the width of a phone", async () => {
    const page = await browser.newPage({ viewport: { width: 420, height: 900 } });
    await ask("GET", `/public/${"long".repeat(100)}`);
    await page.goto(`${sandbox.urls.api}/`);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(420);
    await page.close();
  });

  test("works without scripts: it refreshes by itself, and a switch redirects back to it", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${sandbox.urls.api}/`);
    expect(await page.locator('noscript meta[http-equiv="refresh"]').count()).toBe(1);
    await page.locator("#switches > summary").click();
    await page.locator("button#geo-block").click();
    await page.waitForURL(`${sandbox.urls.api}/#switches`);
    expect(await page.locator("button#geo-block").getAttribute("aria-pressed")).toBe("true");
    await page.locator("button#geo-block").click();
    await page.waitForSelector('button#geo-block[aria-pressed="false"]', { state: "attached" });

    const { id } = sandbox.account.faults.order({ on: "edge", kind: "throttle" });
    await page.goto(`${sandbox.urls.api}/`);
    await page.locator(`button#fault-${id}`).click();
    await page.waitForURL(`${sandbox.urls.api}/#faults`);
    expect(await page.locator("#faults button").count()).toBe(0);
    expect(sandbox.account.faults.list()).toEqual([]);
    await context.close();
  });

  test("a browser keeps, sends and forgets the same cookies as the reference client", async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${sandbox.urls.site}/`);
    const call = (method: string, path: string, token?: string, body?: unknown) =>
      page.evaluate(
        async ([how, where, bearer, sent]) => {
          const answer = await fetch(where as string, {
            method: how as string,
            headers: bearer ? { authorization: `Bearer ${bearer}` } : {},
            ...(sent ? { body: JSON.stringify(sent) } : {}),
          });
          return { status: answer.status, text: await answer.text() };
        },
        [method, path, token, body] as const,
      );
    const names = async () => (await context.cookies(sandbox.urls.site)).map(({ name }) => name).toSorted();

    const login = await call("POST", "/login", undefined, {
      username: "ada",
      password: "ada-in-the-sandbox",
    });
    const { token } = JSON.parse(login.text) as { token: string };
    expect((await call("GET", "/api/reports", token)).text).toContain("<Code>MissingKey</Code>");
    expect((await call("POST", "/edge/session", token)).status).toBe(200);
    expect(await names()).toHaveLength(4);
    expect(await page.evaluate("document.cookie")).toBe("");
    expect((await call("GET", "/api/reports", token)).status).toBe(200);
    expect((await call("POST", "/logout", token)).status).toBe(200);
    expect(await names()).toEqual([]);
    expect((await call("GET", "/api/reports", token)).text).toContain("<Code>MissingKey</Code>");
    await context.close();
  });
});

describe("the control endpoint", () => {
  const control = async (method: string, path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${sandbox.urls.api}/_sandbox/${path}`, { method, ...init });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test("sets switches from JSON, refuses one that does not exist, and clears them", async () => {
    const on = await control("POST", "switches", { body: '{"id":"cookie-not-secure","on":true}' });
    expect(on.body).toEqual({ on: ["cookie-not-secure"] });
    const unknown = await control("POST", "switches", { body: '{"id":"nonsense","on":true}' });
    expect(unknown).toMatchObject({
      status: 400,
      body: { error: 'the sandbox has no fault named "nonsense"' },
    });
    expect(String(unknown.body.hints)).toContain("waf-block");
    expect(String(unknown.body.hints)).toContain("cookie-not-secure");
    const vague = await control("POST", "switches", { body: '{"id":"cookie-not-secure"}' });
    expect(vague).toEqual({ status: 400, body: { error: "on is neither true nor false" } });
    expect((await control("DELETE", "switches")).body).toEqual({ on: [] });
  });

  test("accepts JSON from curl, which labels it as a form", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const on = await control("POST", "switches", { headers, body: '{"id":"waf-block","on":true}' });
    expect(on).toEqual({ status: 200, body: { on: ["waf-block"] } });
    await control("DELETE", "switches");
  });

  test("counts what the origin saw, in total and by mark", async () => {
    await ask("GET", "/public/status", [["x-keyturn-mark", "counted"]]);
    await ask("GET", "/api/reports", [["x-keyturn-mark", "denied"]]);
    expect((await control("GET", "origin?mark=counted")).body).toMatchObject({ mark: "counted", seen: 1 });
    expect((await control("GET", "origin?mark=denied")).body).toMatchObject({ seen: 0 });
  });

  test.each(["nonsense", "constructor", "__proto__", "toString/x"])("does not have %s", async (path) => {
    const error = `the sandbox's control endpoint has no GET ${path}`;
    expect(await control("GET", path)).toEqual({ status: 404, body: { error } });
  });

  test("cannot be reached through the edge", async () => {
    expect((await ask("GET", "/_sandbox/state")).status).toBe(404);
  });

  test.each([
    [{ origin: "https://evil.example.com" }, 403],
    [{ origin: "null" }, 403],
    [{}, 200],
  ])("answers a page's request with headers %o with %i", async (headers, status) => {
    expect((await control("GET", "origin", { headers })).status).toBe(status);
  });

  test("refuses a name that only resolves to loopback (DNS rebinding)", async () => {
    const { api } = sandbox.addresses;
    const port = new URL(api).port;
    const answer = await viewer.send({
      method: "GET",
      url: `http://evil.example.com:${port}/_sandbox/state`,
      headers: [],
      address: { host: "127.0.0.1", port: Number(port) },
    });
    expect(answer.status).toBe(403);
  });

  test("orders faults of the APIs", async () => {
    const ordered = await control("POST", "faults", {
      body: '{"on":"cloudfront","operation":"ListPublicKeys","kind":"throttle"}',
    });
    expect(ordered.body).toMatchObject({ operation: "ListPublicKeys", kind: "throttle", times: 1 });
    await control("DELETE", "faults");
  });

  test("withdraws one of several faults through the page's form, even if that one is already over", async () => {
    const { faults } = sandbox.account;
    const [first, second] = [1, 2].map(() => faults.order({ on: "cloudfront", kind: "throttle" }));
    const withdraw = (origin?: string) =>
      fetch(`${sandbox.urls.api}/_sandbox/faults/${first?.id}/withdraw`, {
        method: "POST",
        redirect: "manual",
        ...(origin !== undefined && { headers: { origin } }),
      });
    expect((await withdraw("https://evil.example.com")).status).toBe(403);
    expect(faults.list()).toHaveLength(2);
    for (const _ of ["there", "gone"]) {
      const answer = await withdraw();
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/#faults"]);
      expect(faults.list().map(({ id }) => id)).toEqual([second?.id]);
    }
    await control("DELETE", "faults");
  });
});

test("key names appear as text on the page, never as markup", () => {
  expect(String(html`<p title="${'"><script>'}">${["<b>", 'a & "b"']}</p>`)).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;a &amp; &quot;b&quot;</p>',
  );
});
