/**
 * Files that are not logs, are cut off, or contain hostile text: damage is reported with a count, and the rest is read.
 */
import { describe, expect, it } from "vitest";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { gz, jsonText, type LoggedRequest, v1Text, w3cText } from "./lines.ts";
import { cookieOf, denied, id, NEW, ordinaryTraffic, T0, withPlanted } from "./planted.ts";

const sourceOf = async (file: string, ...more: string[]) => {
  const asked = await askLogs(["denials", file, ...more]);
  return { ...asked.result.read.sources[0], asked };
};

describe("damaged logs", () => {
  it("a gz file that is cut off is reported, and its lines before the cut count", async () => {
    const whole = gz(v1Text(withPlanted("remintLoop")));
    const source = await sourceOf(logFile(whole.subarray(0, Math.floor(whole.length * 0.7)), "gz"));
    expect(source.trouble).toBe("cut off or damaged");
    expect(source.lines).toBeGreaterThan(50);
    expect(source.lines).toBeLessThan(252);
    expect(source.asked.findings).toMatchObject([{ id: "log-lines-unread", severity: "note" }]);
    expect(source.asked.exitCode).toBe(0);
  });
  it("a gz file whose middle is overwritten is reported", async () => {
    const whole = Buffer.from(gz(v1Text(withPlanted("remintLoop", "ungated"))));
    whole.fill(0x55, Math.floor(whole.length * 0.5), Math.floor(whole.length * 0.5) + 40);
    expect((await sourceOf(logFile(whole, "gz"))).trouble).toBe("cut off or damaged");
  });
  it("an intact gz file with several members is not reported", async () => {
    const [one, other] = [ordinaryTraffic(), ordinaryTraffic()];
    const source = await sourceOf(logFile(Buffer.concat([gz(v1Text(one)), gz(v1Text(other))]), "gz"));
    expect(source.trouble).toBeUndefined();
    expect(source.lines).toBe(480);
  });

  const damagedLines: Readonly<Record<string, string>> = {
    "half a line": "2026-11-28\t10:00:00\tFRA56-P4\t500",
    "a line with a field too many": `${v1Text([denied("MissingKey", T0)]).split("\n")[2]}\tmore`,
    "a line without a time": (v1Text([denied("MissingKey", T0)]).split("\n")[2] ?? "").replace(
      "10:00:00",
      "noon",
    ),
    "a line of another program": "Nov 28 10:00:00 host sshd[1]: accepted",
  };
  it.each(Object.keys(damagedLines))("v1: %s is counted, and the others are read", async (name) => {
    const text = v1Text([denied("MissingKey", T0), denied("MissingKey", T0 + 1)]);
    const source = await sourceOf(logFile(`${text}${damagedLines[name]}\n${damagedLines[name]}\n`));
    expect(source).toMatchObject({ lines: 2, damaged: 2 });
    expect(rowsOf(source.asked, "denials")).toMatchObject([{ requests: 2 }]);
  });
  it.each(['{"date": "2026-11-28", "time"', "[1,2,3]", "null", '"text"', "{}", "not json"])(
    "v2 JSON: %s is counted, and the others are read",
    async (line) => {
      const text = jsonText([denied("MissingKey", T0)]);
      expect(await sourceOf(logFile(`${text}${line}\n${text}`))).toMatchObject({ lines: 2, damaged: 1 });
    },
  );
  it("only the line that is not UTF-8 is skipped", async () => {
    const text = Buffer.from(jsonText([denied("MissingKey", T0), denied("MissingKey", T0)]));
    const broken = Buffer.concat([text, Buffer.from('{"date": "\xff\xfe"}\n', "latin1"), text]);
    expect(await sourceOf(logFile(broken))).toMatchObject({ lines: 4, damaged: 1 });
  });
  it("a file in which the list of fields changes is reported", async () => {
    const text = `${w3cText([denied("MissingKey", T0)])}#Fields: date time sc-status\n2026-11-28\t10:00:00\t403\n`;
    expect(await sourceOf(logFile(text))).toMatchObject({
      trouble: "contains differing lists of fields",
      lines: 1,
      damaged: 1,
    });
  });
  it("a file with the same list of fields twice is not reported, because it is two logs", async () => {
    const text = v1Text([denied("MissingKey", T0)]);
    const source = await sourceOf(logFile(`${text}${text}`));
    expect(source).toMatchObject({ lines: 2, damaged: 0 });
    expect(source.trouble).toBeUndefined();
  });
  it("a file that is not a log is reported, and the logs are read", async () => {
    const files = [logFile("hello\n"), logFile(""), logFile(gz(v1Text(ordinaryTraffic())), "gz")];
    const asked = await askLogs(["denials", ...files]);
    expect(asked.result.read.sources.map(({ trouble = "none", lines }) => [trouble, lines])).toEqual([
      ["none", 240],
      ["not an access log", 0],
      ["empty", 0],
    ]);
  });
  it("if no file is a log, the exit code is 3", async () => {
    const world = memoryWorld();
    const ran = await runCommand(["logs", logFile("hello\n")], world);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/is not an access log \[ERR_LOG_UNREADABLE\]\nhint: /);
    expect(ran.stdout).toBe("");
  });
  it("if a file does not exist, the exit code is 3", async () => {
    const ran = await runCommand(["logs", "/nowhere/at-all.gz"], memoryWorld());
    expect([ran.exitCode, ran.stderr]).toEqual([
      3,
      expect.stringContaining("no such file [ERR_FILE_UNREADABLE]"),
    ]);
    const globbed = await runCommand(["logs", "/nowhere/*.gz"], memoryWorld());
    expect([globbed.exitCode, globbed.stderr]).toEqual([3, expect.stringContaining("no file matches")]);
  });
});

describe("hostile text in logs", () => {
  const BELL = "\u0007";
  const HOSTILE = `\u001b[31m\u001b[1m\u001b[2J\u001b]0;owned${BELL}\u009b31m\u202e=cmd|'/C calc'!A0 | <script>`;
  const hostile = (over: Partial<LoggedRequest>): LoggedRequest => ({
    ...denied("AccessDenied", T0 + 5),
    ...over,
  });
  const everywhere = hostile({
    path: `/api/${HOSTILE}`,
    host: HOSTILE,
    agent: HOSTILE,
    method: HOSTILE,
    location: HOSTILE,
    query: HOSTILE,
    country: HOSTILE,
    asn: HOSTILE,
    cookie: `x=${HOSTILE}; ${cookieOf(NEW)}`,
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
  const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

  it.each(["as text", "--json"])("is escaped on the terminal: %s", async (form) => {
    const flags = form === "--json" ? [form] : [];
    const open = { ...everywhere, status: 200, type: "text/html", cookie: `x=${HOSTILE}`, at: T0 + 9 };
    const file = logFile(jsonText([everywhere, open, ...ordinaryTraffic()]));
    const world = memoryWorld({ columns: 80, env: { NO_COLOR: "1" } });
    const ran = await runCommand(["logs", file, "--protected", "/api/*", ...flags], world);
    expect(ran.stdout).not.toMatch(CONTROL_CHARACTERS);
    expect(ran.stderr).not.toMatch(CONTROL_CHARACTERS);
    expect(ran.stdout).toContain("calc");
  });
  it("becomes neither a link nor HTML in a Markdown report", async () => {
    const world = memoryWorld();
    const open = { ...everywhere, status: 200, cookie: `x=1`, path: "/api/[x](http://evil)<img src=x>" };
    await runCommand(
      ["logs", logFile(jsonText([everywhere, open])), "--protected", "/api/*", "--report", "md=r.md"],
      world,
    );
    const page = world.files.text("r.md");
    expect(page).toContain("evil");
    expect(page).not.toMatch(CONTROL_CHARACTERS);
    expect(page).not.toMatch(/[^\\]<img|[^\\]\]\(http/);
  });
  it.each([
    ["v1", v1Text],
    ["v2 JSON", jsonText],
  ] as const)("may be a field of a megabyte or have NUL in %s", async (_, text) => {
    const big = "A".repeat(1_000_000);
    const events = [
      hostile({ cookie: `a=${big}` }),
      hostile({ query: `q=${big}` }),
      hostile({ agent: `a\u0000b` }),
      hostile({ path: `/api/${big}` }),
    ];
    expect(await sourceOf(logFile(text(events)))).toMatchObject({ lines: 4, damaged: 0 });
  });
  it("may be in a file's path, with quotes and stars", async () => {
    const path = logFile(v1Text([denied("MissingKey", T0)]), "it's [a] * file?.log");
    expect((await askLogs(["denials", path])).result.read).toMatchObject({ lines: 1 });
  });
  it("is refused before reading if SQL is given as a request ID", async () => {
    const ran = await runCommand(["logs", "request", "x' OR 1=1 --", logFile(v1Text([]))], memoryWorld());
    expect(ran.exitCode).toBe(2);
  });
  it("may be SQL in a key pair ID, which is not run", async () => {
    const asked = await askLogs(["old-key", logFile(v1Text(ordinaryTraffic())), "--old-key", "x' OR '1'='1"]);
    expect(asked.result.questions["old-key"]?.uses).toEqual([]);
  });
  it("is not read as a credential in another cookie that mentions CloudFront's", async () => {
    const at = T0 + 60;
    const file = logFile(
      v1Text([
        { at, id: id(), status: 200, path: "/api/x", cookie: `track=CloudFront-Key-Pair-Id=KFAKEFAKEFAKE` },
        { at, id: id(), status: 200, path: "/api/x", cookie: `XCloudFront-Key-Pair-Id=KFAKEFAKEFAKE` },
      ]),
    );
    const asked = await askLogs([file, "--protected", "/api/*"]);
    expect(rowsOf(asked, "old-key")).toEqual([]);
    expect(rowsOf(asked, "ungated")).toMatchObject([{ requests: 2 }]);
  });
});

describe("the output", () => {
  it("has no cookie, query or signature in text, JSON or report", async () => {
    const world = memoryWorld();
    const query = "token=secret-query&Expires=1&Signature=secret-signature~&Key-Pair-Id=KOLDOLDOLDOLD1";
    const events = [
      ...withPlanted("oldKey", "ungated", "remintLoop"),
      denied("AccessDenied", T0, { query, ip: "198.51.100.99" }),
    ];
    const file = logFile(gz(v1Text(events)), "gz");
    const text = await runCommand(["logs", file, "--protected", "/api/*", "--report", "md=r.md"], world);
    const json = await runCommand(["logs", file, "--protected", "/api/*", "--json"], world);
    const everything = [text.stdout, text.stderr, json.stdout, json.stderr, world.files.text("r.md")].join(
      "\n",
    );
    expect(everything).not.toMatch(/secret-(session|query|signature)|abc-def_ghi|198\.51\.100/);
    expect(everything).toContain("KOLDOLDOLDOLD1");
  });
});
