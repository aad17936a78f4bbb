/** The independent judge against outcomes written by hand; only what both say is held against the program. */
import { afterAll, expect, it } from "vitest";
import { needs } from "../fakes/needs.ts";
import { generateSigningKeys } from "./openssl-signer.ts";
import { makeTable } from "./table.ts";
import { judgeIndependently } from "./verifier.ts";

needs("openssl", "python3")("the independent verifier", () => {
  const keys = generateSigningKeys();
  const table = makeTable(keys);
  const verdicts = judgeIndependently(table.map(({ request }) => request));
  afterAll(keys.dispose);

  it("judges a table that is large, and whose rows are all different", () => {
    expect(table.length).toBeGreaterThanOrEqual(150);
    expect(verdicts).toHaveLength(table.length);
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    expect(new Set(table.map(({ expect: code }) => code))).toEqual(
      new Set([
        "allowed",
        "MissingKey",
        "InvalidKey",
        "AccessDenied",
        "MalformedPolicy",
        "MalformedSignature",
      ]),
    );
  });
  it.each(table.map((row, index) => [row.name, row, verdicts[index]] as const))("%s", (_, row, verdict) => {
    expect({ outcome: verdict?.code ?? "allowed", undocumented: verdict?.undocumented }).toEqual({
      outcome: row.expect,
      undocumented: row.unknown !== undefined,
    });
  });
});
