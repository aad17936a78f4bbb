/** `keyturn triage` in the sandbox: for each incident, its verdict and a next command that works. */
import { describe, expect, it } from "vitest";
import { triageHtml } from "../../src/report/html/triage-sheet.ts";
import type { TriageResult } from "../../src/report/triage.ts";
import { triageMarkdown } from "../../src/report/triage-markdown.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { addReplicas } from "../../src/sandbox/secrets/replication.ts";
import { createSecret } from "../../src/sandbox/secrets/values.ts";
import { MemoryFiles, type MemoryWorld, runCommand } from "../fakes/memory-world.ts";
import {
  addKey,
  currentKeyId,
  type ProbedSite,
  probedSite,
  putSecret,
  trustOnly,
  turnOn,
} from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";

async function triage(ill: ProbedSite, flags = "") {
  const ran = await ill.run(`triage --json${flags}`);
  const { result, outcome } = JSON.parse(ran.stdout) as { result: TriageResult; outcome: string };
  return { ...ran, outcome, result, gate: result.gates[0] as TriageResult["gates"][number] };
}

/** Runs the printed next command. Only a usage or configuration error means that it does not work. */
async function types(ill: ProbedSite, line: string | undefined): Promise<number> {
  expect(line).toMatch(/^keyturn /);
  const { exitCode } = await ill.run((line as string).replace(/^keyturn /, ""));
  return exitCode;
}

const INCIDENTS = [
  {
    name: "a behavior that lost its key group",
    verdict: "open",
    cause: "unsigned-allowed",
    affected: /anybody/,
    runbook: true,
    harm: (ill: ProbedSite) => turnOn(ill.site, "behavior-unprotected"),
  },
  {
    name: "a WAF that blocks everything",
    verdict: "closed-to-everybody",
    cause: "blocked-by-waf",
    affected: /viewer/,
    runbook: true,
    harm: (ill: ProbedSite) => turnOn(ill.site, "waf-block"),
  },
  {
    name: "the signing key dropped from its group",
    verdict: "closed-to-everybody",
    cause: "key-not-trusted",
    affected: /every viewer of \/api\/\*/,
    runbook: true,
    harm: (ill: ProbedSite) => trustOnly(ill, addKey(ill, "other.pem")),
  },
  {
    name: "a secret with another key's ID",
    verdict: "closed-to-everybody",
    cause: "key-mismatch",
    affected: /every viewer/,
    runbook: true,
    harm: async (ill: ProbedSite) => {
      const other = addKey(ill, "other.pem");
      await trustOnly(ill, currentKeyId(ill), other);
      putSecret(ill, { keyPairId: other });
    },
  },
] as const;

describe("keyturn triage", () => {
  it("reports a healthy gate as healthy, with three canary requests per route, and exits with 0", async () => {
    const well = await probedSite();
    const { gate, result, exitCode } = await triage(well);
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ healthy: true, from: "keyturn.yaml" });
    expect(gate).toMatchObject({
      gate: "demo",
      verdict: "healthy",
      causes: [],
      silences: [],
      affected: "nobody",
    });
    expect(gate.requests.sent % 3).toBe(0);
    expect(gate.requests.met).toBe(gate.requests.sent);
    expect(gate.next).toBeUndefined();
  });

  it.each(INCIDENTS)(
    "reports $name as $verdict, because of $cause, with a next command that works",
    async (incident) => {
      const ill = await probedSite();
      await incident.harm(ill);
      const { gate, exitCode, outcome } = await triage(ill);
      expect(exitCode).toBe(1);
      expect(outcome).toBe("finding");
      expect(gate.verdict).toBe(incident.verdict);
      expect(gate.causes[0]).toBe(incident.cause);
      expect(gate.affected).toMatch(incident.affected);
      expect(gate.runbook).toBeDefined();
      expect([0, 1, 7, 8]).toContain(await types(ill, gate.next));
    },
  );

  it("says why a replica failed, who signs there, and the one command that can repair it", async () => {
    const ill = await probedSite({
      yaml: (yaml) => yaml.replace("      cacheTtl:", "      regions: [eu-west-1]\n      cacheTtl:"),
    });
    const { registry } = ill.site.account.secrets;
    const theirs = { name: DEMO.secret, token: "a".repeat(32), value: { text: "theirs" }, replicas: [] };
    createSecret(registry, "eu-west-1", theirs);
    addReplicas(registry, DEMO.region, DEMO.secret, [{ region: "eu-west-1" }], false);
    await ill.world.clock.advance(60);
    const { gate } = await triage(ill);
    expect(gate).toMatchObject({
      verdict: "degraded",
      says: expect.stringMatching(/eu-west-1 is Failed: .*already exists/),
      affected: "viewers whose cookies are signed in eu-west-1",
      next: "keyturn secret replicate eu-west-1 --gate demo --overwrite",
    });
    expect(await types(ill, `${gate.next} --yes`)).toBe(0);
    expect((await triage(ill)).gate.verdict).toBe("healthy");
  });

  it("dates the loss of a key by the last write", async () => {
    const ill = await probedSite();
    await trustOnly(ill, addKey(ill, "other.pem"));
    const { gate } = await triage(ill);
    expect(gate.since).toMatch(/^2027-/);
    expect(gate.lasted).toBeGreaterThanOrEqual(60);
    const { stdout } = await ill.run("triage");
    expect(stdout).toContain("CLOSED TO EVERYBODY, began at 2027-");
    expect(stdout).toMatch(/ or later$/m);
    expect(stdout).toContain("(key-not-trusted); also reported as ");
  });

  it("lists audit's warnings about a healthy gate, which stays healthy", async () => {
    const ill = await probedSite();
    await trustOnly(ill, currentKeyId(ill), addKey(ill, "other.pem"));
    const { gate, exitCode } = await triage(ill);
    expect([exitCode, gate.verdict]).toEqual([0, "healthy"]);
    expect(gate.warnings).toContain("key-left-in-group");
    expect(gate.warningsNext).toBe("keyturn audit --gate demo");
    const { stdout } = await ill.run("triage");
    expect(stdout).toMatch(/^ {2}audit warns: .*key-left-in-group/m);
    expect(stdout).toMatch(/-> keyturn audit --gate demo$/m);
    expect(await types(ill, gate.warningsNext)).toBe(1);
  });

  it("infers why minting fails, and lists every cause that it cannot rule out", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "mint-secret-denied");
    const { gate, stdout } = await triage(ill, " --credentials guest.txt");
    const { findings } = JSON.parse(stdout);
    expect(findings[0]).toMatchObject({ id: "login-works-mint-fails", basis: "inferred" });
    const { stdout: closer } = await ill.run(gate.next?.replace(/^keyturn /, "") ?? "");
    expect(closer.replaceAll(/\s+/g, " ")).toContain("keyturn iam --role minter --gate demo");
    expect(gate.says).toContain("most likely");
    for (const remaining of ["expired", "permission on the secret", "KMS key", "network or host"]) {
      expect(gate.says).toContain(remaining);
    }
  });

  it("does not claim that the edge accepts a key that it denies", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "mint-secret-denied");
    await trustOnly(ill, addKey(ill, "other.pem"));
    const { stdout } = await triage(ill, " --credentials guest.txt");
    const found = JSON.parse(stdout).findings.find(
      ({ id }: { id: string }) => id === "login-works-mint-fails",
    );
    expect(found.message).not.toContain("the edge accepts its key");
  });

  it("shows all gates, the worst one last, even if one cannot be read", async () => {
    const ill = await probedSite({
      yaml: (yaml) => {
        const [head = "", body = ""] = yaml.split(/^ {2}demo:\n/m);
        const lost = body.replaceAll(DEMO.secret, "nobody/knows-it");
        return `${head}  demo:\n${body}\n  lost:\n${lost}`;
      },
    });
    const { result, exitCode } = await triage(ill);
    expect(exitCode).toBe(1);
    expect(result.gates.map(({ gate, verdict }) => [gate, verdict])).toEqual([
      ["lost", expect.not.stringMatching("healthy")],
      ["demo", expect.any(String)],
    ]);
    const { stdout } = await ill.run("triage");
    expect(stdout.indexOf("lost:")).toBeGreaterThan(stdout.indexOf("demo:"));
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/keyturn /);
  });

  it("reports the verdict cannot-tell if the edge does not answer", async () => {
    const ill = await probedSite();
    ill.world.viewer.send = async () => {
      const { RemoteError } = await import("../../src/errors.ts");
      throw new RemoteError("ERR_UNREACHABLE", "connect ECONNREFUSED");
    };
    const { gate, exitCode } = await triage(ill);
    expect(exitCode).toBe(1);
    expect(gate).toMatchObject({ verdict: "cannot-tell", affected: "unknown" });
    expect(gate.says).toContain("does not answer");
  });

  it("ends at its time limit with the results so far", async () => {
    const ill = await probedSite();
    const world: MemoryWorld = {
      ...ill.world,
      cloud: async (options) => ({
        ...(await ill.world.cloud(options)),
        controlPlane: { listPublicKeys: () => hanging(), listKeyGroups: () => hanging() } as never,
      }),
    };
    const { runProgram } = await import("../../src/program.ts");
    const running = runProgram(["triage", "--json", "--timeout", "20s"], world);
    let isOver = false;
    void running.finally(() => {
      isOver = true;
    });
    for (let turns = 0; turns < 200 && !isOver; turns += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (turns % 20 === 19) await ill.world.clock.advance(10);
    }
    expect(await running).toBe(1);
    const { result } = JSON.parse(ill.world.terminal.stdout) as { result: TriageResult };
    expect(result.gates[0]?.silences).toContainEqual({
      source: "account",
      message: "no complete answer within 20 s (--timeout)",
    });
    // The edge was still probed with unsigned requests.
    expect(result.gates[0]?.requests.sent).toBeGreaterThan(0);
  });

  it("says that login and mint were not tried, or tries them with a test account", async () => {
    const ill = await probedSite();
    const untried = await triage(ill);
    expect(untried.gate.mintTried).toBe(false);
    const { stdout } = await ill.run("triage");
    expect(stdout.split("\n")[1]).toContain("login and mint were not tried: add --credentials FILE");
    const tried = await triage(ill, " --credentials guest.txt");
    expect([tried.exitCode, tried.gate.mintTried]).toEqual([0, true]);
    expect(tried.gate.says).toContain("a test account can log in and mint, and its cookies work");
    turnOn(ill.site, "mint-secret-denied");
    const { gate, exitCode } = await triage(ill, " --credentials guest.txt");
    expect([exitCode, gate.verdict, gate.causes[0]]).toEqual([1, "degraded", "login-works-mint-fails"]);
    expect(gate.affected).toContain("nobody gets new ones");
    expect(gate.affected).toContain("everybody who logs in now");
    const { stdout: told } = await ill.run("triage --credentials guest.txt");
    expect(told).toContain("demo: degraded, new logins fail\n");
    expect(gate.next).toBe("keyturn probe --flow --gate demo --credentials guest.txt");
    expect(await types(ill, gate.next)).toBe(1);
  });

  it("reports the verdict cannot-tell if the test account cannot log in, and says why", async () => {
    const ill = await probedSite();
    const { gate } = await triage(ill, " --credentials stranger.txt");
    expect(gate).toMatchObject({ verdict: "cannot-tell", mintTried: true });
    expect(gate.says).toContain("as the test account, login fails");
    const both = await ill.run("triage --credentials guest.txt --credentials-command cat");
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining("cannot be combined")]);
  });

  it("blames neither the credentials file nor the edge if a WAF blocks the login", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "waf-block");
    const { gate } = await triage(ill, " --credentials guest.txt");
    expect(gate.causes[0]).toBe("blocked-by-waf");
    await ill.run("triage --credentials guest.txt --report md=t.md");
    const { stdout } = await ill.run("triage --credentials guest.txt");
    for (const said of [stdout, ill.world.files.text("t.md")]) {
      const text = said.replaceAll(/\s+/g, " ");
      expect(text).toMatch(/mint not tried: as the test account, login fails.*403 by AWS WAF/);
      expect(text).not.toContain("edge not read");
      expect(text).not.toContain("LOGIN\\_FILE");
      expect(text).not.toContain("LOGIN_FILE");
    }
  });

  it("works without keyturn.yaml, from what the account shows", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "waf-block");
    const bare = { ...ill, run: (line: string) => runCommand(line.split(" "), world) };
    const world = { ...ill.world, files: new MemoryFiles({}) };
    const { gate, result } = await triage(bare);
    expect(result.from).toBe("account");
    expect(gate.gate).toMatch(/^demo/);
    expect(gate.verdict).not.toBe("healthy");
    expect(gate.says).not.toContain("REPLACE-ME");
    expect([0, 1, 3]).toContain(await types(bare, gate.next));
  });

  it("finds that the origin answers without the edge, with a next command that explains it", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "origin-verification-skipped");
    const { gate, exitCode } = await triage(ill);
    expect(exitCode).toBe(1);
    expect(gate).toMatchObject({ verdict: "open", runbook: "gate-is-open", originAsked: true });
    expect(gate.causes[0]).toBe("origin-open");
    expect(gate.affected).toBe("anybody who knows the origin's address can read /media/* without cookies");
    const ran = await ill.run((gate.next as string).replace(/^keyturn /, ""));
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("origin-open");
    expect(ran.stdout).toContain("gate-is-open");
  });

  it("sends the origin requests for one route only, without cookies", async () => {
    const well = await probedSite();
    const { gate } = await triage(well);
    const atOrigin = well.viewer.sent.filter(({ url }) => !url.startsWith(SITE));
    expect(gate).toMatchObject({ verdict: "healthy", originAsked: true });
    expect(gate.says).toContain("the origin refuses requests that bypass the edge");
    expect(atOrigin.length).toBeGreaterThan(0);
    expect(atOrigin.length).toBeLessThanOrEqual(4);
    const paths = new Set(atOrigin.map(({ url }) => new URL(url).pathname));
    expect([...paths].filter((path) => !path.startsWith("/keyturn-probe/"))).toEqual(["/media/film.txt"]);
    for (const { headers } of atOrigin)
      expect(headers.map(([name]) => name.toLowerCase())).not.toContain("cookie");
  });

  it("says that the origin was not checked if keyturn.yaml does not name it, and how to check it", async () => {
    const ill = await probedSite({ yaml: (yaml) => yaml.replace(/^ *url: http:.*\n/m, "") });
    turnOn(ill.site, "origin-verification-skipped");
    const { gate } = await triage(ill);
    expect(gate.originAsked).toBe(false);
    expect(ill.viewer.sent.every(({ url }) => url.startsWith(SITE))).toBe(true);
    await ill.run("triage --report md=t.md --report html=t.html");
    const { stdout } = await ill.run("triage");
    for (const said of [stdout, ill.world.files.text("t.md"), ill.world.files.text("t.html")])
      expect(said.replaceAll(/\s+/g, " ")).toContain(
        "whether the origin answers without the edge is not known: keyturn probe --gate NAME --direct-origin URL",
      );
  });

  it("does not report a gate as open if its origin drops the request or cannot be found", async () => {
    const { RemoteError } = await import("../../src/errors.ts");
    for (const [code, isAsked] of [
      ["ETIMEDOUT", true],
      ["ENOTFOUND", false],
    ] as const) {
      const well = await probedSite();
      const send = well.viewer.send.bind(well.viewer);
      well.world.viewer.send = async (request, signal) => {
        if (request.url.startsWith(SITE)) return send(request, signal);
        throw new RemoteError("ERR_UNREACHABLE", code, [], Object.assign(new Error(code), { code }));
      };
      const { gate } = await triage(well);
      expect([code, gate.verdict, gate.originAsked]).toEqual([code, "healthy", isAsked]);
    }
  });

  it("reports an open rotation, and the next command", async () => {
    const ill = await probedSite();
    await ill.run("rotate start --gate demo --yes --pending-ok");
    const { gate } = await triage(ill);
    expect(gate.verdict).toBe("healthy");
    expect(gate.says).toContain("is open at");
    expect(gate.next).toBe("keyturn rotate resume --gate demo --wait");
  });

  it("writes Markdown and one HTML file that loads nothing and runs nothing", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "waf-block");
    await ill.run("triage --report md=t.md --report html=t.html");
    const md = ill.world.files.text("t.md");
    const html = ill.world.files.text("t.html");
    expect(md).toContain("| demo | **CLOSED TO EVERYBODY**");
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(
      /<script|https?:\/\/[^\s<]*\.(?:js|css)|<link rel="(?!icon" href="data:,")|<img/i,
    );
    const again = await ill.run("triage --report md=t.md");
    expect(again.exitCode).not.toBe(0);
    expect(again.stderr).toContain("t.md");
  });

  it("escapes text from files and responses in both pages", async () => {
    const hostile = `<img src=x onerror="alert('x')">&|\u001b[31m`;
    const gate = {
      gate: hostile,
      verdict: "open" as const,
      says: hostile,
      affected: hostile,
      next: hostile,
      causes: [hostile],
      silences: [{ source: "edge" as const, message: hostile }],
      requests: { sent: 3, met: 0 },
      originAsked: false,
    };
    const result = {
      at: "2027-01-15T08:00:00Z",
      from: "keyturn.yaml" as const,
      healthy: false,
      gates: [gate],
    };
    const html = triageHtml(result);
    expect(html).not.toMatch(/<img/);
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;x&#39;)&quot;&gt;&amp;");
    expect(triageMarkdown(result).replaceAll(/`[^`]*`/g, "")).not.toMatch(/(?<!\\)<img/);
  });

  it.each(["0s", "soon"])("refuses --timeout %s", async (timeout) => {
    const { exitCode, stderr } = await (await probedSite()).run(`triage --timeout ${timeout}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("hint:");
  });
});

async function* hanging(): AsyncGenerator<never> {
  await new Promise(() => {});
}
