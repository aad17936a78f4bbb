/**
 * Generated lines, read by `keyturn logs` (DuckDB), and by a small reader in Python that follows only the
 * documentation.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { needs } from "../fakes/needs.ts";
import { askLogs, logFile, rowsOf } from "../logs/asked-logs.ts";
import { gz, jsonText, type LoggedRequest, v1Text } from "../logs/lines.ts";

const READER = fileURLToPath(new URL("logs.py", import.meta.url));
const T0 = Date.UTC(2026, 10, 28) / 1000;

interface Read {
  readonly lines: number;
  readonly denials: readonly unknown[];
  readonly "old-key": readonly unknown[];
  readonly ungated: readonly unknown[];
}
function independently(file: string): Read {
  const { status, stdout, stderr } = spawnSync("python3", [READER, file], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Read;
}

async function asked(file: string): Promise<Read> {
  const told = await askLogs([file, "--protected", "/api/*", "--bucket", "hour"]);
  const sorted = (question: string, members: readonly string[]) =>
    rowsOf(told, question)
      .map((row) => members.map((name) => row[name] ?? ""))
      .sort(byText);
  // There is one row for each actual reason. The independent reader checks no credentials, so these rows are added up.
  const denials = new Map<string, number>();
  for (const { bucket, answered_by, wire_code, reason, requests } of rowsOf(told, "denials")) {
    const isJudged = answered_by === "edge-signature" && wire_code === null && reason !== null;
    const key = JSON.stringify([bucket, isJudged ? "hidden" : answered_by, wire_code ?? ""]);
    denials.set(key, (denials.get(key) ?? 0) + Number(requests));
  }
  return {
    lines: told.result.read.lines,
    denials: [...denials].map(([key, count]) => [...JSON.parse(key), count]).sort(byText),
    "old-key": sorted("old-key", ["key_pair_id", "accepted", "denied", "unclear", "first_seen", "last_seen"]),
    ungated: sorted("ungated", ["host", "path", "requests", "first_seen", "last_seen"]),
  };
}
const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
/**
 * keyturn attributes a denial behind an error page to the signature check if it can verify the credential. The
 * independent reader cannot, so both count as the same.
 */
const merged = ({ denials, ...rest }: Read): Read => {
  const counts = new Map<string, number>();
  for (const [bucket, who, code, count] of denials as readonly [string, string, string, number][]) {
    const key = JSON.stringify([
      bucket,
      ["error-page", "unsure", "hidden"].includes(who) ? "hidden" : who,
      code,
    ]);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return { ...rest, denials: [...counts].map(([key, count]) => [...JSON.parse(key), count]).sort(byText) };
};

const keys = fc.constantFrom(
  "KAAAAAAAAAAAA1",
  "KBBBBBBBBBBBB2",
  "K_c-d",
  "APKAEIBAERJR2EXAMPLE",
  "bad id",
  "x".repeat(129),
);
const cookie = fc.option(
  fc.oneof(
    keys.map(
      (key) => `sid=~1; CloudFront-Expires=1; CloudFront-Signature=a~b-c_; CloudFront-Key-Pair-Id=${key}`,
    ),
    keys.map((key) => `CloudFront-Key-Pair-Id=${key};a=b`),
    fc.constantFrom(
      "sid=1",
      "track=CloudFront-Key-Pair-Id=KFAKE",
      "XCloudFront-Policy=1",
      "CloudFront-Policy=",
      "a",
    ),
    fc.string({ maxLength: 12 }).filter((text) => text !== "" && !/[;\t\n\r]/.test(text)),
  ),
  { nil: undefined },
);
const query = fc.option(
  fc.oneof(
    keys.map((key) => `v=1&Expires=1&Signature=a~b&Key-Pair-Id=${key}`),
    fc.constantFrom(
      "v=1",
      "Policy=",
      "signature=1",
      "a=Key-Pair-Id=KFAKE",
      "Key-Pair-Id=KCCCCCCCCCCCC3",
      "q=%20%7E",
    ),
  ),
  { nil: undefined },
);
const answer = fc.oneof(
  fc.record({
    status: fc.constantFrom(200, 204, 206, 301, 304, 404, 500, 0),
    type: fc.constant("application/json"),
    length: fc.nat(5000),
  }),
  fc.record({
    status: fc.constant(403),
    type: fc.constant("text/xml"),
    length: fc.constantFrom(146, 106, 110, 116, 131, 132),
  }),
  fc.record({
    status: fc.constantFrom(401, 403),
    type: fc.constantFrom("text/html", "application/json", "application/xml", undefined),
    length: fc.constantFrom(919, 110, 40),
  }),
  fc.record({
    status: fc.constant(403),
    type: fc.constant("text/html"),
    length: fc.constant(805),
    detailed: fc.constantFrom("ClientGeoBlocked", "InvalidRequestMethod"),
  }),
  fc.record({
    status: fc.constant(200),
    type: fc.constant("text/html"),
    result: fc.constant("Error"),
    responseResult: fc.constantFrom("Error", "Miss"),
  }),
  fc.record({ status: fc.constant(301), type: fc.constant("text/html"), result: fc.constant("Redirect") }),
);
const line = fc.record({
  at: fc.nat(6 * 3600).map((seconds) => T0 + seconds),
  id: fc.uuid(),
  path: fc.constantFrom("/api/items", "/api/it ems/~x", "/apix", "/login", "/api/"),
  host: fc.constantFrom("app.example.com", "d111111abcdef8.cloudfront.net", undefined),
  took: fc.constantFrom(0, 0.001, 0.002, 0.25),
  ip: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1"),
  cookie,
  query,
  answer,
});

needs("python3")("generated lines", () => {
  it.each([
    ["v1", (lines: readonly LoggedRequest[]) => gz(v1Text(lines))],
    ["v2 JSON", (lines: readonly LoggedRequest[]) => jsonText(lines)],
  ])("get the same answers from DuckDB and the independent reader, as %s", async (_, text) => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 30, maxLength: 300 }), async (drawn) => {
        const lines = drawn.map(
          ({ answer: answered, ...rest }) => ({ ...rest, ...answered }) as LoggedRequest,
        );
        const file = logFile(text(lines));
        expect(merged(await asked(file))).toEqual(merged(independently(file)));
      }),
      { numRuns: 12 },
    );
  });
});
