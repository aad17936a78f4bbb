import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { GROUPS } from "../src/cli/groups.ts";
import { InterruptError } from "../src/errors.ts";
import { runProgram } from "../src/program.ts";
import { memoryWorld, runCommand, words } from "./fakes/memory-world.ts";

const FILES = {
  "keyturn.yaml": [
    "gates:",
    "  app:",
    "    distributions: [E1]",
    "    keyGroups: [g]",
    "    secret: s",
    "    cookie: { resource: 'https://h.example/*', ttl: 15m }",
  ].join("\n"),
};

describe("the command line", () => {
  it.each([
    ["--json config check", "before the words"],
    ["config --json check", "between the words"],
    ["config check --json", "after the words"],
    ["--config keyturn.yaml --json config check", "with a value that is not a command word"],
    ["--config=keyturn.yaml config check --json", "with a value after ="],
    ["--gate check --json config check --config keyturn.yaml", "with a value that looks like a command word"],
  ])("accepts global flags: %s (%s)", async (line) => {
    const ran = await runCommand(words(line), memoryWorld({ files: FILES }));
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schemaVersion: 1,
      command: "config check",
      outcome: "done",
    });
    expect(ran.exitCode).toBe(0);
  });

  it.each([
    ["", 0, /^Usage: keyturn/],
    ["--help", 0, /^Usage: keyturn/],
    ["help", 0, /^Usage: keyturn/],
    ["keys --help", 0, /^Usage: keyturn keys/],
    ["help keys", 0, /^Usage: keyturn keys/],
    ["keys upload --help", 0, /^Examples:[\s\S]*\nUsage: keyturn keys upload/],
    ["help keys upload", 0, /^Examples:[\s\S]*\nUsage: keyturn keys upload/],
    ["keys help", 0, /^Usage: keyturn keys/],
    ["keys help upload", 0, /^Examples:[\s\S]*\nUsage: keyturn keys upload/],
    ["config --help", 0, /\n\nkeyturn\.yaml: write it[^\n]*\.\n/],
    ["--version", 0, /^\d+\.\d+\.\d+/],
  ])("%j prints to stdout", async (line, exitCode, stdout) => {
    const ran = await runCommand(words(line), memoryWorld());
    expect(ran).toMatchObject({ exitCode, stderr: "" });
    expect(ran.stdout).toMatch(stdout);
  });

  it.each(COMMANDS.map(({ words }) => words))(
    "%s --help fits 80 columns and begins with examples",
    async (line) => {
      const { stdout } = await runCommand([...words(line), "--help"], memoryWorld());
      expect(stdout.split("\n").filter((each) => each.length > 80)).toEqual([]);
      expect(stdout).toMatch(/^Examples:\n/);
      // A default is shown in one format, and an empty list is not a default.
      expect(stdout).not.toMatch(/default: \[\]|\(default [^:]|\((?!0600)\d+s?\)/);
      const [, description = ""] = /^Usage: .*\n\n(.*(?:\n.+)*)\n/m.exec(stdout) ?? [];
      expect(description).toMatch(/^[A-Z`k][\s\S]*\.$/);
    },
  );

  it.each([
    [
      "status",
      "error: unknown command 'status' [ERR_USAGE]\nhint: keyturn rotate status\nhint: keyturn --help\n",
    ],
    ["kesy", "error: unknown command 'kesy' [ERR_USAGE]\nhint: did you mean keys?\nhint: keyturn --help\n"],
    [
      "roate status",
      "error: unknown command 'roate' [ERR_USAGE]\nhint: keyturn rotate status\nhint: keyturn --help\n",
    ],
    [
      "keys uplaod",
      "error: unknown command 'uplaod' [ERR_USAGE]\nhint: did you mean upload?\nhint: keyturn keys --help\n",
    ],
    [
      "help keys uplaod",
      "error: unknown command 'uplaod' [ERR_USAGE]\nhint: did you mean upload?\nhint: keyturn keys --help\n",
    ],
    [
      "version",
      "error: unknown command 'version' [ERR_USAGE]\nhint: keyturn --version\nhint: keyturn --help\n",
    ],
    ["-v", "error: unknown option '-v' [ERR_USAGE]\nhint: keyturn --version\nhint: keyturn --help\n"],
    [
      "config schema keys",
      /^error: "keys" is a group of commands \[ERR_USAGE\]\nhint: keyturn config schema keys generate\n/,
    ],
    [
      "rehearse --viewers 0",
      'error: "0" is not a valid count [ERR_USAGE]\nhint: give a whole number from 1 to 9999\n',
    ],
    [
      "rehearse --attackers 0",
      'error: "0" is not a valid count [ERR_USAGE]\nhint: give a whole number from 1 to 9999\n',
    ],
    [
      "config check --jsno",
      "error: unknown option '--jsno' [ERR_USAGE]\nhint: did you mean --json?\nhint: keyturn config check --help\n",
    ],
    [
      "keys generate",
      "error: required option '--out <file>' not specified [ERR_USAGE]\nhint: keyturn keys generate --out signing-key.pem\nhint: keyturn keys generate --help\n",
    ],
    [
      "keys upload",
      "error: missing required argument 'file' [ERR_USAGE]\nhint: keyturn keys upload signing-key.pub.pem --name app-2026\nhint: keyturn keys upload --help\n",
    ],
    [
      "keys generate --out k.pem --type rsa-2084",
      "error: option '--type <type>' argument 'rsa-2084' is invalid. Allowed choices are rsa-2048, ecdsa-p256 [ERR_USAGE]\nhint: did you mean rsa-2048?\nhint: keyturn keys generate --help\n",
    ],
    [
      "completion zhs",
      "error: 'zhs' is not a known shell. Allowed choices are bash, zsh, fish, powershell, words [ERR_USAGE]\nhint: did you mean zsh?\nhint: keyturn completion --help\n",
    ],
    [
      "config schema rotate sttaus",
      'error: there is no command "rotate sttaus" [ERR_USAGE]\nhint: keyturn config schema rotate status\nhint: keyturn --help\n',
    ],
    // Every JavaScript object has a member of this name.
    [
      "config schema constructor",
      'error: there is no command "constructor" [ERR_USAGE]\nhint: keyturn config schema rotate status\nhint: keyturn --help\n',
    ],
    ["help toString", 'error: no help topic "toString" [ERR_USAGE]\nhint: keyturn help topics\n'],
    ["constructor", "error: unknown command 'constructor' [ERR_USAGE]\nhint: keyturn --help\n"],
    [
      "runbook show leekd-key",
      'error: there is no runbook "leekd-key" [ERR_RUNBOOK]\nhint: keyturn runbook show leaked-key\nhint: keyturn runbook list\n',
    ],
    [
      "probe https://h.example/ --cases exprired",
      /^error: there is no case "exprired" \[ERR_USAGE\]\nhint: did you mean expired\?\nhint: one of: none, /,
    ],
    [
      "config check surplus",
      "error: too many arguments for 'check'. Expected 0 arguments but got 1 [ERR_USAGE]\nhint: keyturn config check --help\n",
    ],
    [
      "config check --gate",
      "error: option '--gate <name>' argument missing [ERR_USAGE]\nhint: keyturn config check --help\n",
    ],
  ])("%j is refused with a suggestion", async (line, stderr) => {
    const ran = await runCommand(words(line), memoryWorld());
    expect(ran).toEqual({
      exitCode: line.startsWith("runbook") ? 3 : 2,
      stdout: "",
      stderr: stderr instanceof RegExp ? expect.stringMatching(stderr) : stderr,
    });
  });

  it.each(Object.keys(GROUPS))("%s --help lists its commands and nothing else", async (group) => {
    const { stdout } = await runCommand([group, "--help"], memoryWorld());
    const listed = stdout.slice(stdout.indexOf("\nCommands:")).match(/^ {2}\S+/gm) ?? [];
    expect(listed.map((each) => `${group} ${each.trim()}`)).toEqual(
      COMMANDS.map(({ words }) => words).filter((each) => each.startsWith(`${group} `)),
    );
  });

  it("every command has a line in the overview, and help that starts with examples", async () => {
    const overview = (await runCommand(["--help"], memoryWorld())).stdout.replaceAll(/\s+/g, " ");
    expect(
      Math.max(
        ...(await runCommand(["--help"], memoryWorld())).stdout.split("\n").map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    for (const { words: typed, summary, examples = [] } of COMMANDS) {
      const [group] = typed.split(" ") as [string];
      if (group === typed) expect(overview).toContain(summary);
      // A group that is also a command has no line of its own.
      else if (!COMMANDS.some(({ words }) => words === group)) expect(overview).toContain(GROUPS[group]);
      const { stdout, exitCode, stderr } = await runCommand([...typed.split(" "), "--help"], memoryWorld());
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toContain(`Usage: keyturn ${typed} `);
      // Example command lines are not wrapped, so that they can be copied.
      const wrapped = stdout.slice(stdout.indexOf("Usage:")).split("\n");
      for (const line of wrapped) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(examples.length, `${typed} has no example`).toBeGreaterThan(0);
      expect(stdout.startsWith("Examples:\n")).toBe(true);
    }
  });
});

describe("errors and exit codes", () => {
  it("an error is one line with hints on stderr, and under --json an envelope on stdout", async () => {
    const ran = await runCommand(words("config check --json"), memoryWorld());
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toBe(
      "error: there is no keyturn.yaml in this folder or above it [ERR_CONFIG]\nhint: keyturn config init\nhint: add --config FILE, or export KEYTURN_CONFIG=FILE\nhint: to try everything without AWS, in a local cloud that has a gate:\nhint: keyturn sandbox\n",
    );
    expect(JSON.parse(ran.stdout)).toEqual({
      schemaVersion: 1,
      command: "config check",
      outcome: "error",
      result: null,
      findings: [],
      error: {
        code: "ERR_CONFIG",
        message: "there is no keyturn.yaml in this folder or above it",
        hints: [
          "keyturn config init",
          "add --config FILE, or export KEYTURN_CONFIG=FILE",
          "to try everything without AWS, in a local cloud that has a gate:",
          "keyturn sandbox",
        ],
      },
    });
  });

  it("a usage error has an envelope too", async () => {
    const ran = await runCommand(words("config chekc --json"), memoryWorld());
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: "error", error: { code: "ERR_USAGE" } });
  });

  it("an unknown error exits with 70 as a bug, with the stack only under --verbose", async () => {
    const broken = () =>
      memoryWorld({
        files: FILES,
        cloud: {
          get controlPlane(): never {
            throw new TypeError("boom");
          },
        } as never,
      });
    const quiet = await runCommand(words("keys list"), broken());
    expect(quiet.exitCode).toBe(70);
    expect(quiet.stderr).toBe(
      "error: unexpected failure in keyturn: TypeError: boom [ERR_INTERNAL]\nhint: this is a bug in keyturn: run it again with --verbose and report the output\n",
    );
    const verbose = await runCommand(words("keys list --verbose"), broken());
    expect(verbose.stderr).toMatch(/\n {4}at .*program\.test\.ts/);
  });

  it("the text of a parser's error is not printed, because it quotes its input", async () => {
    const world = memoryWorld({
      cloud: {
        get controlPlane(): never {
          return JSON.parse("hunter2") as never;
        },
      } as never,
    });
    const ran = await runCommand(words("keys list --verbose"), world);
    expect(ran.exitCode).toBe(70);
    expect(ran.stderr).toContain("SyntaxError");
    expect(ran.stderr).not.toContain("hunter2");
  });

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("after %s no call starts, and the exit code is %i", async (signal, exitCode) => {
    let calls = 0;
    const world = memoryWorld({
      cloud: async () => {
        calls += 1;
        return { status: 500, headers: [], body: "" };
      },
    });
    world.interruptNow(new InterruptError(signal));
    const ran = await runCommand(words("keys list"), world);
    expect(ran).toEqual({
      exitCode,
      stdout: "",
      stderr: `error: interrupted by ${signal} [ERR_INTERRUPTED]\nhint: keyturn help ERR_INTERRUPTED\n`,
    });
    expect(calls).toBe(0);
  });

  it("a reader that exits early does not change the command's exit code", async () => {
    const world = memoryWorld({ files: { "keyturn.yaml": "gates: {}" } });
    const terminal = {
      ...world.terminal,
      note: world.terminal.note,
      interactive: false,
      out: () => Promise.reject(brokenPipe()),
    };
    expect(await runProgram(["config", "check"], { ...world, terminal: terminal as never })).toBe(1);
  });

  it("--quiet silences notes, not results or errors", async () => {
    const ran = await runCommand(words("config check --quiet"), memoryWorld({ files: FILES }));
    expect(ran.stdout).toMatch(/^ok keyturn.yaml/);
    const failed = await runCommand(words("config check --quiet"), memoryWorld());
    expect(failed.stderr).toContain("[ERR_CONFIG]");
  });
});

describe("colors and symbols", () => {
  const ESCAPE = "\u001b[";
  const table: [
    title: string,
    env: Record<string, string>,
    columns: number | undefined,
    argv: string[],
    coloured: boolean,
  ][] = [
    ["a terminal", {}, 100, [], true],
    ["no terminal", {}, undefined, [], false],
    ["--no-color on a terminal", {}, 100, ["--no-color"], false],
    ["NO_COLOR on a terminal", { NO_COLOR: "1" }, 100, [], false],
    ["an empty NO_COLOR", { NO_COLOR: "" }, 100, [], true],
    ["FORCE_COLOR without a terminal", { FORCE_COLOR: "1" }, undefined, [], true],
    ["FORCE_COLOR=0 on a terminal", { FORCE_COLOR: "0" }, 100, [], false],
    ["NO_COLOR beside FORCE_COLOR", { NO_COLOR: "1", FORCE_COLOR: "1" }, 100, [], false],
    ["--no-color beside FORCE_COLOR", { FORCE_COLOR: "1" }, 100, ["--no-color"], false],
    ["a dumb terminal", { TERM: "dumb" }, 100, [], false],
  ];
  it.each(table)("are as expected for %s", async (_, env, columns, argv, coloured) => {
    const world = memoryWorld({ files: FILES, env, ...(columns === undefined ? {} : { columns }) });
    const { stdout } = await runCommand(["config", "check", ...argv], world);
    expect(stdout.includes(ESCAPE)).toBe(coloured);
  });

  it.each([
    [{ LANG: "en_GB.UTF-8" }, "✓"],
    [{ LC_ALL: "C", LANG: "en_GB.UTF-8" }, "ok"],
    [{ LC_CTYPE: "C.utf8" }, "✓"],
    [{}, "ok"],
  ])("the locale %j gives the symbol %s", async (env, sign) => {
    const { stdout } = await runCommand(words("config check"), memoryWorld({ files: FILES, env }));
    expect(stdout.startsWith(`${sign} keyturn.yaml`)).toBe(true);
  });
});

function brokenPipe(): Error {
  return Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
}
