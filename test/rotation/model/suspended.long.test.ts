/** The search where both operators may be suspended between any two of their steps; too large for the quick tier. */
import { describe, expect, it } from "vitest";
import type { Mode } from "../../../src/rotation/mode.ts";
import { search } from "./search.ts";
import { type Begin, roots } from "./start.ts";

/**
 * `KEYTURN_SEARCH=200000 npx vitest run test/rotation/model` also searches worlds where more happens, up to that many
 * states.
 */
const FURTHER_LIMIT = Number(process.env.KEYTURN_SEARCH ?? 0);

/** Small enough to search completely. */
const SUSPENDED: readonly (readonly [Mode, string, NonNullable<Begin["budget"]>])[] = [
  ["cut-now", "nothing else", {}],
  ["cut-now", "an abort", { abort: 1 }],
];
/**
 * Two runs that prove at once each keep their own proof in memory: half a million states, so only some are searched.
 */
const PART = 40_000;
const LARGE = ["normal", "compromised"] as const satisfies readonly Mode[];
const FURTHER: typeof SUSPENDED = (["normal", "compromised", "cut-now"] as const).flatMap((mode) => [
  [mode, "nothing else", {}],
  [mode, "an abort", { abort: 1 }],
  [mode, "a crash", { crash: 1 }],
  [mode, "an abort and an emergency", { abort: 1, urgent: 1 }],
  [mode, "a third party", { foreign: 1 }],
]);

describe("no write of keyturn locks a viewer out, with both operators suspended anywhere", () => {
  const begin = (mode: Mode, budget: NonNullable<Begin["budget"]>) => roots({ mode, quick: false, budget });

  for (const [mode, with_, budget] of SUSPENDED) {
    it(`mode ${mode}, ${with_}: in every state`, () => {
      const found = search(begin(mode, budget), { follow: true });
      process.stdout.write(`model search, both suspended, ${mode}, ${with_}: ${found.states} states\n`);
      expect(found.wrong).toBeUndefined();
      expect(found.isWhole).toBe(true);
      expect(found.states).toBeGreaterThan(10_000);
    });
  }

  for (const mode of LARGE) {
    it(`mode ${mode}, nothing else: in the first ${PART} states`, () => {
      const found = search(begin(mode, {}), { limit: PART, follow: true });
      expect(found.wrong).toBeUndefined();
      expect(found.states).toBeGreaterThanOrEqual(PART);
    });
  }

  for (const [mode, with_, budget] of FURTHER_LIMIT === 0 ? [] : FURTHER) {
    it(`mode ${mode}, ${with_}`, () => {
      const found = search(begin(mode, budget), { limit: FURTHER_LIMIT, follow: true });
      const extent = found.isWhole ? "every state there is" : "as far as asked";
      process.stdout.write(
        `model search, both suspended, ${mode}, ${with_}: ${found.states} states, ${extent}\n`,
      );
      expect(found.wrong).toBeUndefined();
    });
  }
});
