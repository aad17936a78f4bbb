import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runbookPage } from "../../src/report/runbook-page.ts";
import { makeStyle } from "../../src/report/style.ts";
import { parseConsole, parseRunbook, stepOf } from "../../src/runbooks/runbook.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

const PAGE = `# Keys are old

Symptoms: the key is old; an audit
asks for it

## Steps

<!-- sandbox: waf-block -->
<!-- sandbox run: true -->
\`\`\`console keyturn-step look
$ keyturn keys list    # what is there
key  age
…
$ keyturn rotate status --gate GATE    # exit code 8
\`\`\`

\`\`\`sh
$ not a console block
\`\`\`
`;

describe("parseRunbook", () => {
  const page = parseRunbook("old-keys", PAGE);

  it("reads title, symptoms and sections", () => {
    expect(page).toMatchObject({
      title: "Keys are old",
      symptoms: ["the key is old", "an audit asks for it"],
      sections: ["Steps"],
    });
  });

  it("reads only console blocks: commands, exit codes, output, step and comment", () => {
    expect(page.blocks).toEqual([
      {
        step: "look",
        comments: ["sandbox: waf-block", "sandbox run: true"],
        commands: [
          { line: "keyturn keys list", exitCode: 0, output: ["key  age", "…"] },
          { line: "keyturn rotate status --gate GATE", exitCode: 8, output: [] },
        ],
      },
    ]);
  });

  it("leaves out blocks that only show what a block looks like", () => {
    expect(parseConsole("````markdown\n```console\n$ keyturn keys list\n```\n````\n")).toEqual([]);
  });

  it("joins lines that end with a backslash", () => {
    const [block] = parseConsole("```console\n$ keyturn mint \\\n    --ttl 5m\n```\n");
    expect(block?.commands[0]?.line).toBe("keyturn mint --ttl 5m");
  });
});

describe("runbookPage", () => {
  const laidOut = async (markdown: string) =>
    runbookPage(markdown, await makeStyle({ colour: false, unicode: true, columns: 40 }));

  it("rewraps prose and list items, with hanging indents", async () => {
    expect(await laidOut("# Title\n\nOne line that an editor\nbroke somewhere else entirely.\n")).toBe(
      "# Title\n\nOne line that an editor broke somewhere\nelse entirely.\n",
    );
    expect(
      await laidOut("1. First, with more words\n   than fit.\n2. Second.\n- a bullet\n\n   Below it.\n"),
    ).toBe("1. First, with more words than fit.\n2. Second.\n- a bullet\n\n   Below it.\n");
    expect(await laidOut("10. An item whose words go on and on and on.\n")).toBe(
      "10. An item whose words go on and on and\n    on.\n",
    );
  });

  it("shows a link to another page as the command that prints it, with the given gate", async () => {
    const style = await makeStyle({ colour: false, unicode: true, columns: 200 });
    const link = "If some are hit: [one user\ngets 403](one-user-gets-403.md).\n";
    expect(runbookPage(link, style)).toBe(
      "If some are hit: one user gets 403 (`keyturn runbook show one-user-gets-403`).\n",
    );
    expect(runbookPage(link, style, "app")).toContain(
      "(`keyturn runbook show one-user-gets-403 --gate app`)",
    );
  });

  it("does not break commands, in blocks or between backticks", async () => {
    const block = "```console\n$ keyturn rotate status --gate app --evidence md\n  as it is\n```\n";
    expect(await laidOut(block)).toBe(block);
    expect(await laidOut("Then please type `keyturn rotate resume --wait` and wait.\n")).toBe(
      "Then please type\n`keyturn rotate resume --wait` and wait.\n",
    );
  });

  it("shows a table unchanged if it fits, and otherwise as a list", async () => {
    const narrow = "| halt | do |\n| --- | --- |\n| a | wait |\n";
    expect(await laidOut(narrow)).toBe(narrow);
    const wide =
      "| halt | meaning | do |\n| --- | --- | --- |\n| `a` | something that is long enough | wait |\n";
    expect(await laidOut(wide)).toBe("- `a`\n  meaning: something that is long enough\n  do: wait\n");
  });
});

describe("stepOf", () => {
  const withCommand = (line: string) =>
    parseRunbook("x", `# X\n\nSymptoms: y\n\n\`\`\`console keyturn-step s\n$ ${line}\n\`\`\`\n`);

  it("returns argument lists without keyturn itself", () => {
    const step = stepOf(withCommand("keyturn keys list --gate 'two words'"), "s");
    expect(step.commands).toEqual([{ argv: ["keys", "list", "--gate", "two words"], exitCode: 0 }]);
  });

  it.each([
    "curl https://example.com",
    "keyturn keys list; rm -rf /",
    "keyturn keys list | sh",
    "keyturn keys list && true",
    "keyturn keys list > file",
    "keyturn keys list < file",
    "keyturn keys list $(id)",
    "keyturn keys list $HOME",
    "keyturn keys list `id`",
    "FOO=bar keyturn keys list",
  ])("refuses %s", (line) => {
    expect(() => stepOf(withCommand(line), "s")).toThrow(expect.objectContaining({ code: "ERR_RUNBOOK" }));
  });

  it("names the existing steps in an error", () => {
    expect(() => stepOf(withCommand("keyturn keys list"), "t")).toThrow(
      expect.objectContaining({ hints: ["keyturn runbook run x --step s"] }),
    );
  });
});

describe("keyturn runbook", () => {
  const config = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url));
  const runbooks = {
    names: async () => ["old-keys"],
    read: async () => PAGE.replace("rotate status", "help"),
  };
  const world = (answers?: string[]) => ({
    ...memoryWorld({ files: { "/project/keyturn.yaml": config }, ...(answers && { answers }) }),
    runbooks,
  });

  it("lists every page with its symptoms", async () => {
    const { stdout, exitCode } = await runCommand(["runbook", "list"], world());
    expect(exitCode).toBe(0);
    expect(stdout).toContain("old-keys  Keys are old");
    expect(stdout).toContain("an audit asks for it");
  });

  it("shows a page as written, or with the values of the only gate or the named one", async () => {
    const plain = await runCommand(["runbook", "show", "old-keys"], { ...memoryWorld(), runbooks });
    expect(plain.stdout).toContain("--gate GATE");
    const only = await runCommand(["runbook", "show", "old-keys"], world());
    expect(only.stdout).not.toContain("--gate GATE");
    const [gate = ""] = /^ {2}([\w-]+):$/m.exec(config.toString())?.slice(1) ?? [];
    const filled = await runCommand(["runbook", "show", "old-keys", "--gate", gate], world());
    expect(filled.stdout).toContain(`--gate ${gate}`);
    expect(filled.stdout).not.toContain("sandbox:");
    const document = await runCommand(["runbook", "show", "old-keys", "--json"], world());
    expect(document.stdout).not.toContain("sandbox:");
  });

  it("fills in the gate that KEYTURN_GATE names, and shows the page as written if there is no such gate", async () => {
    const [gate = ""] = /^ {2}([\w-]+):$/m.exec(config.toString())?.slice(1) ?? [];
    const shown = async (named: string, folder: string) => {
      const env = { KEYTURN_GATE: named };
      const there = memoryWorld({ files: { [`${folder}/keyturn.yaml`]: config }, env });
      return (await runCommand(["runbook", "show", "old-keys"], { ...there, runbooks })).stdout;
    };
    expect(await shown(gate, "/project")).toContain(`keyturn help --gate ${gate}`);
    expect(await shown("elsewhere", "/project")).toContain("--gate GATE");
    expect(await shown(gate, "/other")).toContain("--gate GATE");
  });

  it("takes the gate from the given keyturn.yaml, and reports if that cannot be read", async () => {
    const [gate = ""] = /^ {2}([\w-]+):$/m.exec(config.toString())?.slice(1) ?? [];
    const show = (file: string) => {
      const there = memoryWorld({ files: { "ops/k.yaml": config } });
      return runCommand(["runbook", "show", "old-keys", "--config", file], { ...there, runbooks });
    };
    expect((await show("ops/k.yaml")).stdout).toContain(`--gate ${gate}`);
    expect(await show("ops/q.yaml")).toMatchObject({ exitCode: 3, stdout: "" });
  });

  it.each([
    ["evryone-gets-403", ["everyone-gets-403"]],
    ["leak", ["leaked-key"]],
    ["403", ["edge-403-or-origin-403", "everyone-gets-403", "one-user-gets-403"]],
    ["unheard-of", []],
  ])("suggests the runbooks that %s may mean", async (word, meant) => {
    const { stderr, exitCode } = await runCommand(["runbook", "show", word], memoryWorld());
    expect(exitCode).toBe(3);
    expect(stderr.trimEnd().split("\n")).toEqual([
      `error: there is no runbook "${word}" [ERR_RUNBOOK]`,
      ...meant.map((name) => `hint: keyturn runbook show ${name}`),
      "hint: keyturn runbook list",
    ]);
  });

  it("lists the steps if none is given, without needing a keyturn.yaml", async () => {
    const { stderr, exitCode } = await runCommand(["runbook", "run", "abort-a-rotation"], memoryWorld());
    expect(exitCode).toBe(2);
    expect(stderr.trimEnd().split("\n")).toEqual([
      "error: no step given for runbook abort-a-rotation [ERR_USAGE]",
      ...["ask", "abort", "resume"].map(
        (step) => `hint: keyturn runbook run abort-a-rotation --step ${step}`,
      ),
    ]);
  });

  it("runs nothing without --yes if there is no terminal", async () => {
    const { stderr, exitCode } = await runCommand(["runbook", "run", "old-keys", "--step", "look"], world());
    expect(exitCode).toBe(7);
    expect(stderr).toContain("--yes");
  });
});

describe("runStep through keyturn runbook run", () => {
  const config = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url));
  const page = (lines: string) => `# X\n\nSymptoms: y\n\n\`\`\`console keyturn-step s\n${lines}\`\`\`\n`;
  const world = (lines: string, answers?: string[]) => ({
    ...memoryWorld({ files: { "/project/keyturn.yaml": config }, ...(answers && { answers }) }),
    runbooks: { names: async () => ["x"], read: async () => page(lines) },
  });

  it("asks before each command and keeps a transcript of what ran", async () => {
    const asked = world("$ keyturn config check\n$ keyturn help exit-codes\n", ["yes", "yes"]);
    const argv = ["runbook", "run", "x", "--step", "s", "--transcript", "t.txt"];
    const { exitCode, stdout } = await runCommand(argv, asked);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("pending");
    const transcript = new TextDecoder().decode(await asked.files.read("t.txt"));
    expect(transcript).toContain("$ keyturn config check\n");
    expect(transcript.match(/^exit code 0$/gm)).toHaveLength(2);
  });

  it("stops at the first command that is not confirmed", async () => {
    const asked = world("$ keyturn help exit-codes\n$ keyturn help security\n", ["no"]);
    const { exitCode, stdout } = await runCommand(["runbook", "run", "x", "--step", "s"], asked);
    expect(exitCode).toBe(7);
    expect(stdout).toBe("");
  });

  it("records what ran when the step is interrupted, and refuses a transcript that exists before it runs anything", async () => {
    const argv = ["runbook", "run", "x", "--step", "s", "--transcript", "t.txt"];
    const lines = "$ keyturn help exit-codes\n$ keyturn help security\n";
    const broken = world(lines, ["yes", "no"]);
    expect((await runCommand(argv, broken)).exitCode).toBe(7);
    const transcript = new TextDecoder().decode(await broken.files.read("t.txt"));
    expect(transcript).toContain("$ keyturn help exit-codes\n");
    expect(transcript).not.toContain("security");
    const again = world(lines);
    await again.files.writeNew("t.txt", "an older transcript");
    const { exitCode, stdout } = await runCommand([...argv, "--yes"], again);
    expect([exitCode, stdout]).toEqual([3, ""]);
  });

  it("stops at the first command with an unexpected exit code, and exits with it", async () => {
    const asked = world("$ keyturn help no-such-topic\n$ keyturn help security\n");
    const { exitCode, stdout, stderr } = await runCommand(
      ["runbook", "run", "x", "--step", "s", "--yes"],
      asked,
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      "it exited with 2, but the runbook expects 0; the rest of the step was not run\n",
    );
    expect(stdout).not.toContain("application still authorizes");
  });

  it("reports only the exit code if the last command is the unexpected one", async () => {
    const asked = world("$ keyturn help security    # exit code 1\n");
    const { exitCode, stderr } = await runCommand(["runbook", "run", "x", "--step", "s", "--yes"], asked);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("it exited with 0, but the runbook expects 1\n");
  });

  it("continues after an exit code that the page expects", async () => {
    const asked = world("$ keyturn help no-such-topic    # exit code 2\n$ keyturn help security\n");
    const { exitCode, stdout } = await runCommand(["runbook", "run", "x", "--step", "s", "--yes"], asked);
    expect([exitCode, stdout.length > 100]).toEqual([0, true]);
  });
});
