/** `runbook run` makes up no values: it prompts for the values of a step or takes them from --set. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { World } from "../../src/seams/world.ts";
import { type MemoryWorldOptions, memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const config = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");
const RUN = "runbook run scheduled-rotation --step start --gate reader";
const PAGE = `# Page

Symptoms: none

\`\`\`console keyturn-step start
$ keyturn rotate start PLAN_FILE --ticket TICKET --yes
\`\`\`
`;

async function ran(line: string | readonly string[], options: MemoryWorldOptions = {}) {
  const lines: (readonly string[])[] = [];
  const world = memoryWorld({ files: { "keyturn.yaml": config }, ...options });
  const runbooks: World["runbooks"] = { names: async () => ["scheduled-rotation"], read: async () => PAGE };
  const keyturn = async (argv: readonly string[]) => {
    lines.push(argv);
    return 0;
  };
  const told = await runCommand(typeof line === "string" ? words(line) : line, {
    ...world,
    runbooks,
    keyturn,
  });
  return { ...told, lines, files: world.files };
}

describe("the values that a step needs", () => {
  it("are named in an error, with the flag to add, if there is no terminal", async () => {
    const { exitCode, stderr, lines } = await ran(`${RUN} --yes`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("PLAN_FILE (plan file that rotate plan -o wrote), TICKET (change ticket");
    expect(stderr).toContain(
      "hint: keyturn runbook run scheduled-rotation --step start --yes --set PLAN_FILE=VALUE --set TICKET=VALUE",
    );
    expect(lines).toEqual([]);
  });

  it("can be given with --set, as plain words that no shell interprets", async () => {
    const line = [...words(`${RUN} --yes --set PLAN_FILE=p.json --set`), "TICKET=OPS 7; rm -rf /"];
    const { exitCode, lines, stderr } = await ran(line);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([["rotate", "start", "p.json", "--ticket", "OPS 7; rm -rf /", "--yes"]]);
    expect(stderr).toContain("$ keyturn rotate start p.json --ticket 'OPS 7; rm -rf /' --yes");
  });

  it("are prompted for at a terminal", async () => {
    const { lines, stderr } = await ran(RUN, { answers: ["p.json", "OPS-7", "yes"] });
    expect(stderr).toContain("PLAN_FILE (plan file that rotate plan -o wrote): ");
    expect(lines).toEqual([["rotate", "start", "p.json", "--ticket", "OPS-7", "--yes"]]);
  });

  it.each(["TICKET=", "TICKET=--yes-cut-off-viewers", "TICKETS=OPS-7", "OPS-7"])(
    "are refused if given as %s",
    async (value) => {
      const { exitCode, lines } = await ran(`${RUN} --yes --set PLAN_FILE=p.json --set ${value}`);
      expect([exitCode, lines]).toEqual([2, []]);
    },
  );
});

describe("a second run of a step", () => {
  const line = `${RUN} --yes --set PLAN_FILE=p.json --set TICKET=OPS-7 --transcript t.txt`;

  it("adds to the transcript of the first", async () => {
    const first = await ran(line);
    const text = new TextDecoder().decode(await first.files.read("t.txt"));
    const second = await ran(line, { files: { "keyturn.yaml": config, "t.txt": text } });
    expect(second.exitCode).toBe(0);
    const whole = new TextDecoder().decode(await second.files.read("t.txt"));
    expect(whole.startsWith(text)).toBe(true);
    expect(whole.match(/^runbook scheduled-rotation, step start$/gm)).toHaveLength(2);
  });

  it("never appends to a file that is not a transcript", async () => {
    const { exitCode, files } = await ran(line, { files: { "keyturn.yaml": config, "t.txt": "mine" } });
    expect(exitCode).toBe(3);
    expect(new TextDecoder().decode(await files.read("t.txt"))).toBe("mine");
  });
});
