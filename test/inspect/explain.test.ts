/** The explanation matches the decision if everything is known, and otherwise does not guess. */
import { createPublicKey } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { parseCookieHeader } from "../../src/capture/read-cookie-header.ts";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import { type ExplainedRequest, explainRequest } from "../../src/inspect/explain.ts";
import {
  cannedFields,
  customText,
  type Fields,
  inCookies,
  inQuery,
  NOW,
  signedFields,
  trust,
  URL,
  VIEWER,
} from "../edge/signed.ts";
import { failingRows } from "../fakes/failing-rows.ts";
import { needs } from "../fakes/needs.ts";
import { generateSigningKeys } from "../independent/openssl-signer.ts";
import { makeTable } from "../independent/table.ts";

needs("openssl")("explain, compared with decide,", () => {
  const keys = generateSigningKeys();
  afterAll(keys.dispose);

  it("agrees on every row", async () => {
    const rows = makeTable(keys).filter(({ request }) => request.behaviors === undefined);
    const failing = await failingRows(
      rows,
      ({ name }) => name,
      ({ request }) => {
        const { url, cookies = "", ip, now, keys: pems = null } = request;
        const pairs = parseCookieHeader(cookies);
        const trusted =
          pems === null
            ? undefined
            : new Map(Object.entries(pems).map(([id, pem]) => [id, verifierOf(createPublicKey(pem))]));
        const verdict = decide({ url, cookies: pairs, ip }, trusted, now);
        const explanation = explainRequest({ url, cookies: pairs, ip, trust: trusted }, now);
        expect(explanation).toMatchObject({
          verdict: verdict.allowed ? "allow" : "deny",
          undocumented: verdict.undocumented,
        });
        expect([explanation.code, explanation.reason]).toEqual([verdict.code, verdict.reason]);
      },
    );
    expect(failing).toEqual([]);
  });
});

const custom = signedFields(customText({ ip: "192.0.2.0/24" }));
const states = (subject: ExplainedRequest, now = NOW) => {
  const { verdict, conditions } = explainRequest(subject, now);
  return [
    verdict,
    ...conditions.filter(({ state }) => state !== "met").map(({ name, state }) => `${name} ${state}`),
  ];
};
const cookiesOf = (fields: Fields) => inCookies(fields).cookies;

describe("explain", () => {
  it.each<[string, ExplainedRequest, string[]]>([
    ["everything known", { url: URL, ip: VIEWER, cookies: cookiesOf(custom), trust }, ["allow"]],
    [
      "no key",
      { url: URL, ip: VIEWER, cookies: cookiesOf(custom), trust: "unknown" },
      ["unknown", "key unknown", "signature unknown"],
    ],
    ["no URL", { ip: VIEWER, cookies: cookiesOf(custom), trust }, ["unknown", "resource unknown"]],
    ["no address", { url: URL, cookies: cookiesOf(custom), trust }, ["unknown", "ip unknown"]],
    [
      "no address if none matters",
      { url: URL, cookies: cookiesOf(signedFields(customText())), trust },
      ["allow"],
    ],
    [
      "no URL if none matters",
      { cookies: cookiesOf(signedFields(customText({ resource: undefined }))), trust },
      ["allow"],
    ],
    [
      "no URL for canned cookies",
      { cookies: cookiesOf(cannedFields(URL, NOW + 60)), trust },
      ["unknown", "signature unknown", "resource unknown"],
    ],
    [
      "only a policy",
      { cookies: [["CloudFront-Policy", custom.Policy as string]], policyOnly: true, trust: "unknown" },
      [
        "unknown",
        "key-pair-id unknown",
        "key unknown",
        "signature-encoding unknown",
        "signature unknown",
        "ip unknown",
        "resource unknown",
      ],
    ],
    ["a behavior without key groups", { url: URL, cookies: [], trust: undefined }, ["allow"]],
  ])("decides as far as it can with %s", (_, subject, expected) => expect(states(subject)).toEqual(expected));

  it("denies if what is known is enough", () => {
    expect(states({ cookies: cookiesOf(custom), trust: "unknown" }, NOW + 7200)).toEqual([
      "deny",
      "key unknown",
      "signature unknown",
      "time failed",
      "ip unknown",
      "resource unknown",
    ]);
    expect(
      states(
        { cookies: [["CloudFront-Policy", custom.Policy as string]], policyOnly: true, trust: "unknown" },
        NOW + 7200,
      )[0],
    ).toBe("deny");
  });
  it("shows every failed condition, but has the code of the edge's first", () => {
    const { code, reason, conditions } = explainRequest(
      { url: "https://other.example.com/", ip: "203.0.113.1", cookies: cookiesOf(custom), trust: new Map() },
      NOW + 7200,
    );
    expect([code, reason]).toEqual(["InvalidKey", "key-not-trusted"]);
    expect(conditions.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual([
      "key",
      "time",
      "ip",
      "resource",
    ]);
  });
  it("never shows a canned policy for a URL that was not given", () => {
    expect(
      explainRequest({ cookies: cookiesOf(cannedFields(URL, NOW + 60)), trust: "unknown" }, NOW).policy,
    ).toEqual({ dateLessThan: NOW + 60 });
  });
  it("reads the URL from a signed URL", () => {
    const { url } = inQuery(cannedFields(URL, NOW + 60));
    expect(states({ url, ip: VIEWER, cookies: [], trust })).toEqual(["allow"]);
  });
});
