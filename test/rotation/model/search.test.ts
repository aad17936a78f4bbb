/** The search over `next-action`: what no interleaving may do, and for each rule what happens without it. */
import { describe, expect, it } from "vitest";
import type { Mode } from "../../../src/rotation/record.ts";
import { MUTANTS, rulesOf } from "./mutants.ts";
import { search } from "./search.ts";
import { after, type Begin, roots } from "./start.ts";

/** `KEYTURN_SEARCH=200000 npx vitest run test/rotation/model` looks further. */
const LIMIT = Number(process.env.KEYTURN_SEARCH ?? 1500);

const BUDGETS: readonly (readonly [string, NonNullable<Begin["budget"]>])[] = [
  ["a third party twice", { foreign: 2 }],
  ["a third party, stale reads and an abort", { foreign: 1, stale: 1, abort: 1 }],
  ["a third party, a crash, an abort and an emergency", { foreign: 1, crash: 1, abort: 1, urgent: 1 }],
];

describe("no write of keyturn locks a viewer out", () => {
  let total = 0;
  for (const mode of ["normal", "compromised", "cut-now"] as const satisfies readonly Mode[]) {
    for (const groups of [1, 2]) {
      for (const [with_, budget] of BUDGETS) {
        it(`mode ${mode}, ${groups} key groups, ${with_}`, () => {
          const found = search(roots({ mode, groups, budget }), { limit: LIMIT, follow: true });
          total += found.states;
          expect(found.wrong).toBeUndefined();
          expect(found.writes).toBeGreaterThan(100);
        });
      }
    }
  }
  it("tells how many states it saw", () => {
    process.stdout.write(`model search: ${total} states\n`);
    expect(total).toBeGreaterThan(18 * Math.min(LIMIT, 1000));
  });
});

describe("without the rule the search finds it", () => {
  for (const mutant of MUTANTS) {
    it(mutant.without, () => {
      const {
        mode = "normal",
        budget,
        follow = false,
        operators = 2,
        history = [],
        from = () => true,
      } = mutant;
      const begin = roots({ mode, budget, operators })
        .filter(from)
        .map((root) => after(root, history));
      const found = search(begin, {
        rules: rulesOf(mutant),
        limit: 60_000,
        follow,
      });
      if (process.env.KEYTURN_SHOW)
        process.stdout.write(
          `${mutant.without}: ${found.states}\n${found.wrong?.sentence}\n  ${found.wrong?.history.join("\n  ")}\n`,
        );
      expect(found.wrong?.sentence).toBeDefined();
    });
  }
});
