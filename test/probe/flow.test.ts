import { describe, expect, it } from "vitest";
import type { ViewerRequest, ViewerResponse } from "../../src/seams.ts";
import { type FaultOptions, type ProbedSite, probedSite, turnOn } from "./fault-site.ts";

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

  it("goes through the whole flow", async () => {
    const { ids, step } = await told(await byCookie(true));
    expect(ids).toEqual([]);
    expect(step("the old session cannot mint")?.verdict).toBe("met");
  });
  it("is tried again from a copy after logout, because clearing a cookie does not end a session", async () => {
    expect((await told(await byCookie(false))).ids).toEqual(["mint-after-logout"]);
  });
});

describe("a login flow distinguishes", () => {
  it("a login that succeeds but opens no session", async () => {
    const site = await siteAnswering(
      async (request, send) => (is(request, "/login") ? saying(await send(), 200) : send()),
      { yaml: (yaml) => yaml.replace(/^ +tokenField: .*\n/m, "") },
    );
    expect((await told(site)).ids).toEqual(["login-without-token"]);
  });
  it("an application that does not know the session behind the edge", async () => {
    const site = await siteAnswering(async (request, send) => {
      const answer = await send();
      return is(request, "/api/") && answer.status === 403 ? saying(answer, 401) : answer;
    });
    const { ids, step } = await told(site);
    expect(ids).toEqual(["session-not-recognised"]);
    expect(step("refuses what this session")?.verdict).toBe("left");
  });
  it("an application that fails from one that forgot to authorize", async () => {
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
  it("a long wait from a hang, by printing how long", async () => {
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
