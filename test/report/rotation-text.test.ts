/** What a rotation leaves to be pasted elsewhere, a ticket or infrastructure code: nothing quoted in it acts there. */
import { describe, expect, it } from "vitest";
import { declareText } from "../../src/report/rotation-declare.ts";
import { evidenceReport } from "../../src/report/rotation-evidence.ts";
import { makeStyle } from "../../src/report/style.ts";
import type { RotationRecord } from "../../src/rotation/record.ts";

const NOW = 1_800_000_000;
const IMAGE = "![x](https://evil.example/x.png)<img src=x>|";

it("the evidence in Markdown quotes what edges and people wrote", async () => {
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

describe("the change for infrastructure code", () => {
  const group = {
    id: "G1",
    name: "signers\nowned = true",
    items: ["K1"],
    comment: ["$", '{file("/etc/passwd")} "%{for'].join(""),
  };
  const declared = (ownership: "terraform" | "cloudformation") =>
    declareText({ declare: { ownership, groups: [group] } } as Parameters<typeof declareText>[0]);

  it("evaluates nothing in Terraform", () => {
    expect(declared("terraform")).toContain('comment = "$${file(\\"/etc/passwd\\")} \\"%%{for"');
  });
  it.each(["terraform", "cloudformation"] as const)("keeps a name in its comment: %s", (ownership) => {
    expect(declared(ownership)).not.toMatch(/^owned/m);
  });
});
