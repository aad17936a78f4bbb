/** A plan file is read strictly: it must have what start needs, and nothing unknown. */
import { describe, expect, it } from "vitest";
import { readPlanFile } from "../../src/rotation/plan-file.ts";

const PLAN = {
  version: 1,
  gate: "demo",
  mode: "compromised",
  keep: ["K1"],
  settings: { keyType: "ecdsa-p256", skew: 60 },
  pinned: { groups: [{ id: "g", etag: "E", items: ["K1"] }], currentVersionId: "v" },
  findings: [],
};
const reading = (text: string) =>
  readPlanFile("plan.json", { read: async () => new TextEncoder().encode(text) });

describe("a plan file", () => {
  it("yields the facts that it pins and the flags it was made with", async () => {
    expect(await reading(JSON.stringify(PLAN))).toEqual({
      plan: { gate: "demo", pinned: PLAN.pinned },
      asked: { gate: "demo", keep: ["K1"], keyType: "ecdsa-p256", compromised: true },
    });
  });

  it.each([
    ["not JSON", "{", "it is not JSON"],
    ["a list", "[]", "document: "],
    ["another version", JSON.stringify({ ...PLAN, version: 2 }), "version: "],
    ["no gate", JSON.stringify({ ...PLAN, gate: undefined }), "gate: it is missing"],
    ["a gate that is not text", JSON.stringify({ ...PLAN, gate: 5 }), "gate: it is not text"],
    ["an unknown mode", JSON.stringify({ ...PLAN, mode: "fast" }), "mode: "],
    ["no settings", JSON.stringify({ ...PLAN, settings: undefined }), "settings: "],
    ["an unknown key type", JSON.stringify({ ...PLAN, settings: { keyType: "dsa" } }), "settings.keyType: "],
    [
      "a group without an ETag",
      JSON.stringify({ ...PLAN, pinned: { ...PLAN.pinned, groups: [{ id: "g", items: [] }] } }),
      "pinned.groups[0].etag: it is missing",
    ],
    ["a name that is not known", JSON.stringify({ ...PLAN, surprise: 1 }), "surprise: unknown member"],
  ])("is refused: %s", async (_, text, why) => {
    await expect(reading(text)).rejects.toMatchObject({
      code: "ERR_PLAN_FILE",
      message: expect.stringContaining(`plan.json is not a plan that this keyturn can use: ${why}`),
      hints: ["keyturn rotate plan -o new-plan.json"],
    });
  });
});
