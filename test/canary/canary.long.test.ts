/** Plants secrets, runs every command, and looks for them wherever they must not be. */
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-table.ts";
import type { SecretKind } from "./planted.ts";
import { SCENES } from "./scenes.ts";
import { canaryStage } from "./stage.ts";

/** These open sockets, so processes.long.test.ts runs them. */
const AS_PROCESSES = ["sandbox", "rehearse"];
/**
 * What stdout may show: mint prints cookies on purpose, and a runbook's setup logs in with the sandbox's test account.
 */
const PRINTED: Readonly<Record<string, readonly SecretKind[]>> = {
  mint: ["cookie"],
  "runbook show": ["password"],
};
const MODES = ["--verbose", "--json"];

/** The command that a line runs. */
const wordsOf = (line: string) =>
  COMMANDS.map(({ words }) => words)
    .filter((words) => `${line} `.startsWith(`${words} `))
    .toSorted((one, other) => one.length - other.length)
    .at(-1);
const endings = new Map<string, Set<number>>();

describe("planted secrets", () => {
  it("would be found if a command printed them", async () => {
    const { planted, run, world } = await canaryStage();
    const { stdout } = await run("inspect cookie.txt --show-secrets");
    expect(planted.foundIn({ stdout })).toEqual(["cookie in stdout"]);
    for (const file of ["key.pem", "no-lines.pem", "key.json", "half.pem", "keyturn.yaml"]) {
      const found = planted.foundIn({ [file]: world.files.text(file) });
      expect(found).toEqual(file === "keyturn.yaml" ? [] : [`private key in ${file}`]);
    }
    for (const [file, ...kinds] of [
      ["request.txt", "session", "cookie"],
      ["guest.txt", "password"],
      ["pass", "password"],
    ] as const) {
      const found = planted.foundIn({ [file]: world.files.text(file) });
      expect(found.toSorted()).toEqual(kinds.map((kind) => `${kind} in ${file}`).toSorted());
    }
  });

  it("are searched for in every command of the table", () => {
    const typed = new Set(SCENES.flatMap(({ lines }) => lines.map(wordsOf)));
    const missing = COMMANDS.map(({ words }) => words).filter((words) => !typed.has(words));
    expect(missing.toSorted()).toEqual(AS_PROCESSES.toSorted());
  });

  describe.each(MODES)("with %s", (mode) => {
    it.each(SCENES.map((scene) => [scene.name, scene] as const))("do not appear: %s", async (_, scene) => {
      const { planted, run, traces } = await canaryStage(scene.stage);
      const leaks: string[] = [];
      for (const line of scene.lines) {
        const { stdout, stderr, exitCode } = await run(`${mode} ${line}`);
        const words = wordsOf(line) ?? "";
        endings.set(words, (endings.get(words) ?? new Set()).add(exitCode));
        const printed = planted.foundIn({ stdout }, exitCode === 0 ? (PRINTED[words] ?? []) : []);
        const bug = exitCode === 70 ? ["a bug of ours"] : [];
        leaks.push(...[...bug, ...printed, ...planted.foundIn({ stderr })].map((leak) => `${line}: ${leak}`));
      }
      for (const [place, text] of Object.entries(traces())) {
        leaks.push(...planted.foundIn({ [place]: text }, scene.asked?.[place] ?? []));
      }
      expect(leaks).toEqual([]);
    });
  });

  it("are searched for after every command succeeds and after it fails", () => {
    const oneSided = [...endings].filter(
      ([words, codes]) => words !== "" && (!codes.has(0) || codes.size < 2),
    );
    expect(oneSided).toEqual([]);
  });
});
