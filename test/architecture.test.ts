/** The house as CONTRIBUTING.md draws it: who may import whom, one door for each package, sizes and names. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Source {
  /** From the root: `src/keys/pem.ts`. */
  readonly path: string;
  /** `keys` for `src/keys/pem.ts`, `main.ts` for `src/main.ts`. */
  readonly part: string;
  readonly text: string;
  /** Without comments and the content of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}
interface Import {
  /** Resolved from the root for a file of ours, else the package: `zod`, `@scope/name`, `node:fs`. */
  readonly target: string;
  readonly isTypeOnly: boolean;
  /** `import("...")`: loaded when it is reached. */
  readonly isLazy: boolean;
}

const sources = filesBelow("src")
  .filter((path) => path.endsWith(".ts"))
  .map(readSource);
const byPath = new Map(sources.map((source) => [source.path, source]));

/** In the order of the house: each may import those before it, and of its own rank. */
const DOMAIN_RANK: Readonly<Record<string, number>> = {
  policy: 0,
  keys: 1,
  gates: 2,
  capture: 3,
  browser: 4,
  mint: 5,
  edge: 6,
  inspect: 7,
  probe: 8,
  rotation: 9,
  audit: 10,
  logs: 10,
  unattended: 10,
};
/** The foundation, free for all. */
const FOUNDATION =
  /^src\/(answer-dates|log-seams|errors|exit-codes|finding|is-record|sealed|seams|time)\.ts$|^src\/(cloudfront|text)\//;
/** What a domain's own `xReport` is made of: values and plain text, no colours. */
const REPORT_VALUES = /^src\/report\/(report|findings)\.ts$/;

/** The only files that may import a package. Node's own modules that do input or output count as packages. */
const DOORS: Readonly<Record<string, RegExp>> = {
  commander:
    /^src\/(bind|program|usage-error|command-entry|command-table|global-options|overview)\.ts$|^src\/commands\/|^src\/completion\/(candidates|offers)\.ts$/,
  chalk: /^src\/report\/colours\.ts$/,
  yaml: /^src\/gates\/yaml\.ts$/,
  "jsonc-parser": /^src\/keys\/wrapping\/json-strings\.ts$/,
  // The schema of keyturn.yaml with the telling of its mistakes; the record of a rotation; the schemas of --json.
  zod: /^src\/gates\/(schema|mistakes)\.ts$|^src\/rotation\/(settings-shape|plan-file|record-text)\.ts$|^src\/report\/schemas?[\w-]*(\.ts|\/)/,
  "@aws-sdk/client-cloudfront": /^src\/adapters\/aws\//,
  "@aws-sdk/client-secrets-manager": /^src\/adapters\/aws\//,
  "@aws-sdk/client-sts": /^src\/adapters\/aws\//,
  "@aws-sdk/cloudfront-signer": /^src\/mint\/[\w-]+\.ts$/,
  // Optional, with native code: loaded by the one command that asks it.
  "@duckdb/node-api": /^src\/adapters\/logs\/duckdb\.ts$/,
  "node-forge": /^src\/(sandbox|keys)\//,
  "fast-xml-parser": /^src\/sandbox\/cloudfront\/xml\.ts$/,
  tldts: /^src\/browser\/public-suffix\.ts$/,
  // What a browser would send: told of pasted cookies, and done by the sandbox's reference viewer.
  "tough-cookie": /^src\/browser\/sent-cookies\.ts$|^src\/sandbox\/viewer\//,
};
/** One file each, whichever it is. */
const SINGLE_DOORS = [
  "chalk",
  "yaml",
  "fast-xml-parser",
  "tldts",
  "node-forge",
  "@aws-sdk/cloudfront-signer",
];

/** Node's modules that compute only. */
const PURE_BUILTINS = new Set([
  "node:crypto",
  "node:util",
  "node:net",
  "node:path",
  "node:buffer",
  "node:events",
  "node:url",
]);

describe("who may import whom", () => {
  it.each(sources.filter(({ part }) => part in DOMAIN_RANK).map((source) => [source.path, source] as const))(
    "%s imports only the foundation and domain folders before its own",
    (_, { part, imports }) => {
      const rank = DOMAIN_RANK[part] as number;
      const forbidden = imports.filter(({ target, isTypeOnly }) => {
        if (!target.startsWith("src/")) return target.startsWith("node:") && !PURE_BUILTINS.has(target);
        if (FOUNDATION.test(target)) return false;
        if (REPORT_VALUES.test(target) || (isTypeOnly && target === "src/report/style.ts")) return false;
        const other = DOMAIN_RANK[partOf(target)];
        return other === undefined || (other > rank && !isTypeOnly);
      });
      expect(forbidden.map(({ target }) => target)).toEqual([]);
    },
  );

  it("the sandbox imports no adapter", () => {
    expect(importsFrom(/^src\/sandbox\//, /^src\/adapters\//)).toEqual([]);
  });

  it("only main.ts builds adapters", () => {
    const allowed = /^src\/main\.ts$|^src\/adapters\//;
    expect(importsFrom(/^src\//, /^src\/adapters\//).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("commands import no adapter, and nobody but the command table imports commands", () => {
    const allowed = /^src\/command-table\.ts$|^src\/commands\//;
    expect(importsFrom(/^src\//, /^src\/commands\//).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("no file imports itself in a circle", () => {
    expect(circles()).toEqual([]);
  });

  it("every import of ours leads to a file", () => {
    const lost = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target.startsWith("src/") && !byPath.has(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(lost).toEqual([]);
  });
});

describe("each package has its door", () => {
  const packages = new Set(
    sources
      .flatMap(({ imports }) => imports.map(({ target }) => target))
      .filter((target) => !target.startsWith("src/")),
  );

  it.each([...packages].filter((name) => !name.startsWith("node:")))("%s", (name) => {
    const door = DOORS[name];
    expect(door, `${name} has no door in this test, and a reason in CONTRIBUTING.md?`).toBeDefined();
    const importers = sources.filter(({ imports }) => imports.some(({ target }) => target === name));
    expect(importers.map(({ path }) => path).filter((path) => !(door as RegExp).test(path))).toEqual([]);
    if (SINGLE_DOORS.includes(name)) expect(importers).toHaveLength(1);
  });

  it("only adapters and the sandbox's servers reach the machine", () => {
    const reach =
      /^src\/adapters\/|^src\/main\.ts$|^src\/sandbox\/(listen|folder)\.ts$|^src\/sandbox\/state\//;
    const machine = sources.filter(
      ({ path, imports }) =>
        !reach.test(path) &&
        imports.some(({ target }) => target.startsWith("node:") && !PURE_BUILTINS.has(target)),
    );
    expect(machine.map(({ path }) => path)).toEqual([]);
  });
});

describe("the wall clock, randomness, timers, process and console stay with the adapters", () => {
  const AMBIENT =
    /\b(Date\.now\b|new Date\(\)|Math\.random\b|random(Bytes|UUID|Int)\b|set(Timeout|Interval|Immediate)\b|console\.|process\b(?=[.;,)])|performance\.now\b)/;
  it.each(
    sources
      .filter(({ path }) => !/^src\/adapters\/|^src\/main\.ts$/.test(path))
      .map((source) => [source.path, source] as const),
  )("%s", (_, { code }) => {
    expect(AMBIENT.exec(code)?.[0]).toBeUndefined();
  });

  it("the search finds them where they belong", () => {
    const users = sources.filter(({ path, code }) => path.startsWith("src/adapters/") && AMBIENT.test(code));
    expect(users.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["src/adapters/clock.ts", "src/adapters/random.ts", "src/adapters/terminal.ts"]),
    );
  });

  it("nobody ends the process", () => {
    expect(sources.filter(({ code }) => /process\.exit\(/.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe("sizes and names", () => {
  it.each(sources.map((source) => [source.path, source] as const))("%s is short", (path, { text }) => {
    const limit = path.startsWith("src/commands/") ? 80 : 300;
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(limit);
  });

  it("no file or folder is named after nothing", () => {
    const empty =
      /(^|[/-])(utils?|helpers?|common|shared|lib|types|index|misc|manager|service|processor)(\.ts)?(\/|$)/;
    const named = [
      ...sources.map(({ path }) => path),
      ...filesBelow("test").filter((path) => path.endsWith(".ts")),
    ];
    // `service.ts` of the sandbox is CloudFront and Secrets Manager as the sandbox's door sees them: services, in AWS's word.
    expect(named.filter((path) => empty.test(path) && path !== "src/sandbox/service.ts")).toEqual([]);
  });

  it("names are in kebab case", () => {
    expect(sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/.-]+\.ts$/.test(path))).toEqual([]);
  });

  it("every file says first what it is", () => {
    expect(sources.filter(({ text }) => !/^\/\*\*/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("nothing waits for an owner", () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)/;
    const left = sources.filter(({ text, code }) => marks.test(text) || /\bas any\b/.test(code));
    expect(left.map(({ path }) => path)).toEqual([]);
  });
});

describe("commands", () => {
  const table = readFileSync(join(ROOT, "src/command-table.ts"), "utf8");
  const entries = [...table.matchAll(/words: "([^"]+)"[\s\S]*?import\("\.\/commands\/([^"]+)\.ts"\)/g)];

  it("stand where their words say", () => {
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

  it("stand in families by their ending", () => {
    const family = /^test\/scenarios\/[\w-]+\/(ok|findings|refused|interrupted)\/[\w-]+\.txt$/;
    expect(texts.filter((path) => !family.test(path))).toEqual([]);
  });

  it("are all run: the test beside their folder reads it, whatever is in it", () => {
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
  return { path, part: partOf(path), text, code: withoutProse(text), imports: importsOf(path, text) };
}

function partOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function importsOf(path: string, text: string): Import[] {
  const statements = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^;"']*?from\s+"([^"]+)"/gm),
    ...text.matchAll(/^import\s+()"([^"]+)"/gm),
    ...text.matchAll(/\bimport\(\s*()"([^"]+)"\s*\)/g),
  ];
  return statements.map(([statement, type, specifier = ""]) => ({
    target: resolve(path, specifier),
    isTypeOnly: Boolean(type),
    isLazy: statement.startsWith("import("),
  }));
}

function resolve(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return normalize(join(dirname(path), specifier)).replaceAll("\\", "/");
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Code alone: without comments, and without what stands between quotes; code inside a template stays. */
function withoutProse(text: string): string {
  let code = "";
  // The innermost open template is at the end: how many braces are open in its `${`.
  const templates: number[] = [];
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/(?![/*\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*|[`{}]|[\s\S]/gy;
  const rest = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/gy;
  const skipTemplateText = (from: number): number => {
    rest.lastIndex = from;
    const [, end] = rest.exec(text) ?? [];
    if (end === "${") templates.push(0);
    return rest.lastIndex === 0 ? text.length : rest.lastIndex;
  };
  while (token.lastIndex < text.length) {
    const [found = ""] = token.exec(text) ?? [];
    const open = templates.at(-1);
    if (found === "`") token.lastIndex = skipTemplateText(token.lastIndex);
    else if (found === "}" && open === 0) {
      templates.pop();
      token.lastIndex = skipTemplateText(token.lastIndex);
    } else {
      if (open !== undefined && found === "{") templates[templates.length - 1] = open + 1;
      if (open !== undefined && found === "}") templates[templates.length - 1] = open - 1;
      code += /^(\/|"|')./s.test(found) ? " " : found;
    }
  }
  return code;
}

function importsFrom(from: RegExp, to: RegExp): string[] {
  return sources
    .filter(({ path, imports }) => from.test(path) && imports.some(({ target }) => to.test(target)))
    .map(({ path }) => path);
}

/** Circles of imports at load time: types are gone by then, and lazy imports come later. */
function circles(): string[] {
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const { target, isTypeOnly, isLazy } of byPath.get(path)?.imports ?? []) {
      if (!isTypeOnly && !isLazy && byPath.has(target)) visit(target, [...trail, path]);
    }
    state.set(path, "done");
  };
  for (const { path } of sources) visit(path, []);
  return found;
}
