import { parse } from "junit2json";
import { describe, expect, it } from "vitest";
import { addKey, currentKeyId, probedSite, trustOnly, turnOn } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";

interface Told {
  readonly outcome: string;
  readonly findings: readonly { readonly id: string; readonly evidence: readonly string[] }[];
  readonly result: {
    readonly asked: number;
    readonly planned: number;
    readonly controlled: boolean;
    readonly requests: readonly { readonly case: string; readonly verdict: string }[];
    readonly edgeLocations: Readonly<Record<string, number>>;
  };
}
const told = (stdout: string) => JSON.parse(stdout) as Told;

describe("keyturn probe", () => {
  it("is readable at 80 columns, without color", async () => {
    const { run } = await probedSite();
    const { stdout, stderr, exitCode } = await run("probe --http-port 8080 --methods GET,OPTIONS");
    expect(stdout.split("\n").every((line) => line.length <= 80)).toBe(true);
    expect(stdout).toBe(HEALTHY);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it("prints a failure with its request, evidence, remedy and the command that repeats it", async () => {
    const { run, site } = await probedSite();
    turnOn(site, "s3-403");
    const { stdout, exitCode } = await run("probe --methods GET --cases none");
    expect(stdout).toContain(`x error valid-refused-by-s3 (/api/*, /media/*)
  valid cookies pass the edge, then S3 refuses: origin access control, or the
  object is missing
    - GET /api/*, valid: 403 by S3 origin
    - GET /media/*, valid: 403 by S3 origin
    - <Code>AccessDenied</Code> with RequestId or HostId: S3 does this, the edge
      never
    - server: AmazonS3
    - again: keyturn curl ${SITE}/api/reports -- -sS -i
  -> check the bucket policy for the distribution, and that the object exists`);
    expect(exitCode).toBe(1);
  });

  it("probes a URL with a key file, without AWS", async () => {
    const probed = await probedSite();
    const id = addKey(probed, "own.pem");
    await trustOnly(probed, id);
    const world = { ...probed, run: probed.run };
    const { stdout, exitCode } = await world.run(
      `probe ${SITE}/media/film.txt --private-key own.pem --key-pair-id ${id} --json`,
    );
    expect(told(stdout).findings).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("refuses a URL without a key if keyturn.yaml is missing", async () => {
    const { run, world } = await probedSite();
    const only = { ...world.files };
    expect(only).toBeDefined();
    const { stdout, exitCode } = await run(`probe ${SITE}/media/film.txt --config none.yaml --json`);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "ERR_FILE_UNREADABLE" } });
    expect(exitCode).toBe(3);
  });

  it("reports that public routes alone prove nothing", async () => {
    const { run } = await probedSite();
    const { stdout, exitCode } = await run("probe --routes /public/*");
    expect(stdout).toContain("error no-guarded-route");
    expect(exitCode).toBe(1);
  });

  it("warns about a distribution without a known host", async () => {
    const { run } = await probedSite({
      yaml: (yaml) => yaml.replace(/distributions: \[(\w+)\]/, "distributions: [$1, EANOTHER]"),
    });
    const { stdout, exitCode } = await run("probe --methods GET --cases none");
    expect(stdout).toContain("warning distribution-not-asked (EANOTHER)");
    expect(exitCode).toBe(1);
    const { findings } = told((await run(`probe ${SITE}/media/film.txt --gate demo --json`)).stdout);
    expect(findings).toEqual([]);
  });

  it("fails for a gate that cannot be probed, and names a skipped route", async () => {
    const unsafe = (yaml: string) => yaml.replaceAll("sample: /media", "methods: [POST], sample: /media");
    const some = await probedSite({ yaml: unsafe });
    const { stdout, exitCode } = await some.run("probe --methods GET --report junit=probe.xml");
    expect(stdout).toContain("skipped: /media/*: none of its methods is declared safe to send");
    expect(some.world.files.text("probe.xml")).toContain('name="route /media/*"');
    expect(exitCode).toBe(0);
    const none = await probedSite({
      yaml: (yaml) => unsafe(yaml).replace(/^ {6}- \{ pattern: \/(?:api|public).*\n/gm, ""),
    });
    const refused = await none.run("probe");
    expect(refused.stderr).toContain("nothing to probe: /media/*: none of its methods");
    expect(refused.exitCode).toBe(2);
  });

  it("reports how many requests were answered if a host stops answering, and exits with 6", async () => {
    const { run, site } = await probedSite();
    site.account.faults.order({ on: "edge", kind: "drop-before", times: Number.POSITIVE_INFINITY, skip: 15 });
    const { stdout, exitCode } = await run("probe --routes /media/* --methods GET --concurrency 1");
    expect(stdout).toContain("15 of 18 requests answered");
    expect(stdout).toContain("unreachable");
    expect(exitCode).toBe(6);
  });

  it("gives up on a host that stops answering, after ten in a row", async () => {
    const { run, site, viewer } = await probedSite();
    site.account.faults.order({ on: "edge", kind: "drop-before", times: Number.POSITIVE_INFINITY, skip: 5 });
    await run("probe --routes /media/* --concurrency 1");
    expect(viewer.sent.filter(({ url }) => url.startsWith(SITE)).length).toBe(15);
  });

  it("gives up on a host that never answered after two tries", async () => {
    const { run, site, viewer } = await probedSite();
    site.account.faults.order({ on: "edge", kind: "drop-before", times: Number.POSITIVE_INFINITY });
    await run("probe --routes /media/* --concurrency 1");
    expect(viewer.sent.filter(({ url }) => url.startsWith(SITE)).length).toBe(2);
  });

  it("counts the edge locations that answered", async () => {
    const { run } = await probedSite();
    const { result } = told((await run("probe --methods GET --json")).stdout);
    expect(Object.keys(result.edgeLocations).sort()).toEqual(["FRA56-P4", "IAD89-P2", "SIN2-P3"]);
  });

  it("sends cookies only to the gate's host, and prints no secret", async () => {
    const { run, viewer } = await probedSite();
    const { stdout, stderr } = await run("probe --http-port 8080 --json");
    const withCookies = viewer.sent.filter(({ headers }) => headers.some(([name]) => name === "Cookie"));
    const hosts = withCookies.map(
      ({ url, headers }) => headers.find(([name]) => name === "Host")?.[1] ?? new URL(url).hostname,
    );
    expect(new Set(hosts.map((host) => host.replace(/:\d+$/, "")))).toEqual(
      new Set(["app.keyturn.localhost"]),
    );
    for (const { headers } of withCookies) {
      const [, header = ""] = headers.find(([name]) => name === "Cookie") ?? [];
      for (const [, value = ""] of header.matchAll(/CloudFront-(?:Policy|Signature)=([^;]+)/g)) {
        expect(stdout + stderr).not.toContain(value);
      }
    }
    expect(
      viewer.sent.every(({ headers }) =>
        headers.some(([name, value]) => name === "User-Agent" && value.startsWith("keyturn")),
      ),
    ).toBe(true);
  });

  it("keeps its rate limit in every second", async () => {
    const { run, world } = await probedSite();
    const before = world.clock.now();
    const { result } = told((await run("probe --rate 5 --json")).stdout);
    expect(world.clock.now() - before).toBeGreaterThanOrEqual((result.planned - 1) / 5 - 0.001);
  });

  it("shows progress only on stderr, and nothing under --quiet", async () => {
    const { run } = await probedSite();
    expect((await run("probe --quiet")).stderr).toBe("");
  });

  it("finds a retired key that still works, and names its file", async () => {
    const probed = await probedSite();
    const retired = addKey(probed, "old.pem");
    const healthy = await probed.run(`probe --retired-key old.pem=${retired} --json`);
    expect(told(healthy.stdout).findings).toEqual([]);
    await trustOnly(probed, currentKeyId(probed), retired);
    const stillTrusted = await probed.run(`probe --retired-key old.pem=${retired} --json`);
    expect(told(stillTrusted.stdout).findings[0]?.id).toBe("retired-key-allowed");
  });

  it.each([
    ["probe --cases none,expird", 2, 'no case "expird"'],
    ["probe --routes /nowhere", 2, 'no route "/nowhere"'],
    ["probe --routes ,", 2, "--routes names nothing"],
    ["probe --methods ,", 2, "--methods names nothing"],
    ["probe --cases ,", 2, "--cases names nothing"],
    ["probe --methods POST", 2, 'no route uses the method "POST"'],
    ["probe --watch 9s --methods POST", 2, 'no route uses the method "POST"'],
    ["probe https://h.example/a?Policy=a&Signature=b&Key-Pair-Id=c", 2, "already signed"],
    ["probe not-a-url", 2, "not an http or https URL"],
    ["probe --retired-key old.pem", 2, "is not FILE=ID"],
    ["probe --resolve nonsense", 2, "is not HOST:ADDRESS"],
    ["probe --report pdf=x", 2, "is not junit=FILE or md=FILE"],
    ["probe --concurrency 0", 2, "--concurrency takes a whole number"],
    ["probe --rate fast", 2, "--rate takes a whole number"],
    ["probe --timeout 10", 2, "is not a duration"],
    ["probe --flow --credentials x --report md=y", 2, "--report is for the matrix"],
    ["probe --watch 9s --report md=y", 2, "--report is for the matrix"],
    ["probe --flow --watch 9s", 2, "cannot be combined"],
    ["probe --flow --credentials x https://h.example/a", 2, "a URL is for the matrix and --watch"],
    ["probe --flow --credentials x --cases none", 2, "--cases is for the matrix and --watch"],
    ["probe --watch 9s --direct-origin http://o.example", 2, "--direct-origin is for the matrix"],
    ["probe --remint", 2, "--remint is for --flow, and has no effect with the matrix"],
    ["probe --for 9s", 2, "--for is for --watch"],
    ["probe --credentials-command x", 2, "--credentials-command is for --flow"],
    ["probe --watch 0s", 2, "needs an interval above zero"],
    ["probe --flow", 2, "needs one test account"],
    ["probe --flow --credentials empty.txt", 3, "holds no user name and password"],
    ["probe --private-key absent.pem --key-pair-id K", 3, "cannot be read"],
  ])("%s exits with %i: %s", async (line, exit, message) => {
    const { run, world } = await probedSite();
    world.files.put("empty.txt", "\n");
    const { stderr, exitCode } = await run(line);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(exit);
  });
});

describe("keyturn probe --report", () => {
  it("writes JUnit in which a parser counts the same results", async () => {
    const { run, site, world } = await probedSite();
    turnOn(site, "behavior-shadowed");
    const { stdout } = await run("probe --json --report junit=probe.xml --report md=probe.md");
    const { requests } = told(stdout).result;
    const read = await parse(world.files.text("probe.xml"));
    if (read === undefined || read === null || !("testsuite" in read)) throw new Error("no suites were read");
    expect(read.failures).toBe(requests.filter(({ verdict }) => verdict === "failed").length);
    expect(read.testsuite?.map(({ name }) => name)).toEqual(["/api/*", "/media/*", "/public/*", "the run"]);
    const markdown = world.files.text("probe.md");
    expect(markdown).toContain("| no cookies | ❌ 401 application | ✅ MissingKey | ✅ 200 application |");
    expect(markdown).toContain("**error `unsigned-allowed`**");
  });
  it("never overwrites a report, and sends nothing if one exists", async () => {
    const { run, world, viewer } = await probedSite();
    world.files.put("probe.xml", "somebody's");
    const { stderr, exitCode } = await run("probe --cases none --methods GET --report junit=probe.xml");
    expect(stderr).toContain("already exists");
    expect(exitCode).toBe(3);
    expect(world.files.text("probe.xml")).toBe("somebody's");
    expect(viewer.sent).toEqual([]);
  });
  it.each([
    ["--report md=absent/probe.md", 3, "folder absent does not exist"],
    ["--report md=probe.x --report junit=probe.x", 2, "given for two reports"],
  ])("%s is refused before any request", async (reports, exit, message) => {
    const { run, viewer } = await probedSite();
    const { stderr, exitCode } = await run(`probe --cases none ${reports}`);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(exit);
    expect(viewer.sent).toEqual([]);
  });
  it("explains each failure in JUnit, including those that follow from another", async () => {
    const { run, site, world } = await probedSite();
    turnOn(site, "behavior-unprotected");
    await run("probe --methods GET --cases none,expired --report junit=probe.xml");
    const texts = [...world.files.text("probe.xml").matchAll(/<failure [^>]*>([^<]*)</g)].map(
      ([, text]) => text,
    );
    expect(texts.length).toBe(4);
    for (const text of texts) expect(text).toMatch(/^[a-z]/);
  });
  it("annotates and summarizes in GitHub Actions", async () => {
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "summary.md" };
    const { run, site, world } = await probedSite({ env });
    turnOn(site, "waf-block");
    world.files.put("summary.md", "# earlier step\n");
    const { stdout, stderr } = await run("probe --json --methods GET");
    expect(stderr).toMatch(/^::error title=keyturn blocked-by-waf%3A /m);
    expect(told(stdout).findings[0]?.id).toBe("blocked-by-waf");
    expect(world.files.text("summary.md")).toMatch(/^# earlier step\n# keyturn probe\n/);
  });
});

describe("keyturn probe --watch", () => {
  it("ends at the first change, with its time and exit code 1", async () => {
    const probed = await probedSite();
    const { site, world } = probed;
    void world.clock.sleep(95).then(() => turnOn(site, "behavior-unprotected"));
    const began = world.clock.now();
    const { stdout, exitCode } = await probed.run("probe --watch 30s --routes /media/*");
    const at = new Date(Math.floor(began + 120) * 1000).toISOString().replace(".000Z", "Z");
    expect(stdout).toContain(`5 rounds in 2m: changed at ${at}`);
    expect(stdout).toContain("x error answer-changed (/media/*)");
    expect(stdout).toContain("GET /media/* no cookies           ++++x  200 passed");
    expect(stdout).toContain("GET /media/* valid                +++++  200 passed");
    expect(stdout.replace(/\s+/g, " ")).toContain(": 403 MissingKey, now 200 passed");
    expect(exitCode).toBe(1);
  });
  it("exits with 0 if nothing changed within --for", async () => {
    const { run, world } = await probedSite();
    const began = world.clock.now();
    const { stdout, exitCode } = await run("probe --watch 30s --for 5m");
    expect(stdout).toContain("11 rounds in 5m: nothing changed");
    expect(world.clock.now() - began).toBeCloseTo(300, 0);
    expect(exitCode).toBe(0);
  });
  it("reports the results so far when interrupted", async () => {
    const { run, world } = await probedSite();
    void world.clock.sleep(100).then(() => world.interruptNow(new Error("interrupted")));
    const { stdout, exitCode } = await run("probe --watch 30s");
    expect(stdout).toContain("4 rounds in 1m 40s: nothing changed");
    expect(exitCode).toBe(130);
  });
  it("finds what was wrong from the beginning", async () => {
    const { run, site } = await probedSite();
    turnOn(site, "behavior-unprotected");
    const { exitCode, stdout } = await run("probe --watch 30s --for 1m");
    expect(stdout).toContain("unsigned-allowed");
    expect(exitCode).toBe(1);
  });
});

const HEALTHY = `                       /api/*                 /media/*               /public/*
no cookies             ok MissingKey          ok MissingKey          ok 200 app
policy missing         ok MalformedPolicy     ok MalformedPolicy
signature missing      ok MalformedSignature  ok MalformedSignature
key pair ID missing    ok MissingKey          ok MissingKey
expired                ok AccessDenied        ok AccessDenied        ok 200 app
not yet valid          ok AccessDenied        ok AccessDenied
another resource       ok AccessDenied        ok AccessDenied
another IP             ok AccessDenied        ok AccessDenied
policy tampered        ok AccessDenied        ok AccessDenied
signature tampered     ok AccessDenied        ok AccessDenied
key pair ID tampered   ok InvalidKey          ok InvalidKey
signed by another key  ok AccessDenied        ok AccessDenied
unknown key pair ID    ok InvalidKey          ok InvalidKey          ok 200 app
canned for a wildcard  ok AccessDenied        ok AccessDenied
base64url signature    ok MalformedSignature  ok MalformedSignature
other hash named       ok AccessDenied        ok AccessDenied
valid + ?Expires=      ok MissingKey          ok MissingKey
OPTIONS preflight      * MissingKey           * MissingKey
http, no cookies       ok 301 to https        ok 301 to https
http, valid for http   ok 301 to https        ok 301 to https
valid                  ok 401 app             ok 200 app

ok as expected   * undocumented: reported, not judged

45 of 45 requests sent; edge locations seen: FRA56-P4 13, IAD89-P2 14, SIN2-P3
  18
skipped: retired-key: no retired key given (--retired-key FILE=ID)
the origin's log shows none of the 34 denied requests, and 5 of the 5 requests
  that the application answered
straight to the origin, http://127.0.0.1:8002: 8 of 8 refused (403 by origin
  verification)
denials carry no CORS headers: code on another site sees status 0 instead

The edge denies what it must and lets valid cookies pass. (A gate, not
authentication: the application still authorizes.)
`;
