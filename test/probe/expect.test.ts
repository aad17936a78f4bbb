import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CASE_IDS, type CaseId, probeCase } from "../../src/probe/cases.ts";
import { type Expectation, expectationOf } from "../../src/probe/expect.ts";
import { prepareMaterials } from "../../src/probe/materials.ts";
import { planProbe } from "../../src/probe/plan.ts";
import { type Target, targetsOfUrls } from "../../src/probe/target.ts";

const now = 1_800_000_000;
const pair = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const keys = {
  signing: { privateKey: pair(), keyPairId: "KTRUSTED000001" },
  retired: { privateKey: pair(), keyPairId: "KRETIRED000001" },
  other: Promise.resolve(pair()),
  hash: "SHA256" as const,
};
const [own] = targetsOfUrls(["https://app.example.com/api/me"]) as [Target];
const wide: Target = { ...own, resource: "https://app.example.com/*" };

async function expectations(target: Target): Promise<Map<CaseId, Expectation>> {
  const plan = planProbe([target], { canSign: true, hasRetiredKey: true, methods: ["GET", "OPTIONS"] });
  const materials = prepareMaterials(keys, now);
  const met = new Map<CaseId, Expectation>();
  for (const request of plan.requests) {
    const cookies = (await materials.cookiesFor(request)).reveal();
    met.set(request.caseId, expectationOf(request, cookies, materials.trust, now));
  }
  return met;
}

/** Written by hand from the documentation, to check what `edge/decide.ts` returns. */
const DENIED: Readonly<Partial<Record<CaseId, readonly string[]>>> = {
  none: ["MissingKey"],
  "missing-policy": ["MalformedPolicy"],
  "missing-key-pair-id": ["MissingKey"],
  expired: ["AccessDenied"],
  "not-yet-valid": ["AccessDenied"],
  "wrong-resource": ["AccessDenied"],
  "wrong-ip": ["AccessDenied"],
  "tampered-policy": ["AccessDenied"],
  "tampered-signature": ["AccessDenied"],
  "tampered-key-pair-id": ["InvalidKey"],
  "untrusted-key": ["AccessDenied"],
  "unknown-key": ["InvalidKey"],
  "retired-key": ["InvalidKey"],
  "canned-wildcard": ["AccessDenied", "MalformedPolicy"],
  base64url: ["MalformedSignature"],
  "wrong-hash": ["AccessDenied"],
  "beside-query": ["MissingKey"],
};

describe.each([
  ["one exact URL", own],
  ["a gate's wildcard", wide],
])("the expectations, with cookies for %s", async (_, target) => {
  const met = await expectations(target);
  it.each(Object.entries(DENIED))("%s is denied with %j", (caseId, codes) => {
    expect(met.get(caseId as CaseId)).toMatchObject({ kind: "denied", codes });
  });
  it("a missing signature is denied with any code, because the code is undocumented", () => {
    const expectation = met.get("missing-signature");
    expect(expectation?.kind).toBe("denied");
    expect(expectation?.kind === "denied" && expectation.codes.length).toBeGreaterThan(1);
  });
  it("valid cookies pass, plain HTTP does not, and a preflight is only reported", () => {
    expect(met.get("valid")).toEqual({ kind: "passed" });
    expect(met.get("http-valid")).toEqual({ kind: "https-only" });
    expect(met.get("preflight")?.kind).toBe("observed");
  });
  it("every case has an expectation", () => {
    expect([...met.keys()].sort()).toEqual([...CASE_IDS].sort());
  });
});

describe("cookies of a probe", () => {
  it("never cover more than the probed URL", async () => {
    const plan = planProbe([own], { canSign: true, hasRetiredKey: true });
    const materials = prepareMaterials(keys, now);
    const valid = plan.requests.find(({ caseId }) => caseId === "valid");
    const [plainHttp] = plan.requests.filter(({ caseId }) => caseId === "http-valid");
    if (valid === undefined || plainHttp === undefined) throw new Error("not planned");
    const names = (await materials.cookiesFor(valid)).reveal().map(([name]) => name);
    expect(names).toContain("CloudFront-Expires");
    // A cookie sent in the clear must open nothing but the http URL itself.
    const overheard = (await materials.cookiesFor(plainHttp)).reveal();
    const asHttps = expectationOf({ ...valid, url: own.url }, overheard, materials.trust, now);
    expect(asHttps.kind).toBe("denied");
  });
  it("are sealed, and minted once for all methods", async () => {
    const plan = planProbe([own], { canSign: true, hasRetiredKey: true });
    const materials = prepareMaterials(keys, now);
    for (const caseId of CASE_IDS.filter((each) => probeCase(each).cookies !== "none")) {
      const [first, ...others] = plan.requests.filter((request) => request.caseId === caseId);
      if (first === undefined) throw new Error("not planned");
      const cookies = await materials.cookiesFor(first);
      expect(JSON.stringify(cookies)).toBe('"[sealed]"');
      for (const other of others) expect(await materials.cookiesFor(other)).toBe(cookies);
    }
  });
  it("name a key pair ID whose key is not the gate's", async () => {
    expect(createPublicKey(await keys.other).equals(createPublicKey(keys.signing.privateKey))).toBe(false);
  });
});
