import { describe, expect, it } from "vitest";
import { CASE_IDS, type CaseId } from "../../src/probe/cases.ts";
import { type ProbeChoice, planProbe } from "../../src/probe/plan.ts";
import { type Target, targetsOfGate, targetsOfUrls, urlParts } from "../../src/probe/target.ts";
import { healthyGate } from "../audit/account.ts";

const all: ProbeChoice = { canSign: true, hasRetiredKey: true };
const [guarded] = targetsOfUrls(["https://app.example.com/api/me?x=1"]) as [Target];
const open: Target = {
  ...guarded,
  label: "/public",
  url: "https://app.example.com/public/x",
  protection: "none",
};
const casesIn = (requests: readonly { readonly caseId: CaseId }[]) => [
  ...new Set(requests.map(({ caseId }) => caseId)),
];

describe("the targets of a gate", () => {
  it("are its declared routes", () => {
    const gate = healthyGate("E1", "group");
    const canaries = { E1: "https://one.example.com/private/c", E2: "https://two.example.com/private/c" };
    const routes = gate.routes.map((route) =>
      route.pattern === "/api/*" ? { ...route, distributions: ["E2"] } : route,
    );
    const targets = targetsOfGate({ ...gate, distributions: ["E1", "E2"], canaries, routes });
    expect(targets.map(({ url }) => url)).toEqual([
      "https://one.example.com/private/film.mp4",
      "https://one.example.com/public/a",
      "https://two.example.com/private/film.mp4",
      "https://two.example.com/api/me",
      "https://two.example.com/public/a",
    ]);
  });
});

describe("planning a probe", () => {
  it("sends each case to a protected URL with GET and HEAD, but preflight and plain HTTP only once", () => {
    const { requests, left } = planProbe([guarded], all);
    expect(casesIn(requests)).toEqual(CASE_IDS);
    expect(left).toEqual([]);
    const once: readonly CaseId[] = ["preflight", "http-none", "http-valid"];
    for (const caseId of CASE_IDS) {
      const methods = requests.filter((request) => request.caseId === caseId).map(({ method }) => method);
      expect(methods).toEqual(
        once.includes(caseId) ? [caseId === "preflight" ? "OPTIONS" : "GET"] : ["GET", "HEAD"],
      );
    }
    expect(requests.map(({ number }) => number)).toEqual(requests.map((_, at) => at + 1));
  });
  it("sends a URL as written, without the fragment", () => {
    const [odd] = targetsOfUrls(["https://app.example.com/a/../b%2f?q='#top"]) as [Target];
    const { requests } = planProbe([odd], all);
    expect(requests[0]?.url).toBe("https://app.example.com/a/../b%2f?q='");
    const beside = requests.find(({ caseId }) => caseId === "beside-query");
    expect(beside?.url).toBe("https://app.example.com/a/../b%2f?q='&Expires=1");
  });
  it("skips cases that it has no key for, and reports them", () => {
    const { requests, left } = planProbe([guarded], { canSign: false, hasRetiredKey: false });
    expect(casesIn(requests)).toEqual(["none", "preflight", "http-none"]);
    expect(left.find(({ caseId }) => caseId === "valid")?.because).toContain("no signing key");
    expect(left.find(({ caseId }) => caseId === "retired-key")?.because).toContain("--retired-key");
  });
  it("sends the controls whichever cases are chosen", () => {
    const { requests } = planProbe([guarded], { ...all, cases: ["expired"] });
    expect(casesIn(requests)).toEqual(["none", "expired", "valid"]);
  });
  it("sends the controls with another method if the chosen one does not fit", () => {
    const { requests } = planProbe([guarded], { ...all, methods: ["OPTIONS"] });
    expect(requests.map(({ caseId, method }) => `${method} ${caseId}`)).toEqual([
      "GET none",
      "OPTIONS preflight",
      "GET valid",
    ]);
  });
  it("names a route that no method may be sent to", () => {
    const closed = { ...guarded, label: "/orders/*", methods: [] };
    const { requests, leftRoutes } = planProbe([guarded, closed], all);
    expect(requests.some(({ target }) => target === closed)).toBe(false);
    expect(leftRoutes).toEqual([{ label: "/orders/*", because: expect.stringContaining("safeMethods") }]);
  });
  it("probes a public route only with no cookies and with stale ones", () => {
    expect(casesIn(planProbe([open], all).requests)).toEqual(["none", "expired", "unknown-key"]);
  });
  it("sends only methods that are declared safe, and POST with a body", () => {
    const posted = planProbe([{ ...guarded, methods: ["GET", "POST"] }], {
      ...all,
      cases: ["none"],
      methods: ["POST"],
    });
    expect(posted.requests.map(({ method, body }) => [method, body])).toEqual([
      ["POST", "{}"],
      ["POST", "{}"],
    ]);
  });
  it.each([
    ["https://a.example/x", undefined, "http://a.example/x"],
    ["https://a.example:443/x", undefined, "http://a.example/x"],
    ["https://a.example:8443/x?y", 8080, "http://a.example:8080/x?y"],
    ["https://[2001:db8::1]/x", 80, "http://[2001:db8::1]/x"],
  ])("requests %s over plain HTTP (port %s) as %s", (url, httpPort, expected) => {
    const { requests } = planProbe(targetsOfUrls([url]), { ...all, httpPort });
    expect(requests.find(({ caseId }) => caseId === "http-none")?.url).toBe(expected);
  });
  it("does not guess the port for plain HTTP", () => {
    const { requests, left } = planProbe(targetsOfUrls(["https://a.example:8443/x"]), all);
    expect(casesIn(requests)).not.toContain("http-none");
    expect(left.map(({ caseId }) => caseId)).toEqual(["http-none", "http-valid"]);
  });
  it.each([
    [{ cases: ["expird"] }, 'no case "expird"'],
    [{ routes: ["/nowhere"] }, 'no route "/nowhere"'],
    [{ methods: ["GET", "DELETE"] }, 'no route uses the method "DELETE"'],
  ])("refuses the selection %j", (narrowed, message) => {
    expect(() => planProbe([guarded], { ...all, ...narrowed })).toThrow(message);
  });
  it("narrows the routes by label, path or URL", () => {
    const targets = [guarded, open];
    for (const routes of [["/public"], ["/api/me"], [guarded.url]]) {
      expect(planProbe(targets, { ...all, routes }).requests.length).toBeLessThan(
        planProbe(targets, all).requests.length,
      );
    }
  });
  it("contains no cookie", () => {
    expect(JSON.stringify(planProbe([guarded], all))).not.toMatch(/CloudFront-|cookie/i);
  });
});

describe("splitting a URL", () => {
  it.each(["ftp://a/b", "a.example/b", "", "https://"])("refuses %j", (url) => {
    expect(() => urlParts(url)).toThrow("is not an http or https URL");
  });
});
