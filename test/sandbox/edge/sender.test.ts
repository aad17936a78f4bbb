/** Who sent a request, and which answers are unexpected: these are shown in red on the page and in the rehearsal. */
import { describe, expect, it } from "vitest";
import { isUnexpected, type RespondedRequest, senderOf } from "../../../src/sandbox/edge/sender.ts";

const NOW = 1_795_939_200;
const policy = (ends: number) =>
  Buffer.from(
    `{"Statement":[{"Resource":"https://app.example/*","Condition":{"DateLessThan":{"AWS:EpochTime":${ends}}}}]}`,
  )
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("=", "_")
    .replaceAll("/", "~");

const allowed = { allowed: true, carrier: "cookies", undocumented: [] } as const;
const denied = (reason: "key-not-trusted" | "expired" | "key-pair-id-missing", keyPairId?: string) =>
  ({ allowed: false, carrier: "cookies", reason, keyPairId, undocumented: [] }) as const;

const asked = (
  over: Partial<RespondedRequest>,
  cookie?: string,
  target = "/api/reports",
): RespondedRequest => ({
  sender: "viewers",
  request: { target, headers: cookie === undefined ? {} : { cookie } },
  by: "origin",
  isProtected: true,
  originCalled: true,
  status: 200,
  verdict: allowed,
  at: NOW,
  ...over,
});
const byEdge = { by: "signature-check", originCalled: false, status: 403 } as const;
const isGenuine = (id: string) => id === "KGENUINE";
const custom = (ends: number) => `CloudFront-Policy=${policy(ends)}; CloudFront-Key-Pair-Id=KGENUINE`;
const canned = (ends: number) => `CloudFront-Expires=${ends}; CloudFront-Key-Pair-Id=KGENUINE`;
const genuine = denied("key-not-trusted", "KGENUINE");

describe("whether an answer is unexpected", () => {
  it.each<readonly [string, RespondedRequest, boolean]>([
    ["a viewer gets in", asked({}), false],
    [
      "a viewer without cookies is denied",
      asked({ ...byEdge, verdict: denied("key-pair-id-missing") }),
      false,
    ],
    ["a viewer with expired cookies is denied", asked({ ...byEdge, verdict: denied("expired") }), false],
    ["the origin denies", asked({ status: 403 }), false],
    ["the edge redirects", asked({ by: "edge", originCalled: false, status: 301 }), false],
    [
      "a public path needs no signature",
      asked({ verdict: undefined, isProtected: false }, undefined, "/public/status"),
      false,
    ],
    ["a protected path without a signature check", asked({ verdict: undefined }), true],
    ["the same for the prober", asked({ verdict: undefined, sender: "prober" }), true],
    ["the origin fails", asked({ status: 500 }), true],
    ["the origin answers with the last status below 500", asked({ status: 499 }), false],
    ["WAF answers instead", asked({ by: "waf", originCalled: false, status: 403 }), true],
    ["an attacker gets to the origin", asked({ sender: "attackers" }), true],
    ["an attacker is denied", asked({ ...byEdge, sender: "attackers", verdict: denied("expired") }), false],
    ["the prober's own denied requests", asked({ ...byEdge, sender: "prober", verdict: genuine }), false],
    [
      "a key that no account knows",
      asked({ ...byEdge, verdict: denied("key-not-trusted", "KFORGED") }),
      false,
    ],
  ])("%s", (_, answered, expected) => {
    expect(isUnexpected(answered, isGenuine)).toBe(expected);
  });

  it.each([
    ["custom policy", custom],
    ["canned policy", canned],
  ])("a denial of cookies with a genuine key is unexpected until they expire, %s", (_, cookies) => {
    const at = (ends: number) =>
      isUnexpected(asked({ ...byEdge, verdict: genuine }, cookies(ends)), isGenuine);
    expect([at(NOW - 1), at(NOW), at(NOW + 1)]).toEqual([false, false, true]);
  });

  it.each([
    ["custom", (ends: number) => `/api/reports?Policy=${policy(ends)}&Key-Pair-Id=KGENUINE`],
    ["canned", (ends: number) => `/api/reports?v=1&Expires=${ends}&Key-Pair-Id=KGENUINE`],
  ])("a denial of a signed URL with a genuine key is unexpected until it expires, %s policy", (_, target) => {
    const at = (ends: number) =>
      isUnexpected(asked({ ...byEdge, verdict: genuine }, undefined, target(ends)), isGenuine);
    expect([at(NOW), at(NOW + 1)]).toEqual([false, true]);
  });

  it("a credential that does not say when it expires counts as not expired", () => {
    const bare = asked({ ...byEdge, verdict: genuine }, "CloudFront-Key-Pair-Id=KGENUINE");
    expect(isUnexpected(bare, isGenuine)).toBe(true);
    expect(isUnexpected(bare)).toBe(false);
  });
});

describe("the sender", () => {
  it.each([
    ["attackers", { "x-keyturn-mark": "attack-7", "user-agent": "keyturn/1" }, "/api/reports"],
    ["prober", { "user-agent": "keyturn/0.2.0" }, "/api/reports"],
    ["viewers", { "user-agent": "Mozilla/5.0", "x-keyturn-mark": "viewer-1" }, "/api/reports"],
    ["viewers", {}, "/media/film.txt"],
  ] as const)("is %s for %o", (sender, headers, target) => {
    expect(senderOf({ headers: { ...headers }, target })).toBe(sender);
  });
});
