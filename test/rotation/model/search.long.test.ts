/** Searches all interleavings of `next-action`: none may break the invariant, and without each rule one does. */
import { describe, expect, it } from "vitest";
import type { Mode } from "../../../src/rotation/mode.ts";
import { LOSS_MUTANTS } from "./loss-mutants.ts";
import { MACHINE_CLOCKS, type MachineClock } from "./machine-clocks.ts";
import { MUTANTS, rulesOf } from "./mutants.ts";
import { search } from "./search.ts";
import { after, alone, type Begin, roots } from "./start.ts";
import { keyOfCurrent, OLD, STRANGER, type State } from "./state.ts";

/** `KEYTURN_SEARCH=200000 npx vitest run test/rotation/model` looks further. */
const LIMIT = Number(process.env.KEYTURN_SEARCH ?? 1500);

const BUDGETS: readonly (readonly [string, NonNullable<Begin["budget"]>])[] = [
  ["a third party twice", { foreign: 2, ends: 1 }],
  ["a third party, stale reads and an abort", { foreign: 1, stale: 1, abort: 1, ends: 1 }],
  ["a third party, a crash, an abort and an emergency", { foreign: 1, crash: 1, abort: 1, urgent: 1 }],
  ["a rotation by hand and an abort", { hand: 1, abort: 1 }],
  ["a second gate in the groups, an abort and a crash", { gate: 2, abort: 1, crash: 1 }],
  ["a deleted public key, a crash and an abort", { deletion: 1, crash: 1, abort: 1 }],
  ["a lost record and an abort", { loss: 1, abort: 1 }],
  ["a rotation by hand, a third party and an abort", { hand: 1, foreign: 1, abort: 1 }],
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
  for (const clock of Object.keys(MACHINE_CLOCKS) as MachineClock[]) {
    it(`one machine's clock ${clock}, with a third party and an abort`, () => {
      const begin = roots({ clocks: [clock, undefined], budget: { foreign: 1, abort: 1 } });
      const found = search(begin, { limit: LIMIT, follow: true });
      total += found.states;
      expect(found.wrong).toBeUndefined();
      expect(found.writes).toBeGreaterThan(100);
    });
  }
  for (const mode of ["normal", "compromised", "cut-now"] as const satisfies readonly Mode[]) {
    it(`mode ${mode}, Dates that contradict each other, a third party and an abort`, () => {
      const found = search(roots({ mode, budget: { misdated: 2, foreign: 1, abort: 1 } }), {
        limit: LIMIT,
        follow: true,
      });
      total += found.states;
      expect(found.wrong).toBeUndefined();
      expect(found.writes).toBeGreaterThan(100);
    });
  }
  it("in at least a minimum number of states, which is printed", () => {
    process.stdout.write(`model search: ${total} states\n`);
    expect(total).toBeGreaterThan(36 * Math.min(LIMIT, 1000));
  });
});

describe("a cookie life that was declared too short, and is amended", () => {
  for (const mode of ["normal", "compromised"] as const) {
    it(`mode ${mode}: no viewer is cut off once the record is amended and the wait is over`, () => {
      for (const budget of [
        { amend: 1, abort: 1 },
        { amend: 1, crash: 1 },
      ]) {
        const found = search(roots({ mode, budget, life: 1 }), { limit: 10 * LIMIT, follow: true });
        expect(found.wrong).toBeUndefined();
        expect(found.writes).toBeGreaterThan(100);
      }
    });
  }
});

describe("R12: an abort after somebody rotated by hand", () => {
  const byHand = roots({ operators: 1, budget: { hand: 1, abort: 1 } })
    .filter(({ record }) => record.noReturn === undefined)
    .map((root) => {
      const last = alone(after(root, [/rotates by hand/, /aborts/])).at(-1) as State;
      return { record: root.record, last, left: last.groups.flatMap(({ items }) => items) };
    });
  const ends = (mayHaveSigned: boolean) =>
    byHand.filter(({ record }) => (record.newMaySign !== undefined) === mayHaveSigned);

  it("leaves AWSCURRENT on the stranger's key if no signer can have had the new one", () => {
    expect(ends(false).length).toBeGreaterThan(3);
    for (const { last, left } of ends(false)) {
      expect(last.record.finished?.outcome).toBe("aborted");
      expect([keyOfCurrent(last), left]).toEqual([STRANGER, [OLD, STRANGER]]);
    }
  });
  it("ends on the old key if a signer can have had the new one, and leaves the stranger's key trusted", () => {
    expect(ends(true).length).toBeGreaterThan(3);
    for (const { last, left } of ends(true)) {
      expect(last.record.finished?.outcome).toBe("aborted");
      expect(keyOfCurrent(last)).toBe(OLD);
      expect([...left].sort()).toEqual([OLD, STRANGER]);
    }
  });
});

describe("without the rule, the search finds a violation", () => {
  for (const mutant of [...MUTANTS, ...LOSS_MUTANTS]) {
    it(mutant.without, () => {
      const {
        mode = "normal",
        budget,
        follow = false,
        operators = 2,
        clocks = [],
        history = [],
        from = () => true,
        life,
      } = mutant;
      const begin = roots({ mode, budget, operators, clocks, ...(life === undefined ? {} : { life }) })
        .filter(from)
        .map((root) => after(root, history));
      const found = search(begin, {
        rules: rulesOf(mutant),
        // Far more than any mutant needs today; one that is not found within it is no mutant.
        limit: 300_000,
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
