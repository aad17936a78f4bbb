/** The search over `next-action`: what no interleaving may do, and for each rule what happens without it. */
import { describe, expect, it } from "vitest";
import { search } from "./search.ts";
import { alone, opened } from "./start.ts";

describe("searching", () => {
  it("one operator alone ends", () => {
    const states = alone(opened({ operators: 1 }));
    expect(states.at(-1)?.record.finished?.outcome).toBe("rotated");
  });
  it("two operators, a third party", () => {
    for (const budget of [
      { foreign: 1 },
      { foreign: 1, abort: 1 },
      { stale: 1, abort: 1 },
      { abort: 1, urgent: 1 },
      { foreign: 1, abort: 1, urgent: 1 },
      { foreign: 2 },
      { foreign: 1, stale: 1 },
    ]) {
      const t = Date.now();
      const found = search([opened({ budget })], { limit: 60_000 });
      console.log(
        JSON.stringify(budget),
        found.states,
        found.writes,
        Date.now() - t,
        "ms",
        found.wrong?.sentence,
        found.wrong?.history.join("\n   "),
      );
    }
  });
});
