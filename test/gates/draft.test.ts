/** What `config init` drafts for accounts that are ambiguous. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Distribution } from "../../src/cloudfront/distribution.ts";
import { draftGates, leftOut, type SecretCandidate, type SurveyedAccount } from "../../src/gates/draft.ts";
import { recognizeSecret } from "../../src/gates/recognize-secret.ts";
import { renderDraft } from "../../src/gates/render-draft.ts";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { Sealed } from "../../src/sealed.ts";

const group = (id: string, ...items: string[]) => ({ id, name: id.toLowerCase(), items, comment: "" });
const secret = (id: string, keyPairId: string): SecretCandidate => ({
  id,
  keyPairId,
  format: "pem",
  source: "derived",
});
const distribution = (trustedKeyGroups: string[], trustedSigners: string[] = []) =>
  ({
    id: "E1",
    arn: "arn:aws:cloudfront::111122223333:distribution/E1",
    domainName: "d1.cloudfront.net",
    aliases: [],
    connectionMode: "direct",
    origins: [],
    behaviors: [
      { pathPattern: "/media/*", trustedKeyGroups, trustedSigners: [] },
      { pathPattern: "/old/*", trustedKeyGroups: [], trustedSigners },
    ],
  }) as unknown as Distribution;
const account = (
  keyGroups: unknown[],
  secrets: SecretCandidate[],
  distributions: Distribution[],
): SurveyedAccount => ({ keyGroups, secrets, distributions }) as SurveyedAccount;

describe("a draft", () => {
  it("has two gates that mention each other for an active and an inactive group", () => {
    const seen = account(
      [group("ACTIVE", "K1"), group("INACTIVE", "K2")],
      [secret("a", "K1"), secret("b", "K2")],
      [distribution(["ACTIVE", "INACTIVE"])],
    );
    const drafts = draftGates(seen);
    expect(drafts.map(({ keyGroups, secret: fits }) => [keyGroups, fits?.id])).toEqual([
      [["ACTIVE"], "a"],
      [["INACTIVE"], "b"],
    ]);
    const yaml = renderDraft(drafts);
    expect(yaml).toContain("# CHECK: its behaviors also trust key group inactive (INACTIVE), which");
    expect(yaml).toContain("# CHECK: its behaviors also trust key group active (ACTIVE), which");
    for (const line of yaml.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("never joins groups that share no key, not even through a third", () => {
    const groups = [group("A", "K1", "K2"), group("B", "K2", "K3"), group("C", "K3")];
    const drafts = draftGates(account(groups, [secret("s", "K3")], [distribution(["A", "B", "C"])]));
    expect(drafts.map(({ keyGroups }) => keyGroups)).toEqual([["A"], ["B", "C"]]);
  });

  it("lists every matching secret, and marks the choice", () => {
    const seen = account(
      [group("A", "K1", "K2")],
      [secret("s1", "K1"), secret("s2", "K2")],
      [distribution(["A"])],
    );
    const drafts = draftGates(seen);
    expect(drafts).toHaveLength(1);
    expect(drafts[0]?.doubts).toEqual([
      "more than one secret fits: s1 (K1), s2 (K2); name the one that signs",
    ]);
  });

  it("reports what it left out", () => {
    const seen = account(
      [group("A", "K1"), group("SPARE", "K2")],
      [secret("s", "K1"), secret("lost", "K9")],
      [distribution(["A"], ["self"])],
    );
    expect(leftOut(seen)).toEqual([
      "left out: /old/* of distribution E1: legacy trusted signers, whose keys are in no key group",
      "left out: key group spare (SPARE): no cache behavior trusts it",
      "left out: secret lost: it holds the key of K9, which is in no key group",
    ]);
    expect(renderDraft(draftGates(seen), leftOut(seen))).toContain("# left out: /old/* of distribution E1");
  });
});

describe("a secret is recognized", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const id = "K2JCJMDEHXQW5F";
  const base64 = Buffer.from(pem).toString("base64");
  const seen = (text: string) =>
    recognizeSecret("s", { text: new Sealed(text) }, new Map([[fingerprint(privateKey), id]])).map(
      ({ format, fields, source }) => [format, fields?.privateKey, fields?.keyPairId, source],
    );

  it.each([
    ["PEM", pem, ["pem", undefined, undefined, "derived"]],
    ["a PEM in base64", base64, ["pem", undefined, undefined, "derived"]],
    [
      "a nested member in base64",
      JSON.stringify({ a: { pem: base64, kid: id } }),
      ["json", "a.pem", "a.kid", "in-secret"],
    ],
    [
      "base64 of JSON",
      Buffer.from(JSON.stringify({ pem, kid: "other" })).toString("base64"),
      ["json", "pem", "keyPairId", "derived"],
    ],
    [
      "JSON in a JSON string",
      JSON.stringify({ cfg: JSON.stringify({ pem, id }) }),
      ["json", "cfg.pem", "cfg.id", "in-secret"],
    ],
    [".env lines", `A=1\nexport CF_KEY=${base64}\nCF_ID="${id}"\n`, ["pem", "CF_KEY", "CF_ID", "in-secret"]],
    [
      "YAML",
      `cdn:\n  id: ${id}\n  key: |\n${pem.replace(/^/gm, "    ")}\n`,
      ["pem", "key", "id", "in-secret"],
    ],
  ])("in %s", (_, text, expected) => {
    expect(seen(text)).toEqual([expected]);
  });
});
