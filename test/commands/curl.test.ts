import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childPrograms } from "../../src/adapters/programs.ts";
import { InputError } from "../../src/errors.ts";
import { Sealed } from "../../src/sealed.ts";
import type { Programs } from "../../src/seams/programs.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";
import { freshPair } from "./keys-account.ts";

const pem = freshPair().privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const KEYTURN = join(import.meta.dirname, "../../bin/keyturn.js");
const KEY = "--private-key key.pem --key-pair-id K2JCJMDEHXQW5F";

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly extra: string;
  readonly keepsStdout: boolean;
}

async function curl(line: string, programs?: Programs, env: Readonly<Record<string, string>> = {}) {
  const calls: Call[] = [];
  const recording: Programs = {
    run: async (program, args, extra, how) => {
      calls.push({ program, args, extra: extra.reveal(), keepsStdout: how?.keepsStdout === true });
      return 56;
    },
    output: async () => {
      throw new Error("not asked for");
    },
  };
  const world = memoryWorld({ env, programs: programs ?? recording });
  world.files.put("key.pem", pem, 0o600);
  const ran = await runCommand(words(`keyturn curl ${line}`), world);
  return { ...ran, calls, world };
}

describe("keyturn curl", () => {
  it("passes curl the jar outside its arguments, and exits as curl does", async () => {
    const { calls, exitCode, stdout, stderr } = await curl(`https://h.example/a[1] ${KEY} -- -i -X POST`);
    expect([exitCode, stdout, stderr]).toEqual([56, "", ""]);
    expect(calls).toMatchObject([
      {
        program: "curl",
        args: [
          "--cookie",
          "/dev/fd/3",
          "--globoff",
          "--path-as-is",
          "--url",
          "https://h.example/a[1]",
          "-i",
          "-X",
          "POST",
        ],
      },
    ]);
    const values = [...(calls[0]?.extra ?? "").matchAll(/CloudFront-\S+\t(\S+)/g)].map(
      ([, value]) => value as string,
    );
    expect(values).toHaveLength(4);
    for (const value of values.filter((each) => each.length > 20))
      expect(JSON.stringify(calls[0]?.args)).not.toContain(value);
  });

  it.each([
    ["", false],
    [" --json", true],
  ])("leaves stdout to curl, unless --json prints a document:%s", async (flag, isKept) => {
    const { calls, stdout, exitCode } = await curl(`https://h.example/a ${KEY}${flag}`);
    expect([calls[0]?.keepsStdout, exitCode]).toEqual([isKept, 56]);
    if (isKept) expect(JSON.parse(stdout)).toMatchObject({ command: "curl", result: { exitCode: 56 } });
    else expect(stdout).toBe("");
  });

  it("scopes the jar to the host, whatever Domain and Path the gate's cookies have", async () => {
    const { calls } = await curl(`https://App.Example.com:8443/a/b ${KEY} --domain example.com --path /x`);
    const places = calls[0]?.extra.match(/^#HttpOnly_\S+\t\S+\t\S+\t\S+\t0/gm);
    expect(new Set(places)).toEqual(new Set(["#HttpOnly_app.example.com\tFALSE\t/\tTRUE\t0"]));
  });

  it("lets curl expand its own patterns if a Resource covers them", async () => {
    const { calls } = await curl(`https://h.example/a[1-3] --resource https://h.example/* ${KEY}`);
    expect(calls[0]?.args).toEqual(["--cookie", "/dev/fd/3", "--url", "https://h.example/a[1-3]"]);
  });

  it.each([
    ["--no-color", " --no-color", {}],
    ["NO_COLOR", "", { NO_COLOR: "1" }],
    ["TERM=dumb", "", { TERM: "dumb" }],
  ])("keeps curl from printing bold headers under %s", async (_, flag, env) => {
    const { calls } = await curl(`https://h.example/a ${KEY}${flag}`, undefined, env);
    expect(calls[0]?.args).toContain("--no-styled-output");
  });

  it.each([
    ["", ["--cacert", "ca.pem"]],
    [" -- --cacert other.pem", ["--cacert", "other.pem"]],
  ])("trusts the same CA as keyturn, unless curl is given another:%s", async (rest, trust) => {
    const env = { KEYTURN_CA_FILE: "ca.pem" };
    const { calls } = await curl(`https://h.example/a ${KEY}${rest}`, undefined, env);
    const args = calls[0]?.args ?? [];
    const given = args.flatMap((each, at) => (each === "--cacert" ? [each, args[at + 1]] : []));
    expect(given).toEqual(trust);
  });

  it("makes no call if the cookies can never work", async () => {
    const { calls, exitCode, stderr } = await curl(`https://h.example/a?Signature=x ${KEY}`);
    expect([calls, exitCode]).toEqual([[], 1]);
    expect(stderr).toContain("error query-name-reserved");
  });

  it.each([
    ["https://h.example/a", "[ERR_CONFIG]", "keyturn curl https://h.example/a --private-key key.pem"],
    ["h.example/a", "[ERR_USAGE]", "keyturn curl https://HOST/PATH"],
  ])("with %s and no gate suggests a curl command, not mint", async (url, code, next) => {
    const { stderr } = await curl(url);
    expect(stderr).toContain(code);
    expect(stderr).toContain(`hint: ${next}`);
    expect(stderr).not.toContain("keyturn mint");
  });

  it("reports that curl is missing", async () => {
    const programs: Programs = {
      run: async () => {
        throw new InputError("ERR_PROGRAM", "curl cannot be run: it is not on the PATH", ["command -v curl"]);
      },
      output: async () => new Sealed(""),
    };
    const ran = await curl(`https://h.example/a ${KEY}`, programs);
    expect([ran.exitCode, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toContain("[ERR_PROGRAM]");
  });
});

describe("a child program", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-child-"));
  const before = process.env.PATH;
  const temporary = process.env.TMPDIR;
  beforeAll(() => {
    mkdirSync(join(folder, "tmp"));
    const script = `#!/bin/sh
printf '%s\\n' "$@" > ${folder}/argv
env > ${folder}/environment
tr '\\0' '\\n' < /proc/self/cmdline > ${folder}/cmdline 2>/dev/null
cat > ${folder}/stdin < /dev/null
cat /dev/fd/3 > ${folder}/jar
ls ${folder}/tmp > ${folder}/left
exit 23
`;
    writeFileSync(join(folder, "program"), script);
    chmodSync(join(folder, "program"), 0o700);
    process.env.PATH = `${folder}${delimiter}${before}`;
  });
  afterAll(() => {
    process.env.PATH = before;
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    rmSync(folder, { recursive: true });
  });

  it("reads the secret from file descriptor 3 and finds it nowhere else", async () => {
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const secret = "tide-and-time-".repeat(10_000);
    expect(await childPrograms.run("program", ["a b", "c"], new Sealed(secret))).toBe(23);
    expect(read("argv")).toBe("a b\nc\n");
    expect(read("jar")).toBe(secret);
    for (const name of ["argv", "environment", "cmdline"]) expect(read(name)).not.toContain("tide");
  });

  it("is never given a named file, even while it runs", async () => {
    process.env.TMPDIR = join(folder, "tmp");
    await childPrograms.run("program", [], new Sealed("x"));
    expect(readFileSync(join(folder, "left"), "utf8")).toBe("");
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("is an error if it is missing, and has the signal's exit code if it is killed", async () => {
    await expect(childPrograms.run("keyturn-no-such-program", [], new Sealed("x"))).rejects.toMatchObject({
      code: "ERR_PROGRAM",
    });
    const stop = new AbortController();
    const ending = childPrograms.run("sleep", ["1000"], new Sealed("x"), { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect(await ending).toBe(128 + 15);
  });

  it("is ended even if the interrupt came before it started", async () => {
    const ending = childPrograms.run("sleep", ["1000"], new Sealed("x"), { signal: AbortSignal.abort() });
    expect(await ending).toBe(128 + 15);
  });
});

it.each([
  ["", "a body\n", ""],
  ["--json", '{"exitCode":0}', "a body\n"],
])("what curl prints goes to stdout, or to stderr beside a JSON document: %j", (flag, out, err) => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-curl-"));
  writeFileSync(join(folder, "curl"), "#!/bin/sh\necho a body\n", { mode: 0o700 });
  writeFileSync(join(folder, "key.pem"), pem, { mode: 0o600 });
  const line = `curl https://h.example/a ${KEY} --offline ${flag}`.trim();
  const { stdout, stderr } = spawnSync(process.execPath, [KEYTURN, ...words(line)], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder },
  });
  rmSync(folder, { recursive: true });
  expect(flag === "" ? stdout : JSON.stringify(JSON.parse(stdout).result)).toBe(out);
  expect(stderr).toBe(err);
});

needs("curl")("curl itself", () => {
  const seen: Record<"first" | "second", (string | undefined)[]> = { first: [], second: [] };
  const servers: Server[] = [];
  const serve = (answer: (request: IncomingMessage) => [status: number, headers: Record<string, string>]) =>
    new Promise<number>((resolve) => {
      const server = createServer((request, response) => {
        const [status, headers] = answer(request);
        response.writeHead(status, headers).end();
      });
      servers.push(server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
    });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it("sends the cookies only to their host, even after a redirect", async () => {
    const second = await serve((request) => {
      seen.second.push(request.headers.cookie);
      return [200, {}];
    });
    const first = await serve((request) => {
      seen.first.push(request.headers.cookie);
      return request.url === "/again"
        ? [302, { location: `http://b.localhost:${second}/` }]
        : [302, { location: "/again" }];
    });
    const { exitCode } = await curl(`http://a.localhost:${first}/x ${KEY} -- -s -L`, childPrograms);
    expect(exitCode).toBe(0);
    expect(seen.first).toEqual([
      expect.stringContaining("CloudFront-Signature="),
      expect.stringContaining("CloudFront-Signature="),
    ]);
    expect(seen.second).toEqual([undefined]);
  });
});

it("hides the variable with the key, and all KEYTURN variables, from curl", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-curl-"));
  writeFileSync(join(folder, "curl"), "#!/bin/sh\nenv\n", { mode: 0o700 });
  const line =
    "curl https://h.example/a --private-key-env SIGNING_KEY --key-pair-id K2JCJMDEHXQW5F --offline";
  const { stdout, status } = spawnSync(process.execPath, [KEYTURN, ...words(line)], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      HOME: folder,
      SIGNING_KEY: pem,
      KEYTURN_MINT_HEADERS: "Authorization: tide-and-time",
      KEYTURN_ANYTHING: "tide-and-time",
      OTHER: "stays",
    },
  });
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^OTHER=stays$/m);
  expect(stdout).not.toMatch(/SIGNING_KEY|PRIVATE KEY|KEYTURN_|tide-and-time/);
});
