/** Inputs that are larger or deeper than any person writes. Each gets a result or an error, never a crash. */
import { describe, expect, it } from "vitest";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const MANY = 130_000;
const ENTRY = {
  startedDateTime: "2026-11-22T10:00:00.000Z",
  request: { method: "GET", url: "https://cdn.example.com/a", headers: [{ name: "Cookie", value: "a=b" }] },
  response: { status: 200, headers: [], content: {} },
};

async function inspect(input: string, flags = "") {
  return runCommand(words(`inspect input ${flags}`), memoryWorld({ files: { input } }));
}

describe("inspect", () => {
  it("summarizes a HAR of 130,000 requests, with one line each", async () => {
    const entry = JSON.stringify(ENTRY);
    const ran = await inspect(`{"log":{"entries":[${`${entry},`.repeat(MANY - 1)}${entry}]}}`);
    expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout.split("\n").length).toBeGreaterThan(MANY);
    expect(ran.stdout).toContain("130000 requests, 130000 not signed");
  });

  it("summarizes 130,000 JSON Lines", async () => {
    const line = JSON.stringify({
      method: "GET",
      url: "https://cdn.example.com/a?Signature=x&Key-Pair-Id=K",
    });
    const ran = await inspect(`${line}\n`.repeat(MANY));
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("130000 requests");
  });

  it.each([
    ["of brackets", "[".repeat(15_000_000)],
    ["of objects", `{"a":`.repeat(100_000)],
    ["that is complete JSON", `${"[".repeat(101)}${"]".repeat(101)}`],
    ["in JSON Lines", `{"a":1}\n${"[".repeat(200)}${"]".repeat(200)}`],
  ])("refuses nesting %s", async (_, input) => {
    const ran = await inspect(input);
    expect([ran.exitCode, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toContain("error: the JSON nests deeper than 100 levels [ERR_CAPTURE_UNREADABLE]");
  });

  it("refuses a HAR whose entry nests too deep, and names the entry", async () => {
    const deep = `{"request":{"url":${"[".repeat(200)}${"]".repeat(200)}}}`;
    const ran = await inspect(`{"log":{"entries":[${JSON.stringify(ENTRY)},${deep}]}}`);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("entry 2 of the HAR nests deeper than 100 levels");
  });

  it.each([-1, 0.5, 1e99, "200", null])("reads the status %j in a HAR as no response", async (status) => {
    const entry = { ...ENTRY, response: { ...ENTRY.response, status } };
    const ran = await inspect(JSON.stringify({ log: { entries: [entry, entry] } }), "--json");
    expect(JSON.parse(ran.stdout).result.requests[0].status).toBe(0);
  });
});

describe("config check", () => {
  const check = (text: string) =>
    runCommand(words("config check"), memoryWorld({ files: { "keyturn.yaml": text } }));

  it("refuses a file over 1 MiB before it is parsed", async () => {
    const most = await check(`#${"x".repeat(1024 * 1024 - 2)}\n`);
    expect([most.exitCode, most.stdout]).toEqual([1, expect.stringContaining("config-mistake")]);
    const more = await check(`#${"x".repeat(1024 * 1024)}\n`);
    expect(more.exitCode).toBe(3);
    expect(more.stderr).toMatch(
      /^error: \S+ is larger than 1 MiB, too large for a keyturn.yaml \[ERR_CONFIG\]$/m,
    );
  });

  it.each([
    ["flow sequences", "[".repeat(100_000)],
    ["block sequences", `${"- ".repeat(400_000)}a\n`],
    ["mappings", `gates: ${"{a: ".repeat(200)}1${"}".repeat(200)}\n`],
  ])("refuses %s nested too deep", async (_, text) => {
    const ran = await check(text);
    expect([ran.exitCode, ran.stderr]).toEqual([1, ""]);
    expect(ran.stdout).toContain("the file nests deeper than 100 levels.");
  });

  it("prints the first 200 of 50,000 mistakes, and how many more there are", async () => {
    const text = `gates:\n${Array.from({ length: 50_000 }, (_, at) => `  g${at}: x\n`).join("")}`;
    const { result, findings } = JSON.parse(
      (await runCommand(words("config check --json"), memoryWorld({ files: { "keyturn.yaml": text } })))
        .stdout,
    );
    expect(result.gates).toEqual([]);
    expect(findings).toHaveLength(201);
    expect(findings.at(-1).message).toBe("the file has 49800 more mistakes after this one.");
  });
});
