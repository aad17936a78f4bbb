/**
 * `--sql` and `--ddl` print statements that can be run: the view is valid Trino SQL, and the partitions cover every
 * hour.
 */
import { TrinoSQL } from "dt-sql-parser";
import { describe, expect, it } from "vitest";
import { athenaDdl, TABLE_FORMATS, usualTemplate } from "../../src/logs/athena-ddl.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { W3C_FIELDS } from "./lines.ts";

const faults = (sql: string) => new TrinoSQL().validate(sql).map(({ message }) => message);
const printed = async (...argv: string[]) => {
  const { stdout, stderr, exitCode } = await runCommand(["logs", ...argv, "--json"], memoryWorld());
  return { texts: JSON.parse(stdout).result?.texts as Record<string, string>, stderr, exitCode };
};

it("--sql prints exactly the queries that would run, and reads no file", async () => {
  const { texts, exitCode } = await printed("denials", "--sql");
  expect(exitCode).toBe(0);
  expect(Object.keys(texts)).toEqual(["coverage", "credentials", "denials", "phases"]);
  for (const text of Object.values(texts)) expect(faults(text)).toEqual([]);
});

it.each(["denials", "old-key", "ungated", "who"])(
  "--engine insights has a query for %s",
  async (question) => {
    const { texts } = await printed(question, "--engine", "insights");
    expect(texts[question]).toMatch(/^fields @timestamp[\s\S]*\| stats /);
  },
);

it("--engine insights asks for requests without a credential on the protected paths alone", async () => {
  const flags = ["--protected", "/api/*", "--protected", "/media/*.mp4", "--mint", "/api/session"];
  const { texts } = await printed("ungated", "--engine", "insights", ...flags);
  expect(texts.ungated).toContain("`cs-uri-stem` like /^\\/api\\/.*$/");
  expect(texts.ungated).toContain("`cs-uri-stem` like /^\\/media\\/.*\\.mp4$/");
  expect(texts.ungated).toContain('`cs-uri-stem` != "/api/session"');
});

it("--engine insights refuses a question that it cannot answer", async () => {
  const { exitCode } = await printed("remints", "--engine", "insights");
  expect(exitCode).toBe(2);
});

describe.each(TABLE_FORMATS)("--ddl for %s", (format) => {
  const made = athenaDdl({
    database: "keyturn_app",
    format,
    ...(format === "w3c" && { fields: W3C_FIELDS }),
    location: "s3://logs-of-app/AWSLogs/111122223333/CloudFront/",
    distributions: ["E1A2B3C4D5E6F7", "E2A2B3C4D5E6F7"],
    template: usualTemplate(format === "parquet"),
    year: 2026,
    view: { routes: [{ pattern: "/api/*", isProtected: true }], maskedStatuses: [] },
  });
  it("prints a view in valid Trino SQL, over the printed table", () => {
    expect(faults(made.view ?? "")).toEqual([]);
    expect(made.view).toContain('FROM "keyturn_app"."lines"');
  });
  it("prints a table whose columns are strings without duplicates", () => {
    const columns = [...(made.table ?? "").matchAll(/^ {2}`(\w+)` (\w+),?$/gm)];
    expect(columns.length).toBeGreaterThanOrEqual(format === "w3c" ? W3C_FIELDS.length : 33);
    expect(new Set(columns.map(([, name]) => name)).size).toBe(columns.length);
    expect(new Set(columns.map(([, , kind]) => kind))).toEqual(new Set(["string"]));
  });
  it.runIf(format !== "v1")("prints partitions that cover all 24 hours, and this year", () => {
    expect(made.table).toContain("'projection.hour.range' = '0,23'");
    expect(made.table).toContain("'projection.year.range' = '2025,2027'");
    expect(made.table).toContain(
      format === "parquet"
        ? `CloudFront/DistributionId=$\{distributionid}/year=$\{year}/month=$\{month}/day=$\{day}/hour=$\{hour}'`
        : `CloudFront/$\{distributionid}/$\{year}/$\{month}/$\{day}/$\{hour}'`,
    );
  });
});

it("--ddl without a location suggests --location", async () => {
  const ran = await runCommand(["logs", "--ddl"], memoryWorld());
  expect([ran.exitCode, ran.stderr]).toEqual([
    2,
    expect.stringContaining("hint: --location s3://BUCKET/PREFIX/"),
  ]);
});
