import { describe, expect, it } from "vitest";
import type { CaseId } from "../../src/probe/cases.ts";
import type { Expectation } from "../../src/probe/expect.ts";
import { judge } from "../../src/probe/judge.ts";
import type { AnsweringLayer, Classification } from "../../src/probe/layer.ts";
import type { ClassifiedAnswer, ProbeOutcome } from "../../src/probe/outcome.ts";
import { judgeRun } from "../../src/probe/reconsider.ts";
import { type Target, targetsOfUrls } from "../../src/probe/target.ts";
import { Sealed } from "../../src/sealed.ts";

const [target] = targetsOfUrls(["https://app.example.com/api/me"]) as [Target];
const answer = (
  layer: AnsweringLayer,
  edge: Classification["edge"],
  status = 403,
  more: Partial<ClassifiedAnswer> = {},
): ClassifiedAnswer => ({
  layer,
  edge,
  status,
  confidence: "certain",
  evidence: [],
  readable: false,
  head: `${status} text/xml CloudFront`,
  print: `${layer} ${status}`,
  ...more,
});
let number = 0;
const outcome = (
  caseId: CaseId,
  expectation: Expectation,
  answered?: ClassifiedAnswer,
  more: Partial<ProbeOutcome["request"]> = {},
): ProbeOutcome => {
  number += 1;
  const request = { number, target, caseId, method: "GET", url: target.url, headers: [], ...more };
  const told = answered === undefined ? { unreachable: "no answer" } : { answer: answered };
  return { request, expectation, cookies: new Sealed([]), mark: "m", ...told };
};

const denied: Expectation = { kind: "denied", codes: ["AccessDenied"], because: "expired" };
const passed: Expectation = { kind: "passed" };
const https: Expectation = { kind: "https-only" };
const application: Expectation = { kind: "application-refuses" };
const accessDenied = answer("edge-signature", "denied", 403, { code: "AccessDenied" });
const served = answer("application", "passed", 200);

describe("judging one answer", () => {
  const rows: readonly [what: string, outcome: ProbeOutcome, verdict: string][] = [
    ["the edge's own denial with the right code", outcome("expired", denied, accessDenied), "met"],
    [
      "with another code",
      outcome("expired", denied, { ...accessDenied, code: "InvalidKey" }),
      "denied-with-another-code",
    ],
    [
      "without a code to be read (HEAD)",
      outcome("expired", denied, answer("edge-signature", "denied"), { method: "HEAD" }),
      "met",
    ],
    [
      "with a code that is in no list",
      outcome("expired", denied, answer("edge-signature", "denied")),
      "denied-with-another-code",
    ],
    [
      "with a code that is in no list, where no page names one",
      outcome("missing-signature", { ...denied, undocumented: true }, answer("edge-signature", "denied")),
      "observed",
    ],
    [
      "the application's 403 to expired cookies",
      outcome("expired", denied, answer("application", "passed")),
      "expired-allowed",
    ],
    [
      "a cached answer to no cookies",
      outcome("none", denied, answer("cache", "passed", 200)),
      "unsigned-allowed",
    ],
    [
      "an origin that CloudFront cannot reach",
      outcome("none", denied, answer("edge-no-origin", "passed", 502)),
      "unsigned-allowed",
    ],
    [
      "an answer without a mark of CloudFront",
      outcome("none", denied, answer("application", "unsure")),
      "not-through-cloudfront",
    ],
    ["an error page", outcome("none", denied, answer("error-page", "unsure", 200)), "denial-masked"],
    ["a 403 of nobody", outcome("none", denied, answer("unsure", "unsure")), "denial-unrecognised"],
    ["no answer", outcome("none", denied), "not-asked"],
    ["valid cookies, served", outcome("valid", passed, served), "met"],
    ["valid cookies, missing object", outcome("valid", passed, answer("application", "passed", 404)), "met"],
    [
      "valid cookies, the application wants a session",
      outcome("valid", passed, answer("application", "passed", 401)),
      "met",
    ],
    ["valid cookies, denied", outcome("valid", passed, accessDenied), "valid-denied-access-denied"],
    [
      "valid cookies, denied without a code",
      outcome("valid", passed, answer("edge-signature", "denied")),
      "valid-denied",
    ],
    ["valid cookies, 500", outcome("valid", passed, answer("application", "passed", 500)), "origin-fails"],
    ["valid cookies, 499", outcome("valid", passed, answer("application", "passed", 499)), "met"],
    ["plain HTTP redirected", outcome("http-none", https, answer("edge-redirect", "unsure", 301)), "met"],
    ["plain HTTP denied", outcome("http-none", https, accessDenied), "met"],
    ["plain HTTP refused by the host", outcome("http-none", https), "met"],
    ["plain HTTP served", outcome("http-valid", https, served), "http-allowed"],
    [
      "plain HTTP served past CloudFront",
      outcome("http-none", https, answer("application", "unsure", 200)),
      "http-allowed",
    ],
    [
      "plain HTTP refused past CloudFront",
      outcome("http-none", https, answer("application", "unsure")),
      "met",
    ],
    [
      "plain HTTP redirected past CloudFront",
      outcome("http-none", https, answer("redirect", "unsure", 301)),
      "met",
    ],
    [
      "an application's route, 401",
      outcome("none", application, answer("application", "passed", 401)),
      "met",
    ],
    [
      "an application's route, login page",
      outcome("none", application, answer("redirect", "passed", 302)),
      "met",
    ],
    ["an application's route, open", outcome("none", application, served), "application-does-not-refuse"],
    ["a preflight", outcome("preflight", { kind: "observed", because: "no page" }, accessDenied), "observed"],
  ];
  it.each(rows)("%s: %s", (_, given, expected) => {
    const judgement = judge(given);
    expect(judgement.verdict === "failed" ? judgement.fault : judgement.verdict).toBe(expected);
  });
  it("reports a fault if the application refuses valid cookies and the route does not declare that it may", () => {
    const strict = outcome("valid", passed, answer("application", "passed"), {
      target: { ...target, applicationAuthorizes: false },
    });
    expect(judge(strict)).toEqual({ verdict: "failed", fault: "valid-refused-by-application" });
  });
});

describe("judging a whole run", () => {
  const faults = (run: readonly ProbeOutcome[]) =>
    judgeRun(run).map(({ judgement }) =>
      judgement.verdict === "failed" ? judgement.fault : judgement.verdict,
    );
  const page = answer("application", "passed", 403, { confidence: "likely", print: "login page" });

  it("detects a hidden denial: one response for every invalid request, another for the valid one", () => {
    const run = [
      outcome("none", denied, page),
      outcome("expired", denied, page),
      outcome("valid", passed, served),
    ];
    expect(faults(run)).toEqual(["denial-masked", "denial-masked", "met"]);
  });
  it("detects no hidden denial if valid and invalid cookies get the same response", () => {
    const run = [
      outcome("none", denied, page),
      outcome("expired", denied, page),
      outcome("valid", passed, page),
    ];
    expect(faults(run).slice(0, 2)).toEqual(["unsigned-allowed", "expired-allowed"]);
  });
  it("detects no hidden denial if invalid requests get different responses", () => {
    const run = [
      outcome("none", denied, page),
      outcome("expired", denied, served),
      outcome("valid", passed, served),
    ];
    expect(faults(run).slice(0, 2)).toEqual(["unsigned-allowed", "expired-allowed"]);
  });
  it("does not blame the denial code if the gate's key is denied anyway", () => {
    const unknown = { ...accessDenied, code: "InvalidKey" as const };
    const run = [outcome("expired", denied, unknown), outcome("valid", passed, unknown)];
    expect(faults(run)).toEqual(["unproved", "valid-denied-invalid-key"]);
  });
  it("judges a HEAD together with its GET", () => {
    const waf = answer("edge-waf", "unsure");
    const run = [
      outcome("none", denied, waf),
      outcome("none", denied, answer("unsure", "unsure"), { method: "HEAD" }),
      outcome("none", denied, answer("unsure", "unsure", 404), { method: "HEAD" }),
    ];
    expect(faults(run)).toEqual(["blocked-by-waf", "blocked-by-waf", "denial-unrecognised"]);
  });
  it("does not treat a HEAD answered by the application as a denial, even if its GET was denied", () => {
    const run = [
      outcome("expired", denied, accessDenied),
      outcome("expired", denied, answer("application", "passed"), { method: "HEAD" }),
    ];
    expect(faults(run)).toEqual(["met", "expired-allowed"]);
  });
  it("treats a HEAD with different headers from its GET as a different response", () => {
    const html = answer("unsure", "unsure", 403, { head: "403 text/html CloudFront" });
    const run = [
      outcome("expired", denied, accessDenied),
      outcome("expired", denied, html, { method: "HEAD" }),
      outcome("none", denied, accessDenied),
      outcome("none", denied, answer("unsure", "unsure"), { method: "HEAD" }),
    ];
    expect(faults(run)).toEqual(["met", "denial-unrecognised", "met", "met"]);
  });
  it("does not count a dead host as refusing plain HTTP", () => {
    expect(faults([outcome("none", denied), outcome("http-none", https)])).toEqual([
      "not-asked",
      "not-asked",
    ]);
    expect(faults([outcome("valid", passed, served), outcome("http-none", https)])).toEqual(["met", "met"]);
  });
  it("infers a wrong clock if cookies that are not yet valid pass and valid ones do not", () => {
    const run = [outcome("not-yet-valid", denied, served), outcome("valid", passed, accessDenied)];
    expect(faults(run)).toEqual(["clock-behind", "clock-behind"]);
  });
});
