/** The architecture that CONTRIBUTING.md describes: who may import whom, each package's doors, file sizes and names. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { beforeAll, describe, expect, it } from "vitest";
import { DOORS, OPTIONS } from "./architecture-rules.ts";
import { codeOf } from "./source-code.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Source {
  /** Relative to the root: `src/keys/pem.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments, and with empty strings. */
  readonly code: string;
}

const sources = filesBelow("src")
  .filter((path) => path.endsWith(".ts"))
  .map(readSource);
const byPath = new Map(sources.map((source) => [source.path, source]));

/** What dependency-cruiser found in src/. */
let cruised: ICruiseResult;
beforeAll(async () => {
  cruised = (await cruise(["src"], OPTIONS)).output as ICruiseResult;
});

describe("who may import whom", () => {
  it("follows the layers and doors, without cycles", () => {
    const broken = cruised.summary.violations.map(
      ({ rule, from, to, cycle }) =>
        `${rule.name}: ${cycle ? [from, ...cycle.map(({ name }) => name)].join(" -> ") : `${from} -> ${to}`}`,
    );
    expect(broken).toEqual([]);
  });

  it("was checked for every file", () => {
    const files = cruised.modules.map(({ source }) => source).filter((path) => path.startsWith("src/"));
    expect(files.sort()).toEqual(sources.map(({ path }) => path).sort());
  });

  it.each(Object.entries(DOORS))("%s is imported through each of its doors", (name, doors) => {
    const importers = cruised.modules.filter(({ dependencies }) =>
      dependencies.some(({ module }) => module === name || module.startsWith(`${name}/`)),
    );
    const unused = doors.filter((door) => !importers.some(({ source }) => new RegExp(door).test(source)));
    expect(unused).toEqual([]);
  });
});

describe("the wall clock, randomness, timers, process and console stay with the adapters", () => {
  const AMBIENT =
    /\b(Date\.now\b|new Date\(\)|Math\.random\b|random(Bytes|UUID|Int)\b|set(Timeout|Interval|Immediate)\b|console\.|process\b(?=[.;,)])|performance\.now\b)/;
  it("no other file uses them", () => {
    const users = sources.flatMap(({ path, code }) => {
      const found = /^src\/adapters\/|^src\/(main|lambda)\.ts$/.test(path) ? null : AMBIENT.exec(code);
      return found === null ? [] : [`${path}: ${found[0]}`];
    });
    expect(users).toEqual([]);
  });

  it("the search finds them in the adapters", () => {
    const users = sources.filter(({ path, code }) => path.startsWith("src/adapters/") && AMBIENT.test(code));
    expect(users.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["src/adapters/clock.ts", "src/adapters/random.ts", "src/adapters/terminal.ts"]),
    );
  });

  it("no file calls process.exit", () => {
    expect(sources.filter(({ code }) => /process\.exit\(/.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe("sizes and names", () => {
  it("no file is too long", () => {
    const long = sources.flatMap(({ path, text }) => {
      const lines = text.trimEnd().split("\n").length;
      return lines > (path.startsWith("src/commands/") ? 80 : 300) ? [`${path}: ${lines}`] : [];
    });
    expect(long).toEqual([]);
  });

  it("no file or folder has a generic name", () => {
    const empty =
      /(^|[/-])(utils?|helpers?|common|shared|lib|types|index|misc|manager|service|processor)(\.ts)?(\/|$)/;
    const named = [
      ...sources.map(({ path }) => path),
      ...filesBelow("test").filter((path) => path.endsWith(".ts")),
    ];
    // The sandbox's `service.ts` stands for CloudFront or Secrets Manager, which AWS calls services.
    expect(named.filter((path) => empty.test(path) && path !== "src/sandbox/service.ts")).toEqual([]);
  });

  it("names are in kebab case", () => {
    expect(sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/.-]+\.ts$/.test(path))).toEqual([]);
  });

  it("every file starts with a comment that says what it is", () => {
    expect(sources.filter(({ text }) => !/^\/\*\*/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("there are no TODOs without an owner", () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)/;
    const left = sources.filter(({ text, code }) => marks.test(text) || /\bas any\b/.test(code));
    expect(left.map(({ path }) => path)).toEqual([]);
  });
});

describe("commands", () => {
  const table = ["command-table", "key-commands"]
    .map((part) => readFileSync(join(ROOT, `src/cli/${part}.ts`), "utf8"))
    .join("\n");
  const entries = [...table.matchAll(/words: "([^"]+)"[\s\S]*?import\("\.\.\/commands\/([^"]+)\.ts"\)/g)];

  it("are in the file named after their words", () => {
    expect(entries.length).toBeGreaterThan(0);
    for (const [, words, file] of entries) expect(file).toBe(words?.replace(" ", "/"));
  });

  it("are all in the table", () => {
    const files = sources.map(({ path }) => path).filter((path) => path.startsWith("src/commands/"));
    const commands = files.filter((path) => /export const \w+Command\b/.test(byPath.get(path)?.code ?? ""));
    const listed = entries.map(([, , file]) => `src/commands/${file}.ts`);
    expect(commands.filter((path) => !listed.includes(path))).toEqual([]);
  });

  it("never print and never know exit codes", () => {
    const commands = sources.filter(({ path }) => path.startsWith("src/commands/"));
    expect(
      commands
        .filter(({ code }) => /terminal\.out\(|\bEXIT\b|process\.exitCode/.test(code))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe("scenarios", () => {
  const texts = existsSync(join(ROOT, "test/scenarios"))
    ? filesBelow("test/scenarios").filter((path) => path.endsWith(".txt"))
    : [];

  it("are grouped by outcome", () => {
    const family = /^test\/scenarios\/[\w-]+\/(ok|findings|refused|interrupted)\/[\w-]+\.txt$/;
    expect(texts.filter((path) => !family.test(path))).toEqual([]);
  });

  it("are all run by the test next to their folder", () => {
    for (const folder of new Set(texts.map((path) => path.split("/").slice(0, 3).join("/")))) {
      const runner = join(ROOT, `${folder}.test.ts`);
      expect(existsSync(runner), `${folder}.test.ts`).toBe(true);
      expect(readFileSync(runner, "utf8")).toMatch(/readdirSync|readdir\(|import\.meta\.glob/);
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => normalize(join(entry.parentPath, entry.name)).slice(ROOT.length).replaceAll("\\", "/"))
    .sort();
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), "utf8");
  return { path, text, code: codeOf(text) };
}
