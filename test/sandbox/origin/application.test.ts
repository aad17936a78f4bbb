/** The origin application as the reference implementation: verification, login, mint, authorization, logout, log. */
import { CookieJar } from "tough-cookie";
import { describe, expect, test } from "vitest";
import { APPLICATION_FAULTS, type ApplicationFaultId } from "../../../src/sandbox/origin/faults.ts";
import { cookiesOf, type DemoSite, demoSite, json, setCookies, text } from "../demo-site.ts";

const SIGNING_NAMES = [
  "CloudFront-Hash-Algorithm",
  "CloudFront-Key-Pair-Id",
  "CloudFront-Policy",
  "CloudFront-Signature",
];

describe("origin verification", () => {
  test("comes before any application code: answers 403, runs nothing, and counts nothing as served", async () => {
    const site = await demoSite();
    for (const [method, path] of [
      ["POST", "/login"],
      ["GET", "/api/reports"],
      ["GET", "/public/status"],
      ["GET", "/no/such"],
    ] as const) {
      const refused = await site.ask(method, path, { direct: true });
      expect([refused.status, json(refused).error]).toEqual([403, "origin_verification"]);
    }
    expect(site.originLog.counts).toEqual({ calls: 4, unverified: 4, served: 0 });
  });
  test("accepts only the edge's value", async () => {
    const site = await demoSite();
    const refused = await site.ask("GET", "/public/status", {
      direct: true,
      headers: [["x-origin-verify", "guess"]],
    });
    expect(refused.status).toBe(403);
  });
});

describe("login", () => {
  test("gives a bearer token for the right password, and the same refusal for a wrong name as for a wrong password", async () => {
    const site = await demoSite();
    expect(await site.login()).toMatch(/^[\w-]{43}$/);
    const wrong = await site.ask("POST", "/login", { body: '{"username":"ada","password":"x"}' });
    const unknown = await site.ask("POST", "/login", { body: '{"username":"eve","password":"x"}' });
    expect(wrong.status).toBe(401);
    expect(text(unknown)).toBe(text(wrong));
    const noJson = await site.ask("POST", "/login", { body: "username=ada" });
    expect(noJson.status).toBe(401);
  });
});

describe("POST /edge/session", () => {
  test("needs a session: without one, answers 401 and sets no cookie", async () => {
    const site = await demoSite();
    const refused = await site.ask("POST", "/edge/session");
    expect([refused.status, json(refused).error]).toEqual([401, "unauthenticated"]);
    expect(setCookies(refused)).toEqual([]);
    const bogus = await site.ask("POST", "/edge/session", { token: "x".repeat(43) });
    expect(bogus.status).toBe(401);
  });

  test("sets the four cookies with Secure, HttpOnly, SameSite, Path, Domain and Max-Age, and the edge accepts them", async () => {
    const site = await demoSite();
    const token = await site.login();
    const minted = await site.ask("POST", "/edge/session", { token });
    expect(minted.status).toBe(200);
    expect(json(minted)).toEqual({ expiresIn: 30, expiresAt: site.clock.now() + 30 });
    const lines = setCookies(minted);
    expect(lines.map((line) => line.split("=", 1)[0]).toSorted()).toEqual(SIGNING_NAMES);
    for (const line of lines) {
      expect(line.split("; ").slice(1)).toEqual([
        "Domain=keyturn.localhost",
        "Path=/",
        "Max-Age=30",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
      ]);
    }
    const cookie = cookiesOf(minted);
    expect((await site.ask("GET", "/media/film.txt", { cookie })).status).toBe(200);
    await site.clock.advance(30);
    expect(text(await site.ask("GET", "/media/film.txt", { cookie }))).toContain("AccessDenied");
  });

  test.each([
    [29, 200],
    [30, 200],
    [31, 429],
  ])("limits the rate: mint %i of one session within a minute gives %i", async (count, status) => {
    const site = await demoSite();
    const token = await site.login();
    let last = 0;
    for (let mint = 0; mint < count; mint += 1) {
      last = (await site.ask("POST", "/edge/session", { token })).status;
    }
    expect(last).toBe(status);
    // Another session is not affected, and the first one may mint again after a while.
    expect((await site.ask("POST", "/edge/session", { token: await site.login("guest") })).status).toBe(200);
    await site.clock.advance(2);
    expect((await site.ask("POST", "/edge/session", { token })).status).toBe(200);
  });
});

describe("GET /api", () => {
  test("authorizes each request itself: edge cookies are no session, and a session has limited rights", async () => {
    const site = await demoSite();
    const token = await site.login();
    const cookie = await site.mint(token);
    const withoutSession = await site.ask("GET", "/api/reports", { cookie });
    expect([withoutSession.status, json(withoutSession).error]).toEqual([401, "unauthenticated"]);
    const guest = await site.login("guest");
    const guestAnswer = await site.ask("GET", "/api/reports", { cookie, token: guest });
    expect([guestAnswer.status, json(guestAnswer).error]).toEqual([403, "forbidden"]);
    expect((await site.ask("GET", "/api/profile", { cookie, token: guest })).status).toBe(200);
    expect((await site.ask("GET", "/api/reports", { cookie, token })).status).toBe(200);
    expect((await site.ask("GET", "/api/nothing", { cookie, token })).status).toBe(404);
  });
});

describe("POST /logout", () => {
  test("ends the session, and clears every cookie with the Domain and Path it was set with", async () => {
    const site = await demoSite();
    const token = await site.login();
    const minted = await site.ask("POST", "/edge/session", { token });
    // The jar uses the wall clock and the cookies the site's, so the jar only tells which names are left.
    const jar = new CookieJar();
    for (const line of setCookies(minted)) {
      await jar.setCookie(line.replace(/Max-Age=\d+/, "Max-Age=3600"), site.addresses.site);
    }
    expect(await jar.getCookies(`${site.addresses.site}/api/x`)).toHaveLength(4);
    const left = await site.ask("POST", "/logout", { token });
    expect(
      setCookies(left)
        .map((line) => line.split("=", 1)[0])
        .toSorted(),
    ).toEqual([...SIGNING_NAMES, "CloudFront-Expires"].toSorted());
    for (const line of setCookies(left)) await jar.setCookie(line, site.addresses.site);
    expect(await jar.getCookies(`${site.addresses.site}/api/x`)).toEqual([]);
    expect((await site.ask("POST", "/edge/session", { token })).status).toBe(401);
    // Clearing cookies does not revoke a copy of them.
    expect((await site.ask("GET", "/media/film.txt", { cookie: cookiesOf(minted) })).status).toBe(200);
  });
});

describe("the log", () => {
  test("records every call and every mint, but no token, cookie value or password", async () => {
    const site = await demoSite();
    const token = await site.login();
    const cookie = await site.mint(token);
    await site.ask("GET", "/api/reports?x=1", { cookie, token, headers: [["x-keyturn-mark", "m1"]] });
    await site.ask("POST", "/edge/session");
    const events = site.log.map(({ event }) => event);
    expect(events).toEqual([
      "login.succeeded",
      "origin.request",
      "mint.succeeded",
      "origin.request",
      "origin.request",
      "mint.failed",
      "origin.request",
    ]);
    expect(site.log[2]).toMatchObject({ user: "ada", keyPairId: expect.stringMatching(/^K/) });
    expect(site.log[4]).toMatchObject({ path: "/api/reports", status: 200, verified: true, mark: "m1" });
    expect(site.originLog.seen("m1")).toBe(1);
    const written = JSON.stringify(site.log);
    for (const secret of [
      token,
      "ada-in-the-sandbox",
      ...cookie.split("; ").map((pair) => pair.split("=")[1]),
    ]) {
      if (secret !== "SHA256" && !secret?.startsWith("K")) expect(written).not.toContain(secret);
    }
  });
});

/** What a client sees of each fault when it mints, calls and logs out; undefined with the healthy application. */
const SYMPTOM: Readonly<Record<ApplicationFaultId, (site: DemoSite) => Promise<unknown>>> = {
  "mint-secret-denied": (site) => failedMint(site, "ERR_ACCESS_DENIED"),
  "mint-kms-denied": (site) => failedMint(site, "ERR_ACCESS_DENIED"),
  "mint-bad-json": (site) => failedMint(site, "ERR_SECRET_FORMAT"),
  "mint-key-mismatch": (site) => failedMint(site, "ERR_SECRET_FORMAT"),
  "mint-rate-limited": async (site) => statusOf(site, "POST", "/edge/session", 429),
  "mint-without-session": async (site) =>
    (await site.ask("POST", "/edge/session")).status === 200 ? "minted" : undefined,
  "mint-other-host": async (site) => {
    const cookie = await site.mint(await site.login());
    return text(await site.ask("GET", "/media/film.txt", { cookie })).includes("AccessDenied") || undefined;
  },
  "cookie-not-secure": (site) => cookieLacks(site, "Secure"),
  "cookie-not-http-only": (site) => cookieLacks(site, "HttpOnly"),
  "cookie-same-site-none": (site) => cookieLacks(site, "SameSite=Lax"),
  "cookie-other-path": (site) => cookieLacks(site, "Path=/"),
  "cookie-no-domain": (site) => cookieLacks(site, "Domain=keyturn.localhost"),
  "cookie-outlives-policy": (site) => cookieLacks(site, "Max-Age=30"),
  "cookie-ttl-doubled": (site) => cookieLacks(site, "Max-Age=30"),
  "logout-forgets-signature": async (site) => {
    const lines = setCookies(await site.ask("POST", "/logout"));
    return lines.some((line) => line.startsWith("CloudFront-Signature=")) ? undefined : "left";
  },
  "logout-other-path": (site) => logoutLacks(site, "Path=/"),
  "logout-other-domain": (site) => logoutLacks(site, "Domain=keyturn.localhost"),
  "origin-verification-skipped": async (site) =>
    (await site.ask("GET", "/public/status", { direct: true })).status === 200 ? "answered" : undefined,
  "authorization-missing": async (site) => {
    const token = await site.login("guest");
    const cookie = await site.mint(token);
    return (await site.ask("GET", "/api/reports", { cookie, token })).status === 200 ? "allowed" : undefined;
  },
  "signer-until-restart": (site) => keyAfterPut(site, 1000),
  "signer-external-id": async (site) => {
    site.deployKeyPairId("KDEPLOYED00000");
    for (const signer of site.signers) signer.restart();
    return (await keyPairIdOf(site)) === "KDEPLOYED00000" ? "deployed" : undefined;
  },
};

describe("application faults", () => {
  test.each(Object.keys(APPLICATION_FAULTS) as ApplicationFaultId[])(
    "%s has its symptom, and only while it is on",
    async (id) => {
      const site = await demoSite();
      expect(await SYMPTOM[id](site)).toBeUndefined();
      const broken = await demoSite();
      broken.switches.application.turn(id, true);
      expect(await SYMPTOM[id](broken)).toBeDefined();
    },
  );
});

async function failedMint(site: DemoSite, reason: string) {
  const answer = await site.ask("POST", "/edge/session", { token: await site.login() });
  if (answer.status === 200) return undefined;
  expect([answer.status, json(answer).error]).toEqual([503, "mint_failed"]);
  expect(site.log.at(-2)).toMatchObject({ event: "mint.failed", reason });
  return reason;
}

async function statusOf(site: DemoSite, method: string, path: string, status: number) {
  const answer = await site.ask(method, path, { token: await site.login() });
  return answer.status === status ? status : undefined;
}

const lacking = (lines: readonly string[], attribute: string) =>
  lines.some((line) => !line.split("; ").includes(attribute)) ? `without ${attribute}` : undefined;
const cookieLacks = async (site: DemoSite, attribute: string) =>
  lacking(setCookies(await site.ask("POST", "/edge/session", { token: await site.login() })), attribute);
const logoutLacks = async (site: DemoSite, attribute: string) =>
  lacking(setCookies(await site.ask("POST", "/logout")), attribute);

async function keyPairIdOf(site: DemoSite) {
  return /CloudFront-Key-Pair-Id=(\w+)/.exec(await site.mint(await site.login()))?.[1];
}

/** Makes another key current, and tells whether the first one is still used `later` seconds after. */
async function keyAfterPut(site: DemoSite, later: number) {
  const before = await keyPairIdOf(site);
  await keyPairIdOf(site);
  const { account } = site;
  const current = JSON.parse(account.secrets.text("demo/cloudfront-signing-key") ?? "{}") as Record<
    string,
    string
  >;
  account.secrets.put("demo/cloudfront-signing-key", JSON.stringify({ ...current, keyPairId: undefined }));
  await site.clock.advance(later);
  const answer = await site.ask("POST", "/edge/session", { token: await site.login() });
  return answer.status === 200 && /CloudFront-Key-Pair-Id=(\w+)/.exec(cookiesOf(answer))?.[1] === before
    ? "kept"
    : undefined;
}
