/** The flags of `keyturn sandbox --origin`: each mistake is explained in one line, with exit code 2. */
import { describe, expect, it } from "vitest";
import {
  parseHost,
  parseOrigin,
  parseOriginRequestPolicy,
  parseOriginTimeout,
  parseProtect,
  parsePublicKeyWithId,
  planProxy,
} from "../../../src/sandbox/proxy/proxy-plan.ts";

const ORIGIN = ["http://127.0.0.1:3000"];
const mistake = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return thrown as Error & { code: string; errorClass: string; hints: string[] };
  }
  throw new Error("it was accepted");
};

describe("an invalid flag", () => {
  it.each([
    [
      "--origin without a scheme",
      () => parseOrigin("127.0.0.1:3000"),
      '--origin "127.0.0.1:3000" is not a URL with http:// or https://',
    ],
    [
      "--origin with a password",
      () => parseOrigin("http://a:secret@b/"),
      "--origin must not hold a user name or password",
    ],
    [
      "--origin with a query",
      () => parseOrigin("http://b/?x"),
      '--origin "http://b/?x" has a query or fragment',
    ],
    [
      "--protect that is not a pattern",
      () => parseProtect("/api/*,media"),
      '--protect "media" is not a path pattern',
    ],
    ["an empty --protect", () => parseProtect(""), "--protect has an empty path pattern"],
    [
      "--public-key without an ID",
      () => parsePublicKeyWithId("key.pem"),
      '--public-key "key.pem" is not FILE=ID',
    ],
    [
      "--host with a port",
      () => parseHost("app.localhost:8443"),
      '--host "app.localhost:8443" is not a host name',
    ],
    [
      "an unknown policy",
      () => parseOriginRequestPolicy("AllViewers"),
      '--origin-request-policy "AllViewers" is not a managed policy: AllViewer, ',
    ],
    ["a long --origin-timeout", () => parseOriginTimeout("121s"), "--origin-timeout 121s is not 1s to 120s"],
    ["--explain alone", () => planProxy({ explain: true }), "--explain needs --origin"],
    [
      "--protect beside a template",
      () => planProxy({ origin: ORIGIN, protect: ["/a"], fromTemplate: "x" }),
      "--protect and --from-template cannot be combined",
    ],
    [
      "a template and an account",
      () => planProxy({ origin: ORIGIN, fromAccount: true, fromTemplate: "x" }),
      "--from-template and --from-account cannot be combined",
    ],
    [
      "--distribution alone",
      () => planProxy({ origin: ORIGIN, distribution: "E1" }),
      "--distribution needs --from-template or --from-account",
    ],
  ])("%s is refused with one line", (_, act, message) => {
    const thrown = mistake(act);
    expect(thrown).toMatchObject({ code: "ERR_USAGE", errorClass: "usage" });
    expect(thrown.message).toContain(message);
    expect(thrown.message).not.toMatch(/\n|secret/);
    expect(thrown.hints[0]).toMatch(/^keyturn sandbox/);
  });
});

it("protects every path by default", () => {
  expect(planProxy({ origin: ORIGIN })).toMatchObject({ protect: ["*"], trust: { by: "own-key" } });
});

it("splits and accumulates patterns", () => {
  expect(parseProtect("/media/*", parseProtect("/api/*, /x?.js"))).toEqual(["/api/*", "/x?.js", "/media/*"]);
});

it("takes one backend per origin of a template", () => {
  const plan = planProxy({ origin: ["http://127.0.0.1:3000", "assets=https://assets.localhost/base/"] });
  expect(plan?.backends.get("")).toMatchObject({ host: "127.0.0.1:3000", port: 3000, path: "" });
  expect(plan?.backends.get("assets")).toMatchObject({ protocol: "https:", port: 443, path: "/base" });
});

it("plans nothing without --origin, because the sandbox then runs its own application", () => {
  expect(planProxy({})).toBeUndefined();
});
