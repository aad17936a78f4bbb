/** Without DuckDB, which is optional, `logs` prints how to install it, and everything else works. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingDuckDb } from "../../src/adapters/logs/duckdb-missing.ts";
import { gz, v1Text } from "./lines.ts";
import { ordinaryTraffic } from "./planted.ts";

const ROOT = resolve(import.meta.dirname, "../..");

describe("the built program without DuckDB", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-test-no-duckdb-"));
  const home = join(folder, "home");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const places = {
    local: join(folder, "project/node_modules/keyturn"),
    global: join(folder, "prefix/lib/node_modules/keyturn"),
    npx: join(folder, "cache/_npx/0a1b2c3d/node_modules/keyturn"),
  };
  beforeAll(() => {
    mkdirSync(home);
    for (const place of Object.values(places)) {
      mkdirSync(place, { recursive: true });
      for (const name of ["bin", "dist", "package.json"])
        cpSync(join(ROOT, name), join(place, name), { recursive: true });
    }
    writeFileSync(join(home, "logs.gz"), gz(v1Text(ordinaryTraffic())));
    mkdirSync(join(folder, "prefix/bin"));
    symlinkSync(join(places.global, "bin/keyturn.js"), join(folder, "prefix/bin/keyturn"));
  });
  const keyturn = (program: string, ...argv: string[]) =>
    spawnSync(process.execPath, [program, ...argv], {
      cwd: home,
      env: { HOME: home, PATH: process.env.PATH, TMPDIR: home },
      encoding: "utf8",
    });

  it.each([
    ["a local package", join(places.local, "bin/keyturn.js"), "npm install @duckdb/node-api"],
    ["a global package", join(folder, "prefix/bin/keyturn"), "npm install -g @duckdb/node-api"],
    ["run by npx", join(places.npx, "bin/keyturn.js"), "npx -p keyturn -p @duckdb/node-api keyturn logs"],
  ])("prints the command that installs DuckDB if it is %s, and exits with 3", (_, program, command) => {
    const { status, stdout, stderr } = keyturn(program, "logs", "logs.gz");
    expect(stderr).toBe(
      `error: reading access logs needs DuckDB, which is not installed [ERR_LOG_ENGINE]\nhint: ${command}\n`,
    );
    expect([status, stdout]).toEqual([3, ""]);
    // The folder for copies was removed.
    expect(readdirSync(home)).toEqual(["logs.gz"]);
  });

  it("still prints SQL and the table for Athena, and runs other commands", () => {
    const program = join(places.local, "bin/keyturn.js");
    const sql = keyturn(program, "logs", "denials", "--sql");
    expect([sql.status, sql.stdout]).toEqual([0, expect.stringContaining("FROM logs")]);
    const ddl = keyturn(program, "logs", "--ddl", "--location", "s3://logs-of-app/");
    expect([ddl.status, ddl.stdout]).toEqual([0, expect.stringContaining("CREATE EXTERNAL TABLE")]);
    expect(keyturn(program, "explain", "MissingKey").status).toBe(0);
  });
});

describe("the error about DuckDB", () => {
  const absent = Object.assign(new Error("Cannot find package '@duckdb/node-api' imported from /a"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  const broken = Object.assign(
    new Error("Cannot find module '@duckdb/node-bindings-linux-x64/duckdb.node'"),
    {
      code: "MODULE_NOT_FOUND",
    },
  );
  it("is the same for import and require", () => {
    const required = Object.assign(new Error("Cannot find module '@duckdb/node-api'\nRequire stack:"), {
      code: "MODULE_NOT_FOUND",
    });
    expect(missingDuckDb(required, "/a/b.js").message).toContain("not installed");
  });
  it.each([
    ["/home/a/project/node_modules/keyturn/bin/keyturn.js", "npm install @duckdb/node-api"],
    ["/home/a/keyturn/bin/keyturn.js", "npm install @duckdb/node-api"],
    ["/usr/local/lib/node_modules/keyturn/bin/keyturn.js", "npm install -g @duckdb/node-api"],
    [
      "C:\\Users\\a\\AppData\\Roaming\\npm\\node_modules\\keyturn\\bin\\keyturn.js",
      "npm install -g @duckdb/node-api",
    ],
    [
      "/home/a/.npm/_npx/1/node_modules/keyturn/bin/keyturn.js",
      "npx -p keyturn -p @duckdb/node-api keyturn logs",
    ],
  ])("for %s suggests %s", (program, command) => {
    expect(missingDuckDb(absent, program)).toMatchObject({ code: "ERR_LOG_ENGINE", hints: [command] });
  });
  it("says that the native part is missing if only that was left out", () => {
    const error = missingDuckDb(broken, "/home/a/project/node_modules/keyturn/bin/keyturn.js");
    expect(error.message).toContain("its native part is missing");
    expect(error.hints).toEqual(["npm install @duckdb/node-api --include=optional --force"]);
    expect(missingDuckDb(broken, "/home/a/.npm/_npx/1/x.js").hints).toEqual(["keyturn help ERR_LOG_ENGINE"]);
  });
});
