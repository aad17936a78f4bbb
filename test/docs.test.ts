/** The documents are correct: README's commands run, its lists match the program, and links are not broken. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { commandList } from "../src/cli/overview.ts";
import { EXIT, EXIT_MEANING } from "../src/exit-codes.ts";
import { QUESTION_NAMES } from "../src/logs/question.ts";
import { STAGES } from "../src/rotation/stage.ts";
import { needs } from "./fakes/needs.ts";
import { exportsOf } from "./fakes/sandbox-process.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const readme = read("README.md");

/** Commands without their comments. */
function typed(block = ""): string[] {
  return block
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/ +#.*$/, ""));
}

/** The fenced code blocks in one language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, body = ""]) => body,
  );
}

describe("README", () => {
  it("begins with the two commands to run", () => {
    const [first = ""] = blocks(readme, "sh");
    expect(readme.startsWith("```sh\n")).toBe(true);
    expect(first.split("\n").map((line) => line.replace(/ +#.*/, ""))).toEqual([
      "npm ci && npm start",
      "npm cit",
      "",
    ]);
  });

  it("explains that those two need a clone, and what to do without one", () => {
    const [, sentence = ""] = /^```\n\n([^\n]*)$/m.exec(readme) ?? [];
    expect(sentence).toMatch(/clone/);
    expect(sentence).toContain("(#install)");
  });

  it("explains how to install from the registry in its first section", () => {
    const [, title, body = ""] = /^## (.*)\n([\s\S]*?)(?=^## )/m.exec(readme) ?? [];
    expect(title).toBe("Install");
    expect(typed(blocks(body, "sh")[0])).toEqual(["npx keyturn rehearse", "npm install -g keyturn"]);
  });

  it("shows every stage of a rehearsal, in the order in which they complete", () => {
    const [recording = ""] = blocks(readme, "text");
    expect(recording.startsWith("npx keyturn rehearse\n")).toBe(true);
    expect([...recording.matchAll(/^ {2}✓ (\S+)/gm)].map(([, stage]) => stage)).toEqual(STAGES);
    const counts = [...recording.matchAll(/^ {2}(\w.*?) {2,}[\d,]+(?: {2}✓)?$/gm)].map(
      ([, what = ""]) => what,
    );
    expect(counts.length).toBeGreaterThan(3);
    for (const what of counts) expect(read("src/report/rehearsal.ts")).toContain(`"${what}"`);
  });

  it("begins every block with a line that can be pasted unchanged", () => {
    const starts = [...readme.matchAll(/^```(\w+)\n(.*)$/gm)];
    expect(starts.length).toBeGreaterThan(7);
    const untypable = starts.filter(
      ([, language, line = ""]) =>
        !["sh", "text"].includes(language ?? "") || !/^(keyturn|npm|npx|curl|mkdir) /.test(line),
    );
    expect(untypable.map(([, , line]) => line)).toEqual([]);
  });

  it("lists the commands as --help does", () => {
    expect(blocks(readme, "text")[1]).toBe(`keyturn --help\n${commandList(100)}\n`);
  });

  it("lists every exit code", () => {
    const rows = Object.entries(EXIT).map(
      ([name, code]) => `${String(code).padStart(3)}  ${EXIT_MEANING[name as keyof typeof EXIT]}`,
    );
    expect(blocks(readme, "text")[2]).toBe(`keyturn help exit-codes\n${rows.join("\n")}\n`);
  });

  it("is one page", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(190);
  });
});

describe("documents", () => {
  const QUESTIONS = new Set<string>(QUESTION_NAMES);
  const documents = [
    ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
    ...readdirSync(join(ROOT, "runbooks")).map((name) => `runbooks/${name}`),
    ...readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).map((name) => `src/${name}`),
  ].filter((name) => name.endsWith(".md"));

  it.each(documents)("%s links only to pages that exist", (name) => {
    const links = [...read(name).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    const dead = links.filter(
      (target) => !/^https?:/.test(target) && !existsSync(resolve(ROOT, dirname(name), target)),
    );
    expect(dead).toEqual([]);
  });

  it.each(documents)("%s names only commands that exist", (name) => {
    const known = new Set(COMMANDS.flatMap(({ words }) => [words, words.split(" ")[0]]));
    const fenced = [...read(name).matchAll(/^```.*\n([\s\S]*?)^```/gm)]
      .map(([, body = ""]) => body)
      .join("\n");
    const typed = [
      ...fenced.matchAll(/^\s*(?:\$ )?keyturn ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?/gm),
      ...read(name).matchAll(/`keyturn ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?/g),
    ];
    const unknown = typed.filter(([, first = "", second = ""]) => {
      const isGroup = COMMANDS.some(({ words }) => words.startsWith(`${first} `));
      // `logs` takes a question as its first argument, and has subcommands as well.
      if (first === "logs" && QUESTIONS.has(second)) return false;
      return !(isGroup ? known.has(`${first} ${second}`) || second === "" : known.has(first));
    });
    expect(unknown.map(([text]) => text)).toEqual([]);
  });

  it("the program names only existing runbooks", () => {
    const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
    const named = sources
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [...read(`src/${name}`).matchAll(/keyturn runbook (?:show|run) ([a-z][\w-]+)/g)])
      .map(([, runbook = ""]) => runbook);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((runbook) => !existsSync(join(ROOT, "runbooks", `${runbook}.md`)))).toEqual([]);
  });

  it("CONTRIBUTING gives a reason for every dependency, and for nothing else", () => {
    const table = read("CONTRIBUTING.md").split("## Dependencies")[1] ?? "";
    const named = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const { dependencies = {}, devDependencies } = JSON.parse(read("package.json"));
    expect(named.toSorted()).toEqual(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].toSorted(),
    );
  });

  it("the package has no runtime dependencies", () => {
    expect(JSON.parse(read("package.json")).dependencies).toBeUndefined();
  });
});

needs("curl")("README's commands", () => {
  let sandbox: ChildProcess;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-readme-"));
    const [, start = ""] = /^keyturn (sandbox [^#\n]*[^#\s])/m.exec(readme) ?? [];
    sandbox = spawn(process.execPath, [join(ROOT, "bin/keyturn.js"), ...start.split(" ")], { cwd: folder });
    env = { ...process.env, ...(await exportsOf(sandbox)), HOME: folder, XDG_STATE_HOME: folder, CI: "" };
  });
  afterAll(async () => {
    if (sandbox.exitCode !== null) return;
    const ended = new Promise((done) => sandbox.once("exit", done));
    sandbox.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const lines = blocks(readme, "sh")
    .flatMap(typed)
    .filter((line) => /^(keyturn|curl) /.test(line) && !line.startsWith("keyturn sandbox"));

  it("are there", () => expect(lines.length).toBeGreaterThan(6));

  it.each(lines)("include %s, which works", (line) => {
    const keyturn = `${JSON.stringify(process.execPath)} ${JSON.stringify(join(ROOT, "bin/keyturn.js"))}`;
    const command = line.replace(/^keyturn\b/, keyturn);
    const ran = spawnSync("bash", ["-c", command], { cwd: folder, env, encoding: "utf8" });
    // As README says, the exit code of status tells whether a rotation is open.
    const expected = line === "keyturn rotate status" ? EXIT.pending : EXIT.done;
    expect(ran.status, `${ran.stdout}\n${ran.stderr}`).toBe(expected);
    expect(ran.stderr).not.toMatch(/ERR_|Warning/);
    if (line.startsWith("curl")) expect(ran.stdout).toMatch(/403 Forbidden[\s\S]*MissingKey/);
  });
});
