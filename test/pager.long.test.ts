/**
 * Long results go through a pager, as git's do, and a dumb terminal gets no escapes. Real processes on a real terminal.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "./fakes/needs.ts";
import { exportsOf } from "./fakes/sandbox-process.ts";
import { TmuxTerminal } from "./fakes/tmux.ts";

const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const QUICK = ["--propagation", "1s", "--cookie-ttl", "2s", "--signer-cache", "1s"];
const ESCAPE = "\u001b";

needs(
  "tmux",
  "bash",
  "less",
)("on a terminal of 80 x 24", () => {
  let folder: string;
  let paged: string;
  const env = (more: Record<string, string> = {}) => ({ LANG: "C.UTF-8", HOME: folder, ...more });
  /** Environment with a pager that saves its input. */
  const keeping = () => env({ PAGER: `cat > '${paged}'` });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-pager-"));
    paged = join(folder, "paged.txt");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const pagedBy = async (line: string, given: Record<string, string>) => {
    rmSync(paged, { force: true });
    const seen = await new TmuxTerminal(folder).run(line, given);
    return { ...seen, paged: existsSync(paged) ? readFileSync(paged, "utf8") : undefined };
  };

  it.each([
    ["help configuration", 0, /A gate is everything around one signing key/],
    ["--help", 0, /Usage: keyturn/],
    ["probe --help", 0, /Examples:/],
    ["runbook show everyone-gets-403", 0, /everyone/i],
    ["runbook list", 0, /leaked-key/],
  ] as const)("%s goes through the pager", async (line, exitCode, shows) => {
    const seen = await pagedBy(line, keeping());
    expect(seen.paged).toMatch(shows);
    expect(seen).toMatchObject({ exitCode });
    expect(seen.raw).not.toMatch(shows);
  });

  it.each([
    ["a short result", "explain key-not-trusted", {}],
    ["--no-pager", "help configuration --no-pager", {}],
    ["--no-pager of --help", "--help --no-pager", {}],
    ["--json", "config schema --json", {}],
    ["a pipe", "help configuration | cat", {}],
    ["a dumb terminal", "help configuration", { TERM: "dumb" }],
    ["KEYTURN_PAGER=cat", "help configuration", { KEYTURN_PAGER: "cat" }],
    ["an empty KEYTURN_PAGER", "help configuration", { KEYTURN_PAGER: "" }],
  ])("no pager is started for %s", async (_, line, more) => {
    const seen = await pagedBy(line, { ...keeping(), ...more });
    expect(seen.paged).toBeUndefined();
    expect(seen.raw.length).toBeGreaterThan(100);
  });

  it("less is the default: it quits with q, ignores Ctrl-C, and leaves its page on the screen", async () => {
    const { exitCode, screen } = await new TmuxTerminal(folder).run(
      "help configuration",
      env(),
      async (terminal) => {
        await terminal.shows(/Space for more, q to quit/);
        await terminal.type("C-c");
        await terminal.type("Space");
        await terminal.shows(/signer/);
        await terminal.type("q");
      },
    );
    expect(exitCode).toBe(0);
    expect(screen).toMatch(/\S/);
  });

  it("a pager that stops reading changes neither the exit code nor stderr", async () => {
    const url = "https://app.example.com/a?Expires=1&Signature=abc_&Key-Pair-Id=K2JCJMDEHXQW5F";
    writeFileSync(join(folder, "url.txt"), url);
    const small = new TmuxTerminal(folder, { columns: 80, rows: 6 });
    const seen = await small.run("inspect url.txt", env({ KEYTURN_PAGER: "head -1" }));
    expect(seen.exitCode).toBe(1);
    expect(seen.screen.split("\n")).toHaveLength(1);
  });

  it("a missing pager leaves the result on the screen", async () => {
    const seen = await new TmuxTerminal(folder).run("help configuration", env({ PAGER: "no-such-pager" }));
    expect(seen.exitCode).toBe(0);
    expect(seen.raw).toContain("A gate is everything around one signing key");
  });

  it("a dumb terminal gets no escape and no overwritten line, not even from a question", async () => {
    const sandbox = spawn(process.execPath, [BIN, "sandbox", ...QUICK], { cwd: folder });
    try {
      const dumb = { ...(await exportsOf(sandbox)), ...env({ TERM: "dumb" }), XDG_STATE_HOME: folder };
      const seen = await new TmuxTerminal(folder).run("rotate start --wait", dumb, async (terminal) => {
        await terminal.shows(/Type demo to continue:/);
        await terminal.type("demo", "Enter");
      });
      expect(seen.exitCode).toBe(0);
      expect(seen.raw).toContain("old-key-deleted");
      expect(seen.raw).not.toContain(ESCAPE);
      expect(seen.raw.replaceAll(/\r+\n/g, "\n")).not.toContain("\r");
      const audited = await new TmuxTerminal(folder).run("audit", dumb);
      expect(audited.raw).not.toContain(ESCAPE);
    } finally {
      const ended = new Promise((done) => sandbox.once("exit", done));
      sandbox.kill("SIGTERM");
      await ended;
    }
  });
});
