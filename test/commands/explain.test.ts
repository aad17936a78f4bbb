/** `keyturn explain` with an unknown id suggests what may have been meant, and every printed command works. */
import { describe, expect, it } from "vitest";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const run = (line: string) => runCommand(words(line), memoryWorld());
const hintsOf = (stderr: string) =>
  [...stderr.matchAll(/^hint: keyturn (.+)$/gm)].map(([, line = ""]) => line);

describe("keyturn explain", () => {
  it.each([
    ["a misspelled id", "missing-kye", "explain MissingKey"],
    ["a word in several ids", "waf", "explain blocked-by-waf"],
    ["a word in a runbook", "invalidations", "runbook list invalidations"],
    ["a word that nothing contains", "NoSuchThing", "help ids"],
    ["something that is not a word", "<script>", "help ids"],
  ])("suggests commands that work for %s", async (_, asked, first) => {
    const { exitCode, stderr } = await run(`explain ${asked}`);
    expect(exitCode).toBe(2);
    const hints = hintsOf(stderr);
    expect(hints[0]).toContain(first);
    for (const hint of hints) expect((await run(hint)).exitCode, hint).toBe(0);
  });
});
