import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { readPrivateKey } from "../../src/keys/pem.ts";
import { type MintRequest, mintCookies } from "../../src/mint/mint.ts";
import { cookiePairs } from "../../src/mint/write.ts";
import type { TriageResult } from "../../src/report/triage.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { ViewerRequest, ViewerResponse } from "../../src/seams/viewer.ts";
import { type FaultOptions, type ProbedSite, probedSite, turnOn } from "./fault-site.ts";
import { SITE } from "./site-viewer.ts";

const FLOW = "probe --flow --credentials guest.txt --json";

interface Told {
  readonly findings: readonly { readonly id: string }[];
  readonly result: { readonly steps: readonly { title: string; verdict: string; told: string }[] };
}

async function told({ run }: ProbedSite, line = FLOW) {
  const { findings, result } = JSON.parse((await run(line)).stdout) as Told;
  const step = (words: string) => result.steps.find(({ title }) => title.includes(words));
  return { ids: findings.map(({ id }) => id), step };
}

type Answering = (request: ViewerRequest, send: () => Promise<ViewerResponse>) => Promise<ViewerResponse>;

async function siteAnswering(answering: Answering, options: FaultOptions = {}): Promise<ProbedSite> {
  const probed = await probedSite(options);
  const { viewer, world } = probed;
  const send = viewer.send.bind(viewer);
  viewer.send = (request, signal) => answering(request, () => send(request, signal));
  Object.assign(world, { viewer });
  return probed;
}

const saying = (answer: ViewerResponse, status: number, body = "{}"): ViewerResponse => ({
  ...answer,
  status,
  body: Buffer.from(body),
});
const is = (request: ViewerRequest, path: string) => request.url.includes(path);

/** A site whose application mints other policies than its gate declares, with the gate's own key or a given one. */
async function siteMinting(change: (now: number) => Partial<MintRequest>): Promise<ProbedSite> {
  const probed = await siteAnswering(async (request, send) => {
    const answer = await send();
    if (!is(request, "/edge/session") || answer.status >= 400) return answer;
    const secret = JSON.parse(probed.site.account.secrets.text(DEMO.secret) ?? "{}") as Record<
      string,
      string
    >;
    const now = Math.floor(probed.world.clock.now());
    const set = mintCookies(
      {
        resource: `${SITE}/*`,
        expires: now + 30,
        hash: "SHA256",
        keyPairId: secret.keyPairId as string,
        ...change(now),
      },
      readPrivateKey(secret.privateKey as string).privateKey,
    );
    const place = "Domain=keyturn.localhost; Path=/; Max-Age=30; Secure; HttpOnly; SameSite=Lax";
    return {
      ...answer,
      headers: [
        ...answer.headers.filter(([name]) => name !== "set-cookie"),
        ...cookiePairs(set).map(([name, value]) => ["set-cookie", `${name}=${value}; ${place}`] as const),
      ],
    };
  });
  return probed;
}

describe("cookies that are minted and denied", () => {
  const CASES = [
    {
      name: "a signing host whose clock is ahead",
      change: (now: number) => ({ notBefore: now + 1195, expires: now + 1500 }),
      cause: "not-yet-valid",
      says: /signer-clock-ahead[\s\S]*timedatectl/,
    },
    {
      name: "a Resource of another path",
      change: () => ({ resource: `${SITE}/elsewhere/*` }),
      cause: "resource-mismatch",
      says: /Resource/,
    },
    {
      name: "a key that the edge does not trust",
      change: () => ({ keyPairId: "K000000000000X" }),
      cause: "key-not-trusted",
      says: /K000000000000X/,
    },
  ] as const;

  it.each(CASES)("report their cause first: $name", async ({ change, cause, says }) => {
    const ill = await siteMinting(change);
    for (const line of [FLOW, "audit --credentials guest.txt --json"]) {
      const { stdout, exitCode } = await ill.run(line);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      const ids = findings.map(({ id }) => id);
      expect(exitCode).toBe(1);
      expect(ids).toContain(cause);
      expect(ids.indexOf(cause)).toBeLessThan(ids.indexOf("minted-but-denied"));
      expect(JSON.stringify(findings.find(({ id }) => id === cause))).toMatch(says);
      // The audit that was just run is no useful remedy.
      for (const { remedy = "" } of findings) expect(remedy).not.toMatch(/^keyturn audit/);
      // Policies and signatures are longer than any name.
      expect(stdout.replaceAll(/sha256:\S+/gi, "")).not.toMatch(/[\w~-]{60,}/);
    }
  });

  it("make triage report that nobody gets new cookies, with a next command that names the cause", async () => {
    const ill = await siteMinting((now) => ({ notBefore: now + 1195, expires: now + 1500 }));
    const { stdout } = await ill.run("triage --json --credentials guest.txt");
    const [gate] = (JSON.parse(stdout) as { result: TriageResult }).result.gates;
    expect(gate).toMatchObject({ verdict: "degraded" });
    expect(gate?.causes).toContain("not-yet-valid");
    expect(gate?.affected).toContain("nobody gets new ones");
    const next = await ill.run(String(gate?.next).replace(/^keyturn /, ""));
    expect(next.stdout).toContain("timedatectl");
  });
});

describe("cookies whose Path misses the protected paths", () => {
  const mismatch = async (yaml = (text: string) => text) => {
    const ill = await probedSite({ yaml });
    turnOn(ill.site, "cookie-other-path");
    const { findings } = JSON.parse((await ill.run(FLOW)).stdout);
    const ofPath = (findings as Finding[]).filter(({ id }) => id.startsWith("cookie-path-"));
    expect(ofPath.map(({ id }) => id)).toEqual(["cookie-path-mismatch"]);
    return ofPath[0] as Finding;
  };

  it("are reported once for all paths, with the declared Path as the fix", async () => {
    const { message, remedy } = await mismatch();
    expect(message).toContain("Path=/edge does not cover /api/reports, /media/film.txt");
    expect(remedy).toBe("in the mint endpoint, set Path=/, as the gate declares");
  });

  it("are not fixed by a declared Path that misses them as well", async () => {
    const { remedy } = await mismatch((yaml) => yaml.replace("      path: /\n", "      path: /media\n"));
    expect(remedy).not.toContain("Path=/media");
    expect(remedy).toMatch(/mint endpoint and .*cookie\.path .*\/ covers all/);
  });

  it("are named in triage without a full stop before the id", async () => {
    const ill = await siteAnswering(async (_, send) => {
      const answer = await send();
      const headers = answer.headers.map(
        ([name, value]) =>
          [name, name === "set-cookie" ? value.replace("Path=/;", "Path=/*;") : value] as const,
      );
      return { ...answer, headers };
    });
    const { stdout } = await ill.run("triage --credentials guest.txt");
    expect(stdout.replace(/\s+/g, " ")).toContain("browsers take the * literally (cookie-path-wildcard)");
  });
});

describe("a session that the application keeps in a cookie", () => {
  const headerOf = ({ headers }: ViewerRequest, name: string) =>
    headers.find(([each]) => each === name)?.[1] ?? "";
  /** The sandbox's token, carried in a cookie as many applications do. */
  const byCookie: (endsSessions: boolean) => Promise<ProbedSite> = async (endsSessions) => {
    const probed = await probedSite({ yaml: (yaml) => yaml.replace(/^ +tokenField: .*\n/m, "") });
    const send = probed.viewer.send.bind(probed.viewer);
    probed.viewer.send = async (request, signal) => {
      const [, token] = /\bsid=([^;]+)/.exec(headerOf(request, "Cookie")) ?? [];
      const headers = [
        ...request.headers,
        ...(token === undefined || (is(request, "/logout") && !endsSessions)
          ? []
          : ([["Authorization", `Bearer ${token}`]] as const)),
      ];
      const answer = await send({ ...request, headers }, signal);
      const extra: [string, string][] = [];
      if (is(request, "/login")) {
        const opened = JSON.parse(Buffer.from(answer.body).toString()) as { token: string };
        extra.push(["set-cookie", `sid=${opened.token}; Path=/; Secure; HttpOnly`]);
      }
      if (is(request, "/logout")) extra.push(["set-cookie", "sid=; Path=/; Max-Age=0; Secure; HttpOnly"]);
      return { ...answer, headers: [...answer.headers, ...extra] };
    };
    Object.assign(probed.world, { viewer: probed.viewer });
    return probed;
  };

  it("works through the whole flow", async () => {
    const { ids, step } = await told(await byCookie(true));
    expect(ids).toEqual([]);
    expect(step("the old session cannot mint")?.verdict).toBe("met");
  });
  it("is replayed from a copy after logout, because clearing a cookie does not end a session", async () => {
    expect((await told(await byCookie(false))).ids).toEqual(["mint-after-logout"]);
  });
});

describe("a login flow distinguishes", () => {
  it("a login that succeeds without opening a session", async () => {
    const site = await siteAnswering(
      async (request, send) => (is(request, "/login") ? saying(await send(), 200) : send()),
      { yaml: (yaml) => yaml.replace(/^ +tokenField: .*\n/m, "") },
    );
    expect((await told(site)).ids).toEqual(["login-without-token"]);
  });
  it("an application that does not recognize the session behind the edge", async () => {
    const site = await siteAnswering(async (request, send) => {
      const answer = await send();
      return is(request, "/api/") && answer.status === 403 ? saying(answer, 401) : answer;
    });
    const { ids, step } = await told(site);
    expect(ids).toEqual(["session-not-recognised"]);
    expect(step("refuses what this session")?.verdict).toBe("left");
  });
  it("a mint endpoint that may pass on a refusal by AWS", async () => {
    const site = await siteAnswering(async (request, send) => {
      const answer = await send();
      return is(request, "/edge/session") && answer.status < 300 ? saying(answer, 403) : answer;
    });
    const { findings } = JSON.parse((await site.run(FLOW)).stdout) as Told & { findings: Finding[] };
    expect(findings[0]).toMatchObject({
      id: "login-works-mint-refused",
      remedy: expect.stringMatching(/session.*AccessDenied.*`keyturn iam --role minter --gate demo`/),
    });
  });
  it("an application that fails from one that lacks authorization", async () => {
    const site = await siteAnswering(async (request, send) =>
      is(request, "/api/") ? saying(await send(), 500) : send(),
    );
    const { ids } = await told(site);
    expect(ids).toEqual(["minted-but-no-access"]);
  });
  it("cookies that pass after they expire from an error page that keeps the status", async () => {
    const masked = await probedSite();
    const { clock } = masked.world;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (seconds, signal) => {
      await sleep(seconds, signal);
      if (seconds > 30) turnOn(masked.site, "error-page-same-status");
    };
    const { ids, step } = await told(masked, `${FLOW} --remint`);
    expect(step("expired cookies are refused")?.verdict).toBe("left");
    expect(ids).not.toContain("expired-cookies-pass");
    const longer = await probedSite();
    turnOn(longer.site, "cookie-ttl-doubled");
    expect((await told(longer, `${FLOW} --remint`)).ids).toContain("expired-cookies-pass");
  });
  it("a long wait from a hang, by printing how long it waits", async () => {
    const { run } = await probedSite();
    expect((await run("probe --flow --credentials guest.txt --remint")).stderr).toContain(
      "waits 32s for the cookies to expire",
    );
  });
  it("a WAF rate limit from an endpoint that refuses", async () => {
    let mints = 0;
    const probed = await siteAnswering(async (request, send) => {
      if (is(request, "/edge/session")) mints += 1;
      if (is(request, "/edge/session") && mints > 4) {
        turnOn(probed.site, "waf-block");
        const answer = await send();
        probed.site.switches.edge.clear();
        return answer;
      }
      return send();
    });
    const { step } = await told(probed, `${FLOW} --abuse 10`);
    expect(step("anti-abuse")).toMatchObject({ verdict: "met", told: "403 by AWS WAF at mint 3" });
  });
});
