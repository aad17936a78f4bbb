import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { EXIT, EXIT_MEANING } from "../../src/exit-codes.ts";
import { ERROR_PAGES } from "../../src/help/error-pages.ts";
import { allIds } from "../../src/help/explain.ts";
import { TOPIC_NAMES } from "../../src/help/topic.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const errors = readFileSync(new URL("../../src/errors.ts", import.meta.url), "utf8");
const union = errors.slice(
  errors.indexOf("export type ErrorCode"),
  errors.indexOf("export class KeyturnError"),
);
const codes = [...union.matchAll(/"(ERR_\w+)"/g)].map(([, code]) => code as string);

const READ_VARIABLE = /\benv\.((?:KEYTURN|AWS|GITHUB)_\w+)|"(KEYTURN_\w+)"/g;

async function page(name: string): Promise<string> {
  const ran = await runCommand(["help", name], memoryWorld());
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  return ran.stdout;
}

describe("help", () => {
  it("has a page for every error code, with its exit code and a fix", async () => {
    expect(codes.length).toBeGreaterThan(20);
    expect(Object.keys(ERROR_PAGES).toSorted()).toEqual(codes.toSorted());
    for (const code of codes) {
      const [title, blank, ...rest] = (await page(code)).split("\n");
      expect(title).toMatch(new RegExp(`^${code} \\(exit code \\d+((, \\d+)* or \\d+)?\\)$`));
      expect(blank).toBe("");
      expect(rest.join("\n").split("\n\n")).toHaveLength(2);
    }
  });

  it("lists every id with a page under `ids`, once, by kind", async () => {
    const listed = (await page("ids"))
      .split("\n")
      .flatMap((line) => (line.startsWith("  ") ? line.trim().split(" ") : []));
    expect(listed.toSorted()).toEqual(allIds().toSorted());
  });

  it("names every variable that the program reads: keyturn's, AWS's and GitHub Actions'", async () => {
    const source = new URL("../../src/", import.meta.url);
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const read = files
      .filter((name) => !name.startsWith("help/"))
      .flatMap((name) => [...readFileSync(new URL(name, source), "utf8").matchAll(READ_VARIABLE)])
      .map(([, inPlace, byName]) => inPlace ?? byName);
    expect(read).toContain("KEYTURN_MINT_HEADERS");
    expect(read).toContain("AWS_DEFAULT_REGION");
    // keyturn sets the first itself, and the deployment's template sets the second.
    const told = `${await page("environment")} AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED KEYTURN_DEPLOYMENT`;
    expect(read.filter((name) => !new RegExp(`\\b${name}\\b`).test(told))).toEqual([]);
  });

  it("gives each code the class of its group", () => {
    let group = "";
    for (const [, comment, code] of union.matchAll(/\/\/ (\w+)\n|"(ERR_\w+)"/g)) {
      if (comment !== undefined) group = comment;
      else if (code !== "ERR_INTERRUPTED")
        expect(ERROR_PAGES[code as keyof typeof ERROR_PAGES].errorClass, code).toBe(group);
    }
  });

  it.each(TOPIC_NAMES)("has the topic %s, within 80 columns", async (topic) => {
    for (const line of (await page(topic)).split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("names every exit code and what it means", async () => {
    const text = await page("exit-codes");
    for (const [name, number] of Object.entries(EXIT)) {
      expect(text).toContain(`\n  ${String(number).padEnd(3)}  ${EXIT_MEANING[name as keyof typeof EXIT]}\n`);
    }
  });

  it("accepts a code in lower case and without its prefix", async () => {
    expect(await page("err_quota")).toBe(await page("ERR_QUOTA"));
    expect(await page("quota")).toBe(await page("ERR_QUOTA"));
  });

  it.each([
    ["securty", "keyturn help security"],
    ["ERR_QOUTA", "keyturn help ERR_QUOTA"],
  ])("suggests the right topic for %s", async (typed, hint) => {
    const ran = await runCommand(["help", typed], memoryWorld());
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toBe(
      `error: no help topic "${typed}" [ERR_USAGE]\nhint: ${hint}\nhint: keyturn help topics\n`,
    );
  });

  it("names only existing commands", async () => {
    const known = new Set(COMMANDS.map((entry) => entry.words));
    const texts = await Promise.all([...TOPIC_NAMES, ...codes].map(page));
    const pages = texts.join("\n").replaceAll(/\n(?! {2})/g, " ");
    const named = [...pages.matchAll(/(?:^ *|[:;(.] )keyturn ([a-z]+)(?: ([a-z]+))?/gm)];
    expect(named.length).toBeGreaterThan(20);
    for (const [text, first = "", second = ""] of named) {
      const isKnown = known.has(first) || known.has(`${first} ${second}`);
      const isProse =
        /^\W*keyturn (itself|talks|never|overwrite|needs|uses|understands|does|cannot|met|prints|command|wrote)\b/.test(
          text,
        );
      expect(isKnown || isProse, text).toBe(true);
    }
  });

  it("lists all topics and codes", async () => {
    const ran = await runCommand(words("help topics"), memoryWorld());
    for (const name of [...TOPIC_NAMES, ...codes]) expect(ran.stdout).toContain(name);
  });
});
