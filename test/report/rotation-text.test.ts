/**
 * Text from a rotation that people paste into a ticket or infrastructure code: nothing quoted in it takes effect there.
 */

import { parse as parseTypeScript } from "@swc/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { declareText, holdText } from "../../src/report/rotation-declare.ts";
import { evidenceReport } from "../../src/report/rotation-evidence.ts";
import { makeStyle } from "../../src/report/style.ts";
import type { RotationRecord } from "../../src/rotation/record.ts";

const NOW = 1_800_000_000;
const IMAGE = "![x](https://evil.example/x.png)<img src=x>|";

it("the Markdown evidence escapes what edges and people wrote", async () => {
  const key = { keyPairId: "KOLD", fingerprint: "SHA256:abc", versionId: "v1" };
  const proof = {
    ...{ keyPairId: "KNEW", begunAt: NOW, lastAt: NOW, good: 3, goodSince: NOW, provenAt: NOW },
    ...{ etags: { G1: IMAGE }, locations: [IMAGE], requestIds: [IMAGE], behind: { [IMAGE]: NOW } },
  };
  const record = {
    ...{ version: 1, gate: "demo", rotation: "20270115-000000", goal: "forward", mode: "normal" },
    ...{ epoch: 1, openedEpoch: 1, openedAt: NOW, groups: [], distributions: [], settings: {}, old: key },
    startedBy: { caller: IMAGE, ticket: IMAGE },
    proofs: { new: proof },
    repairs: [{ kind: "group", at: NOW, what: IMAGE }],
  } as unknown as RotationRecord;
  const style = await makeStyle({ colour: false, unicode: true, columns: 80 });
  const page = evidenceReport(record, NOW, "md").text(style);
  expect(page.split("evil.example")).toHaveLength(8);
  expect(page).not.toMatch(/(?<!\\)<img|(?<!\\)\[x/m);
});

describe("the change for infrastructure code, if keyturn.yaml names its resources", () => {
  const groups = [{ id: "G1", name: "viewers", items: ["KNEW"], comment: "keyturn app 3" }];
  const replaced = { from: "KOLD", to: "KNEW" };
  const told = (declare: object) =>
    declareText({ declare: { groups, replaced, ...declare } } as unknown as Parameters<
      typeof declareText
    >[0]);

  it("is HCL that refers to the public key's resource, and the lines that import the new key there", () => {
    const code = {
      keyGroups: { G1: "aws_cloudfront_key_group.viewers" },
      publicKey: 'aws_cloudfront_public_key.signing["one"]',
    };
    expect(told({ ownership: "terraform", code }).split("\n").slice(1)).toEqual([
      "  # aws_cloudfront_key_group.viewers (G1)",
      '  items   = [aws_cloudfront_public_key.signing["one"].id]',
      '  comment = "keyturn app 3"',
      '  # aws_cloudfront_public_key.signing["one"] is KNEW now: import it, and copy its name, comment and encoded_key',
      "  terraform state rm 'aws_cloudfront_public_key.signing[\"one\"]'",
      "  terraform import 'aws_cloudfront_public_key.signing[\"one\"]' KNEW",
      "  aws cloudfront get-public-key-config --id KNEW",
    ]);
  });

  it("is a CloudFormation resource", () => {
    const code = { keyGroups: { G1: "Viewers" }, publicKey: "SigningKey" };
    const text = told({ ownership: "cloudformation", code }).split("\n").slice(1).join("\n");
    expect(parse(text)).toEqual({
      Viewers: {
        Type: "AWS::CloudFront::KeyGroup",
        Properties: { KeyGroupConfig: { Name: "viewers", Items: ["KNEW"], Comment: "keyturn app 3" } },
      },
    });
    expect(text).toContain("# and: give SigningKey DeletionPolicy: Retain, deploy, then remove it");
  });

  it("is TypeScript for the CDK, with the construct's ID", async () => {
    const code = { keyGroups: { G1: "Viewers4E5F6071" }, publicKey: "SigningKey0A1B2C3D", cdk: true };
    const text = told({ ownership: "cloudformation", code });
    expect(text).toContain('new cloudfront.KeyGroup(this, "Viewers", {');
    expect(text).toContain('items: [cloudfront.PublicKey.fromPublicKeyId(this, "KNEW", "KNEW")],');
    const lines = text.split("\n").slice(1).join("\n");
    await expect(
      parseTypeScript(`class A { constructor() { ${lines}\n } }`, { syntax: "typescript" }),
    ).resolves.toBeDefined();
  });

  it("leaves the public key as it is after an abort", () => {
    const code = {
      keyGroups: { G1: "aws_cloudfront_key_group.viewers" },
      publicKey: "aws_cloudfront_public_key.k",
    };
    expect(told({ ownership: "terraform", code, replaced: undefined })).not.toMatch(/import|state rm/);
  });

  const held = (settings: object) =>
    holdText({ settings, groups } as unknown as Parameters<typeof holdText>[0]);
  it("comes, in a plan, with the setting that keeps an apply from undoing the rotation", () => {
    const keyGroups = { G1: "aws_cloudfront_key_group.viewers" };
    expect(held({ ownership: "terraform", code: { keyGroups } })).toContain(
      "ignore_changes = [items, comment]",
    );
    expect(held({ ownership: "cloudformation", code: { keyGroups: { G1: "Viewers" } } })).toMatch(
      /no change to Viewers/,
    );
    expect(held({ ownership: "terraform" })).toBe("");
  });
});

describe("the change for infrastructure code", () => {
  const group = {
    id: "G1",
    name: "signers\nowned = true",
    items: ["K1"],
    comment: ["$", '{file("/etc/passwd")} "%{for'].join(""),
  };
  const declared = (ownership: "terraform" | "cloudformation") =>
    declareText({ declare: { ownership, groups: [group] } } as Parameters<typeof declareText>[0]);

  it("contains nothing that Terraform would evaluate", () => {
    expect(declared("terraform")).toContain('comment = "$${file(\\"/etc/passwd\\")} \\"%%{for"');
  });
  it.each(["terraform", "cloudformation"] as const)("keeps a name inside its comment: %s", (ownership) => {
    expect(declared(ownership)).not.toMatch(/^owned/m);
  });
});
