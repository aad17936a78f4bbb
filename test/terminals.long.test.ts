/**
 * What a person sees at 80 columns without color, wide with color, in a pipe, and in CI, on a real terminal drawn by
 * tmux. `KEYTURN_TERMINALS=folder` saves the screens there.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { STAGES } from "../src/rotation/stage.ts";
import { needs } from "./fakes/needs.ts";
import { exportsOf } from "./fakes/sandbox-process.ts";

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const ESCAPE = "\u001b[";

type Form = "plain" | "wide" | "piped" | "ci";

/** A whole rotation in a few seconds, with every wait long enough to be printed. */
const QUICK = ["--propagation", "1s", "--cookie-ttl", "2s", "--signer-cache", "1s"];
const PLAN = ["rotate plan", "rotate plan", /signer-switched/] as const;
const REHEARSE = [
  "rehearse",
  "rehearse --viewers 4 --attackers 2 --cookie-ttl 2s --signer-cache 1s --propagation 1s --settle 2s",
  /valid viewers denied/,
] as const;
const START = ["rotate start --wait", "rotate start --wait --yes", /old-key-deleted[\s\S]*rotated/] as const;

/** Run in this order, because each shows the state that the one before left. */
const COMMANDS: readonly (readonly [title: string, line: string, shows: RegExp])[] = [
  ["audit", "audit", /demo/],
  ["inspect", "inspect cookie.txt", /MissingKey|denied|allow|expired/i],
  ["probe", "probe", /MissingKey|denied/],
  ["matrix", "matrix --probe", /required[\s\S]*edge gate, not authentication/],
  ["rotate status", "rotate status", /abort/],
];

const SHOWN = [PLAN, START, ...COMMANDS, REHEARSE];
const PLAIN = { LANG: "C", NO_COLOR: "1" };

needs("tmux", "bash")("on a terminal", () => {
  let folder: string;
  let screens = 0;
  const sandboxes: ChildProcess[] = [];
  const captures = new Map<string, Readonly<Record<Form, string>>>();
  const seenAs = (title: string) => captures.get(title) ?? { plain: "", wide: "", piped: "", ci: "" };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-tty-"));
    const env = await sandbox();
    const url = `${env.GATE_URL}/api/reports?Expires=1&Signature=abc_&Key-Pair-Id=K2JCJMDEHXQW5F`;
    writeFileSync(join(folder, "cookie.txt"), url);
    // The long waits run in parallel with the rest. `rotate start` changes its account, so each run has its own.
    const waiting = Promise.all([
      inAllForms(START[1], sandbox).then((seen) => keep(START[0], seen)),
      inAllForms(REHEARSE[1], async () => env).then((seen) => keep(REHEARSE[0], seen)),
    ]);
    for (const [title, line] of COMMANDS) {
      // The plan is drawn before the rotation, and the status during it.
      if (title === "rotate status") {
        keep(PLAN[0], await inAllForms(PLAN[1], async () => env));
        await onTerminal("rotate start --yes --until key-trusted --wait", 80, { ...env, ...PLAIN });
      }
      keep(title, await inAllForms(line, async () => env));
    }
    await waiting;
  });
  afterAll(async () => {
    await Promise.all(
      sandboxes.map((child) => {
        const ended = new Promise((done) => child.once("exit", done));
        child.kill("SIGTERM");
        return ended;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  });

  async function sandbox(): Promise<Record<string, string>> {
    const child = spawn(process.execPath, [BIN, "sandbox", ...QUICK], { cwd: folder });
    sandboxes.push(child);
    const exported = await exportsOf(child);
    // No pager, because nobody would quit it here. It has its own test.
    const fixed = { KEYTURN_PAGER: "cat", PATH: process.env.PATH ?? "" };
    return { ...exported, HOME: folder, XDG_STATE_HOME: folder, ...fixed };
  }

  async function inAllForms(line: string, place: () => Promise<Record<string, string>>) {
    const forms: Readonly<Record<Form, (env: Record<string, string>) => Promise<string>>> = {
      plain: (env) => onTerminal(line, 80, { ...env, ...PLAIN }),
      wide: (env) => onTerminal(line, 150, { ...env, LANG: "C.UTF-8" }),
      piped: (env) => inPipe(line, { ...env, LANG: "C.UTF-8" }),
      ci: (env) => inPipe(line, { ...env, CI: "true", GITHUB_ACTIONS: "true" }),
    };
    const seen = Object.entries(forms).map(async ([form, see]) => [form, await see(await place())] as const);
    return Object.fromEntries(await Promise.all(seen)) as Record<Form, string>;
  }

  /** Removes the notes about slow answers, which depend on how busy the machine is. */
  const punctual = (text: string) =>
    text
      .split("\n")
      .filter((line) => !/: no answer for \d+ s/.test(line))
      .join("\n");

  function keep(title: string, captured: Readonly<Record<Form, string>>): void {
    const seen = Object.fromEntries(
      Object.entries(captured).map(([form, text]) => [form, punctual(text)]),
    ) as Record<Form, string>;
    captures.set(title, seen);
    const where = process.env.KEYTURN_TERMINALS;
    if (where === undefined) return;
    mkdirSync(where, { recursive: true });
    for (const [form, text] of Object.entries(seen))
      writeFileSync(join(where, `${title.replaceAll(" ", "-")}.${form}.txt`), `${text}\n`);
  }

  /** The screen and its scrollback, with colors as escapes and wrapped lines joined. */
  async function onTerminal(line: string, columns: number, env: Record<string, string>): Promise<string> {
    // One server each, because they run in parallel.
    screens += 1;
    const socket = join(folder, `tmux-${screens}`);
    const script = `${socket}.sh`;
    const lines = [
      ...Object.entries(env).map(([name, value]) => `export ${name}='${value}'`),
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

  /** Both streams merged, as in a log. */
  async function inPipe(line: string, env: Record<string, string>): Promise<string> {
    // An exit code other than 0 is not a failure here.
    const script = `'${process.execPath}' '${BIN}' ${line} 2>&1 || true`;
    return (await execute("bash", ["-c", script], { cwd: folder, env })).stdout;
  }

  const plainText = stripVTControlCharacters;

  it.each(["plain", "wide"] as const)(
    "rotate start --wait marks each finished stage on a %s terminal",
    (form) => {
      const seen = plainText(seenAs(START[0])[form]);
      const sign = form === "plain" ? "ok" : "✓";
      const marked = seen.split("\n").flatMap((each) => {
        const [, mark, stage] = /^ {2}(\S+) +([a-z-]+) +\d\d:\d\d:\d\dZ {2}\S/.exec(each) ?? [];
        return mark === sign ? [stage] : [];
      });
      expect(marked).toEqual(STAGES);
      // The live line is gone, and single actions are not listed.
      expect(seen).not.toMatch(/left, until|ask whether|record that/);
      expect(seen).toMatch(new RegExp(`^${sign} rotated, all 10 stages: `, "m"));
    },
  );

  it.each(["piped", "ci"] as const)("rotate start --wait prints a log without a terminal (%s)", (form) => {
    const seen = seenAs(START[0])[form];
    for (const stage of STAGES.filter((each) => each !== "old-cookies-expired"))
      expect(seen).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\dZ ${stage}: `, "m"));
    const wait = /^\d\d:\d\d:\d\dZ old-cookies-expired: \d+s left, until \S+Z, waiting for the last cookie/m;
    expect(seen).toMatch(wait);
    expect(seen).not.toContain(ESCAPE);
    expect(seen).not.toContain("\r");
  });

  it.each(SHOWN)("%s shows its result in every form", (title, _, shows) => {
    for (const [where, text] of Object.entries(seenAs(title))) {
      const seen = plainText(text);
      expect(seen, where).toMatch(shows);
      expect(seen).not.toMatch(/undefined|\[object|NaN|\n\s+at |ERR_INTERNAL/);
    }
  });

  it.each(SHOWN)("%s stays within 80 columns, in ASCII, without color", (title) => {
    const { plain: seen } = seenAs(title);
    expect(seen).not.toContain(ESCAPE);
    expect(seen.match(/[^\n\r\x20-\x7e]/g)).toBeNull();
    // Commands, URLs, IDs and digests are not wrapped, so that they can be copied.
    const long = seen.split("\n").filter((line) => line.length > 80);
    expect(
      long.filter((line) => !/keyturn |https?:|SHA256:|arn:|[0-9a-f]{8}-[0-9a-f]{4}|error:|hint:/.test(line)),
    ).toEqual([]);
  });

  it.each(SHOWN)("%s has colors if the terminal has them", (title) => {
    expect(seenAs(title).wide).toContain(ESCAPE);
  });

  it.each(SHOWN)("%s has no escapes in a pipe or in CI", (title) => {
    const { piped, ci } = seenAs(title);
    expect(piped + ci).not.toContain(ESCAPE);
  });
});
