/**
 * One table with four verdicts: outcomes written by hand from the documentation, the independent verifier, `decide`,
 * and the sandbox's edge over HTTPS. Where the documentation is silent, `decide` must report the rule as undocumented,
 * or agree.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failingRows } from "../fakes/failing-rows.ts";
import { needs } from "../fakes/needs.ts";
import { decideRow } from "./decide-row.ts";
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
  const nameOf = ({ name, unknown }: (typeof rows)[number]) =>
    unknown === undefined ? name : `${name} (${unknown})`;
  afterAll(keys.dispose);

  it("is large, and all its rows differ", () => {
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

  it("gets the documented result from the independent verifier", async () => {
    const failing = await failingRows(rows, nameOf, ({ independent, expect: outcome, unknown }) =>
      expect({ outcome: independent?.code ?? "allowed", undocumented: independent?.undocumented }).toEqual({
        outcome,
        undocumented: unknown !== undefined,
      }),
    );
    expect(failing).toEqual([]);
  });

  it("gets the same result from decide", async () => {
    const failing = await failingRows(documented, nameOf, ({ request, independent }) =>
      expect(decideRow(request).code ?? null).toBe(independent?.code),
    );
    expect(failing).toEqual([]);
  });

  it("gets the same result from decide, or an undocumented rule, if the documentation is silent", async () => {
    const failing = await failingRows(undocumented, nameOf, ({ request, independent }) => {
      const { code, undocumented: rules } = decideRow(request);
      if (rules.length === 0) expect(code ?? null).toBe(independent?.code);
    });
    expect(failing).toEqual([]);
  });

  describe("over HTTPS", () => {
    let edge: ServedEdge;
    beforeAll(async () => {
      edge = await serveEdge(table.map(({ request }) => request));
    });
    afterAll(() => edge.close());

    it("gets the same result from the edge", async () => {
      const failing = await failingRows(documented, nameOf, async ({ request, independent }) =>
        expect(await edge.ask(request)).toBe(independent?.code ?? "allowed"),
      );
      expect(failing).toEqual([]);
    });

    it("gets the same result from the edge as from decide if the documentation is silent", async () => {
      const failing = await failingRows(undocumented, nameOf, async ({ request }) =>
        expect(await edge.ask(request)).toBe(decideRow(request).code ?? "allowed"),
      );
      expect(failing).toEqual([]);
    });
  });
});
