/**
 * One table, four judges: outcomes written by hand from the documentation, the independent verifier, `decide`, and the
 * sandbox's edge over HTTPS. Where the documentation is silent, the program must say so, or agree all the same.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../fakes/needs.ts";
import { decided } from "./decided.ts";
import { generateSigningKeys } from "./openssl-signer.ts";
import { type ServedEdge, serveEdge } from "./served-edge.ts";
import { makeTable } from "./table.ts";
import { judgeIndependently } from "./verifier.ts";

needs("openssl", "python3")("a table of signed requests", () => {
  const keys = generateSigningKeys();
  const table = makeTable(keys);
  const verdicts = judgeIndependently(table.map(({ request }) => request));
  const rows = table.map((row, index) => ({ ...row, independent: verdicts[index] }));
  const documented = rows.filter(({ unknown }) => unknown === undefined);
  const undocumented = rows.filter(({ unknown }) => unknown !== undefined);
  afterAll(keys.dispose);

  it("is large, and its rows are all different", () => {
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

  it.each(rows)("the independent verifier: $name", ({ independent, expect: outcome, unknown }) => {
    expect({ outcome: independent?.code ?? "allowed", undocumented: independent?.undocumented }).toEqual({
      outcome,
      undocumented: unknown !== undefined,
    });
  });

  it.each(documented)("decide: $name", ({ request, independent }) => {
    expect(decided(request).code ?? null).toBe(independent?.code);
  });

  it.each(undocumented)(
    "decide says undocumented, or agrees: $name ($unknown)",
    ({ request, independent }) => {
      const { code, undocumented: rules } = decided(request);
      if (rules.length === 0) expect(code ?? null).toBe(independent?.code);
    },
  );

  describe("over HTTPS", () => {
    let edge: ServedEdge;
    beforeAll(async () => {
      edge = await serveEdge(table.map(({ request }) => request));
    });
    afterAll(() => edge.close());

    it.each(documented)("the edge: $name", async ({ request, independent }) => {
      expect(await edge.ask(request)).toBe(independent?.code ?? "allowed");
    });

    it.each(undocumented)("the edge answers as decide does: $name ($unknown)", async ({ request }) => {
      expect(await edge.ask(request)).toBe(decided(request).code ?? "allowed");
    });
  });
});
