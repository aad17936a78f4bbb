/** What a person sees: at 80 columns without colour, wide with colour, piped, and in CI; drawn by tmux, a real terminal. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "./fakes/needs.ts";
import { exportsOf } from "./fakes/sandbox-process.ts";

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const ESCAPE = "\u001b[";

/** In this order: each leaves what the next one shows. */
const COMMANDS: readonly (readonly [title: string, line: string, shows: RegExp])[] = [
  ["audit", "audit", /demo/],
  ["inspect", "inspect cookie.txt", /MissingKey|denied|allow|expired/i],
  ["probe", "probe", /MissingKey|denied/],
  ["rotate plan", "rotate plan", /signer-switched/],
  ["rotate status", "rotate status", /abort/],
  [
    "rehearse",
    "rehearse --viewers 4 --attackers 2 --cookie-ttl 2s --signer-cache 1s --propagation 1s --settle 2s",
    /valid viewers denied/,
  ],
];

needs("tmux", "bash")("on a terminal", () => {
  let folder: string;
  let servers = 0;
  let sandbox: ChildProcess;
  let env: Record<string, string>;
  let started: string;
  const captures = new Map<string, Readonly<Record<"plain" | "wide" | "piped" | "ci", string>>>();
  const seenAs = (title: string) => captures.get(title) ?? { plain: "", wide: "", piped: "", ci: "" };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-tty-"));
    sandbox = spawn(process.execPath, [BIN, "sandbox", "--propagation", "1s"], { cwd: folder });
    const exported = await exportsOf(sandbox);
    env = { ...exported, HOME: folder, XDG_STATE_HOME: folder, PATH: process.env.PATH ?? "" };
    const url = `${exported.GATE_URL}/api/reports?Expires=1&Signature=abc_&Key-Pair-Id=K2JCJMDEHXQW5F`;
    writeFileSync(join(folder, "cookie.txt"), url);
    started = await onTerminal("rotate start --yes --until key-trusted --wait", 80, {
      LANG: "C",
      NO_COLOR: "1",
    });
    for (const [title, line] of COMMANDS) {
      const [plain, wide, piped, ci] = await Promise.all([
        onTerminal(line, 80, { LANG: "C", NO_COLOR: "1" }),
        onTerminal(line, 150, { LANG: "C.UTF-8" }),
        inPipe(line, { LANG: "C.UTF-8" }),
        inPipe(line, { CI: "true", GITHUB_ACTIONS: "true" }),
      ]);
      captures.set(title, { plain, wide, piped, ci });
    }
  }, 240_000);
  afterAll(async () => {
    const ended = new Promise((done) => sandbox.once("exit", done));
    sandbox.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What stands on the screen and above it, colours as escapes, wrapped lines joined again. */
  async function onTerminal(line: string, columns: number, more: Record<string, string>): Promise<string> {
    // A server each: they run side by side.
    servers += 1;
    const socket = join(folder, `tmux-${servers}`);
    const script = `${socket}.sh`;
    const lines = [
      ...Object.entries({ ...env, ...more }).map(([name, value]) => `export ${name}='${value}'`),
      `cd '${folder}'`,
      `'${process.execPath}' '${BIN}' ${line}`,
      `tmux -S '${socket}' wait-for -S ended`,
      "sleep 60",
    ];
    writeFileSync(script, lines.join("\n"));
    const tmux = async (...args: string[]) => (await execute("tmux", ["-S", socket, ...args])).stdout;
    const shell = `env -i TERM=screen PATH='${env.PATH}' bash '${script}'`;
    await tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", "50", shell);
    try {
      await tmux("wait-for", "ended");
      return (await tmux("capture-pane", "-p", "-e", "-J", "-S", "-500")).trimEnd();
    } finally {
      await tmux("kill-server");
    }
  }

  async function inPipe(line: string, more: Record<string, string>): Promise<string> {
    const options = { cwd: folder, env: { ...env, ...more } };
    // An exit code other than 0 is an answer here.
    const ran = await execute(process.execPath, [BIN, ...line.split(" ")], options).catch((thrown) => thrown);
    return `${ran.stdout}${ran.stderr}`;
  }

  const plainText = stripVTControlCharacters;

  it("rotate start --wait shows each stage as it is reached", () => {
    expect(started).toMatch(/record-opened[\s\S]*key-stored[\s\S]*key-uploaded[\s\S]*key-trusted/);
    expect(started).not.toContain(ESCAPE);
  });

  it.each(COMMANDS)("%s says the same everywhere", (title, _, shows) => {
    for (const [where, text] of Object.entries(seenAs(title))) {
      const seen = plainText(text);
      expect(seen, where).toMatch(shows);
      expect(seen).not.toMatch(/undefined|\[object|NaN|\n\s+at |ERR_INTERNAL/);
    }
  });

  it.each(COMMANDS)("%s stays within 80 columns, in ASCII, without colour", (title) => {
    const { plain: seen } = seenAs(title);
    expect(seen).not.toContain(ESCAPE);
    expect(seen.match(/[^\n\r\x20-\x7e]/g)).toBeNull();
    // What is to be copied stays whole: commands, URLs, IDs and digests are single words.
    const long = seen.split("\n").filter((line) => line.length > 80);
    expect(
      long.filter((line) => !/keyturn |https?:|SHA256:|arn:|[0-9a-f]{8}-[0-9a-f]{4}|error:|hint:/.test(line)),
    ).toEqual([]);
  });

  it.each(COMMANDS)("%s has colour and signs where the terminal has", (title) => {
    expect(seenAs(title).wide).toContain(ESCAPE);
  });

  it.each(COMMANDS)("%s has no escapes in a pipe or in CI", (title) => {
    const { piped, ci } = seenAs(title);
    expect(piped + ci).not.toContain(ESCAPE);
  });
});
