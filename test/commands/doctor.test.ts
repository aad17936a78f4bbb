/** `keyturn doctor` in the sandbox: for each fault, the right cause must come first. */

import { beforeAll, describe, expect, it } from "vitest";
import { diagnose } from "../../src/audit/doctor/diagnose.ts";
import type { DoctorSnapshot } from "../../src/audit/doctor/snapshot.ts";
import type { Finding } from "../../src/finding.ts";
import { readPrivateKey } from "../../src/keys/pem.ts";
import { mintCookies } from "../../src/mint/mint.ts";
import { writeCookieHeader } from "../../src/mint/write.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import {
  addKey,
  currentKeyId,
  openAtTheEdgeAlone,
  type ProbedSite,
  probedSite,
  putSecret,
  trustOnly,
  turnOn,
} from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";

const FILE = `${SITE}/media/film.txt`;

/** Writes a file with the Cookie header that the application would have made. */
function cookies(
  { site, world }: ProbedSite,
  { url = FILE, expiresIn = 600, key = undefined as string | undefined } = {},
): string {
  const secret = JSON.parse(site.account.secrets.text(DEMO.secret) ?? "{}") as Record<string, string>;
  const set = mintCookies(
    {
      url,
      expires: Math.floor(world.clock.now()) + expiresIn,
      hash: "SHA256",
      keyPairId: key ?? (secret.keyPairId as string),
    },
    readPrivateKey(secret.privateKey as string).privateKey,
  );
  world.files.put("cookies.txt", `Cookie: ${writeCookieHeader(set).replace(/^Cookie: /, "")}\n`);
  return "cookies.txt";
}

interface Sick {
  readonly name: string;
  readonly cause: string;
  /** The arguments after `doctor`. */
  readonly asks: (ill: ProbedSite) => string | Promise<string>;
  readonly remedy: RegExp;
}

const PATIENTS: readonly Sick[] = [
  {
    name: "cookies that have expired",
    cause: "expired",
    asks: (ill) => `${FILE} ${cookies(ill, { expiresIn: -300 })}`,
    remedy: /keyturn mint/,
  },
  {
    name: "cookies for another file, though new ones of the gate's key pass",
    cause: "signature-mismatch",
    asks: (ill) => `${FILE} ${cookies(ill, { url: `${SITE}/media/other.txt` })}`,
    remedy: /keyturn mint/,
  },
  {
    name: "cookies signed with a key that is not trusted",
    cause: "key-not-trusted",
    asks: (ill) => `${FILE} ${cookies(ill, { key: addKey(ill, "other.pem") })}`,
    remedy: /keyturn/,
  },
  {
    name: "a WAF that blocks the request",
    cause: "blocked-by-waf",
    asks: (ill) => {
      turnOn(ill.site, "waf-block");
      return `${FILE} ${cookies(ill)}`;
    },
    remedy:
      /undo the latest change to\s+web\s+ACL\s+block-all[\s\S]+aws wafv2 get-web-acl --scope CLOUDFRONT --region us-east-1 --name block-all --id 11111111-2222-4333-8444-555555555555[\s\S]+default\s+action/,
  },
  {
    name: "a geo restriction",
    cause: "blocked-by-geo",
    asks: (ill) => {
      turnOn(ill.site, "geo-block");
      return FILE;
    },
    remedy: /countr/,
  },
  {
    name: "an error page in place of the denial",
    cause: "denial-masked",
    asks: (ill) => {
      turnOn(ill.site, "error-page-200");
      return FILE;
    },
    remedy: /custom error response/,
  },
  {
    name: "an open edge, and an application that refuses",
    cause: "unsigned-not-denied",
    asks: async (ill) => {
      await openAtTheEdgeAlone(ill);
      return `${FILE.replace("/media/film.txt", "/api/reports")}?page=1&sort=$(name)`;
    },
    remedy: /keyturn probe 'https:[^ ']*\?page=1&sort=\$\(name\)'/,
  },
  {
    name: "an open behavior that matches a protected route, and an application that refuses",
    cause: "route-unprotected",
    asks: (ill) => {
      turnOn(ill.site, "behavior-shadowed");
      return FILE.replace("/media/film.txt", "/api/reports");
    },
    remedy: /add key group/,
  },
  {
    name: "an API Gateway behind the edge that refuses",
    cause: "valid-refused-by-api-gateway",
    asks: (ill) => {
      turnOn(ill.site, "api-gateway-403");
      return `${FILE} ${cookies(ill)}`;
    },
    remedy: /AllViewerExceptHostHeader/,
  },
  {
    name: "a secret with another key's private half",
    cause: "key-mismatch",
    asks: (ill) => {
      addKey(ill, "other.pem");
      putSecret(ill, { privateKey: ill.world.files.text("other.pem") });
      return FILE;
    },
    remedy: /keyturn secret set-key-id --gate demo/,
  },
  {
    name: "a key group that has lost the signing key",
    cause: "key-not-trusted",
    asks: async (ill) => {
      await trustOnly(ill, addKey(ill, "other.pem"));
      return FILE;
    },
    remedy: /key group/,
  },
  {
    name: "a host that nobody serves",
    cause: "host-not-served",
    asks: () => "https://nobody.example.com:8443/media/film.txt",
    remedy: /alternate domain/,
  },
  {
    name: "a host that does not answer",
    cause: "unreachable",
    asks: () => `https://${DEMO.host}:9999/media/film.txt`,
    remedy: /curl -v https:\/\/[^ ]+:9999\//,
  },
];

describe("keyturn doctor", () => {
  it.each([
    [403, "AccessDenied", "Access Denied", "s3-access-denied", /s3:GetObject to cloudfront/],
    [
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match",
      "s3-signature-mismatch",
      /AllViewerExceptHostHeader/,
    ],
    [404, "NoSuchKey", "The specified key does not exist.", "s3-no-object", /aws s3 ls/],
    [404, "NoSuchBucket", "The specified bucket does not exist", "s3-no-bucket", /keyturn probe https:/],
  ] as const)("explains S3's error behind the edge: %s %s", async (status, code, message, id, remedy) => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    const behindS3 = await probedSite({
      meddle: (_, __, answer) =>
        answer.status === 403
          ? answer
          : {
              status,
              headers: [
                ["content-type", "application/xml"],
                ["server", "AmazonS3"],
                ["x-amz-request-id", "4442587FB7D0A2F9"],
                ["x-cache", "Error from cloudfront"],
                ["via", "1.1 e.cloudfront.net (CloudFront)"],
              ],
              body: Buffer.from(xml),
            },
    });
    const { stdout } = await behindS3.run(`doctor ${FILE} --json`);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const finding = findings.find((each) => each.id === id);
    expect(finding?.evidence[0]).toBe(`S3 says ${code}: ${message}`);
    expect(finding?.remedy).toMatch(remedy);
    expect(finding?.severity).toBe(status === 404 ? "note" : "error");
  });

  it("finds nothing if nothing is wrong", async () => {
    const well = await probedSite();
    const { stdout, exitCode } = await well.run(`doctor ${FILE}`);
    expect(stdout).toContain("Found nothing wrong with this URL.");
    expect(stdout).toMatch(new RegExp(`signs with\\s+${currentKeyId(well)}`));
    expect(stdout).toMatch(/sent unsigned .*403 by edge signature check \(MissingKey\)/);
    expect(stdout).toMatch(/sent with new cookies .*200/);
    expect(exitCode).toBe(0);
  });

  it("expects an application to refuse a request without a session if the route declares that", async () => {
    const well = await probedSite();
    const url = FILE.replace("/media/film.txt", "/api/reports");
    for (const line of [`doctor ${url}`, `doctor ${url} ${cookies(well, { url })}`]) {
      const { stdout, exitCode } = await well.run(line);
      expect(stdout).toMatch(/sent (with new cookies|as given) +401 by application/);
      expect(stdout).toContain("Found nothing wrong with this URL.");
      expect(stdout).toContain("note application-refuses");
      expect(exitCode).toBe(0);
    }
    const undeclared = await probedSite({ yaml: (yaml) => yaml.replace(", application]", "]") });
    const { stdout } = await undeclared.run(`doctor ${url}`);
    expect(stdout).toContain("Most likely: valid-refused-by-application.");
  });

  it("shows where the chain breaks if a protected route is open", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "behavior-unprotected");
    const { stdout } = await ill.run(`doctor ${FILE}`);
    const told = stdout.replace(/\s+/g, " ");
    expect(told).toContain(
      " x behavior /media/film.txt matches /media/* (2 of 3), which is open, but the gate declares it signed ",
    );
    expect(told).toContain(" x sent unsigned 200 ");
  });

  it("finds nothing wrong with correct cookies", async () => {
    const well = await probedSite();
    const { stdout, exitCode } = await well.run(`doctor ${FILE} ${cookies(well)}`);
    expect(stdout).toMatch(/sent as given .*200/);
    expect(exitCode).toBe(0);
  });

  it.each(PATIENTS)("names the cause: $name", async ({ cause, asks, remedy }) => {
    const ill = await probedSite();
    const { stdout, stderr, exitCode } = await ill.run(`doctor ${await asks(ill)}`);
    expect(stdout).toContain(`Most likely: ${cause}.`);
    // The likeliest cause comes first, as an error with a remedy.
    const first = /^x error (\S+)/m.exec(stdout);
    expect(first?.[1]).toBe(cause);
    const block = stdout.slice(first?.index).split("\n\n")[0] ?? "";
    expect(block).toMatch(remedy);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toMatch(/PRIVATE KEY|undefined/);
  });

  it("notes that a public path is open, which is not a fault", async () => {
    const well = await probedSite();
    const { stdout, exitCode } = await well.run(`doctor ${SITE}/public/status`);
    expect(stdout).toContain("note behavior-open");
    expect(exitCode).toBe(0);
  });

  describe("in JSON", () => {
    let told: { result: Record<string, unknown>; findings: { id: string }[] };
    let raw: string;
    let header: string;
    beforeAll(async () => {
      const ill = await probedSite();
      const file = cookies(ill, { expiresIn: -300 });
      header = ill.world.files.text(file);
      raw = (await ill.run(`doctor ${FILE} ${file} --json`)).stdout;
      told = JSON.parse(raw);
    });

    it("names the likeliest cause, and lists it first", () => {
      expect(told.result.likeliest).toBe("expired");
      expect(told.findings[0]?.id).toBe("expired");
    });

    it("shows no signature", () => {
      const signature = /CloudFront-Signature=([^;\s]+)/.exec(header)?.[1] ?? "";
      expect(signature.length).toBeGreaterThan(40);
      expect(raw).not.toContain(signature);
    });
  });

  it("does not send the session cookie of the input", async () => {
    const well = await probedSite();
    const file = cookies(well);
    well.world.files.put(file, well.world.files.text(file).replace("Cookie: ", "Cookie: session=private; "));
    await well.run(`doctor ${FILE} ${file}`);
    const sent = well.viewer.sent.flatMap(({ headers }) => headers.map(([, value]) => value)).join("\n");
    expect(sent).toContain("CloudFront-Signature=");
    expect(sent).not.toContain("session=private");
  });

  it("reports other faults of the gate, but not as this URL's problem", async () => {
    const well = await probedSite({
      yaml: (yaml) => yaml.replace("hash: SHA256", "hash: SHA256\n      regions: [us-west-2]"),
    });
    const { stdout, exitCode } = await well.run(`doctor ${FILE}`);
    expect(stdout).toContain("This URL works. Its gate has other faults:");
    expect(stdout).not.toContain("nothing wrong");
    expect(stdout).toContain("error replica-other-version");
    expect(exitCode).toBe(0);
  });

  it("ends with what to do first, if there are other findings", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "behavior-unprotected");
    const { stdout } = await ill.run(`doctor ${FILE}`);
    const last = stdout.trimEnd().split("\n\n").at(-1) ?? "";
    expect(last).toMatch(/^First, for route-unprotected:\n {2}-> add key group /);
    // A single finding is not repeated.
    const alone = await probedSite();
    turnOn(alone.site, "waf-block");
    expect((await alone.run(`doctor ${FILE}`)).stdout).not.toContain("First, for");
  });

  it.each([
    ["behavior-unprotected", "'/api/*'"],
    // An invalidation takes a wildcard only at the end.
    ["behavior-shadowed", "'/*'"],
  ] as const)("says for %s what is left to do once the gate is closed", async (fault, paths) => {
    const ill = await probedSite();
    turnOn(ill.site, fault);
    const { stdout } = await ill.run(`doctor ${FILE.replace("/media/film.txt", "/api/reports")} --json`);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const open = findings.filter(({ id }) => /^route-(unprotected|shadowed)$/.test(id));
    const evidence = open.flatMap((each) => each.evidence).join("\n");
    const invalidate = `aws cloudfront create-invalidation --distribution-id ${ill.site.ids.distributionId} --paths ${paths}`;
    expect(evidence).toContain(`\`${invalidate}\``);
    const [, logs = ""] = /`keyturn (logs ungated [^`]+)`/.exec(evidence) ?? [];
    expect(logs).toContain("--gate demo");
    expect((await ill.run(logs)).exitCode).toBeLessThan(2);
  });

  it("accepts a signed URL without an input file, and does not print its signature", async () => {
    const ill = await probedSite();
    const header = ill.world.files.text(cookies(ill, { expiresIn: -300 }));
    const value = (name: string) => new RegExp(`CloudFront-${name}=([^;\\s]+)`).exec(header)?.[1] ?? "";
    const names = ["Expires", "Signature", "Key-Pair-Id", "Hash-Algorithm"];
    const signed = `${FILE}?${names.map((name) => `${name}=${value(name)}`).join("&")}`;
    turnOn(ill.site, "api-gateway-403");
    const { stdout, stderr, exitCode } = await ill.run(`doctor ${signed}`);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("Most likely: expired.");
    expect(stdout + stderr).not.toContain(value("Signature"));
  });

  it.each([
    ["--ip office", '--ip takes one IPv4 or IPv6 address, not "office"'],
    ["--ip 192.0.2.0/24", "--ip takes one IPv4 or IPv6 address"],
    ["--ip 2001:db8::zz", "--ip takes one IPv4 or IPv6 address"],
    ["--timeout 0s", "--timeout 0s leaves no time for an answer"],
  ])("refuses %s before it sends any request", async (flags, message) => {
    const well = await probedSite();
    const { stdout, stderr, exitCode } = await well.run(`doctor ${FILE} ${flags}`);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(well.viewer.sent).toEqual([]);
  });

  it.each([
    ["another signed URL", `${SITE}/media/other.txt`, true],
    ["the same file's signed URL", FILE, false],
    ["another file's URL with a query", `${SITE}/media/film.txt?v=2`, true],
  ])("judges a signed URL in the input by its own query: %s", async (_, signed, contradicts) => {
    const well = await probedSite();
    const minted = await well.run(`mint ${signed} --gate demo --format url`);
    well.world.files.put("url.txt", minted.stdout);
    const { stdout } = await well.run(`doctor ${FILE} url.txt --json`);
    const ids = JSON.parse(stdout).findings.map(({ id }: { id: string }) => id);
    expect(ids.includes("url-contradiction")).toBe(contradicts);
    expect(ids).not.toContain("signature-mismatch");
  });
  it("accepts a viewer's IPv6 address", async () => {
    const well = await probedSite();
    expect((await well.run(`doctor ${FILE} --ip 2001:db8::1`)).exitCode).toBe(0);
  });

  it("mints nothing with --no-fresh", async () => {
    const well = await probedSite();
    const { stdout } = await well.run(`doctor ${FILE} --no-fresh`);
    expect(stdout).not.toContain("sent with new cookies");
    // The origin gets a request as well, also without cookies.
    expect(well.viewer.sent.filter(({ url }) => url.startsWith(SITE))).toHaveLength(1);
    for (const { headers } of well.viewer.sent)
      expect(headers.map(([name]) => name.toLowerCase())).not.toContain("cookie");
  });
});

describe("keyturn doctor and the origin behind the edge", () => {
  const doctorOf = async (ill: ProbedSite, url: string) => {
    const { stdout, exitCode } = await ill.run(`doctor ${url} --json`);
    const { result, findings } = JSON.parse(stdout) as {
      result: { likeliest?: string; chain: { name: string; state: string }[] };
      findings: Finding[];
    };
    return { result, findings, exitCode, origin: result.chain.find(({ name }) => name === "origin") };
  };

  it.each([FILE, FILE.replace("/media/film.txt", "/api/reports")])(
    "finds that the origin answers without the edge, for %s",
    async (url) => {
      const ill = await probedSite();
      turnOn(ill.site, "origin-verification-skipped");
      const { result, findings, exitCode, origin } = await doctorOf(ill, url);
      expect(exitCode).toBe(1);
      expect(origin?.state).toBe("fail");
      expect(findings.map(({ id }) => id)).toContain("origin-open");
      expect(result.likeliest).toMatch(/^origin-/);
      const { stdout } = await ill.run(`doctor ${url}`);
      expect(stdout).toContain("runbook: keyturn runbook show gate-is-open");
      expect(stdout).not.toContain("Found nothing wrong");
    },
  );

  it("shows that the origin refuses, and sends nothing if keyturn.yaml names no origin", async () => {
    const well = await probedSite();
    const refused = await doctorOf(well, FILE);
    expect([refused.exitCode, refused.origin?.state]).toEqual([0, "ok"]);
    const unnamed = await probedSite({ yaml: (yaml) => yaml.replace(/^ *url: http:.*\n/m, "") });
    expect((await doctorOf(unnamed, FILE)).origin).toBeUndefined();
    expect(unnamed.viewer.sent.every(({ url }) => url.startsWith(SITE))).toBe(true);
  });

  it("sends the origin nothing for a public URL", async () => {
    const well = await probedSite();
    await well.run(`doctor ${FILE.replace("/media/film.txt", "/public/status")}`);
    expect(well.viewer.sent.every(({ url }) => url.startsWith(SITE))).toBe(true);
  });

  it("ranks a denial above the open origin", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "origin-verification-skipped");
    turnOn(ill.site, "waf-block");
    const { result, findings } = await doctorOf(ill, FILE);
    expect(result.likeliest).toBe("blocked-by-waf");
    expect(findings.map(({ id }) => id)).toContain("origin-open");
  });
});

describe("keyturn doctor and a warning about the settings", () => {
  it("does not put it first if the URL works", async () => {
    const ill = await probedSite({ yaml: unguarded });
    const { stdout } = await ill.run(`doctor ${FILE}`);
    expect(stdout).toContain("warning origin-open");
    expect(stdout).toContain("This URL works.");
    expect(stdout).not.toContain("First, for");
  });

  it("does not name it as the cause of a denial by somebody else", async () => {
    const ill = await probedSite({
      yaml: unguarded,
      // A proxy answers, not CloudFront.
      meddle: (_, request, answer) =>
        request.url.startsWith(SITE) && request.headers.some(([name]) => name === "Cookie")
          ? { status: 403, headers: [["server", "proxy"]], body: "no" }
          : answer,
    });
    const { result } = JSON.parse((await ill.run(`doctor ${FILE} --json`)).stdout) as {
      result: { likeliest?: string };
    };
    expect(result.likeliest).not.toBe("origin-open");
    const { stdout } = await ill.run(`doctor ${FILE}`);
    expect(stdout).not.toContain("First, for origin-open");
    expect(stdout).not.toContain("Most likely: origin-open");
  });

  it("names no cause if there are only warnings about settings", () => {
    const finding = {
      id: "cookies-forwarded",
      severity: "warning",
      basis: "observed",
      message: "m",
    } as const;
    const snapshot = { answers: [], gateFindings: [{ ...finding, evidence: [] }] } as never as DoctorSnapshot;
    const { likeliest, rest } = diagnose({ ...snapshot, distribution: { enabled: true } as never });
    expect(likeliest).toBeUndefined();
    expect(rest.map(({ id }) => id)).toEqual(["cookies-forwarded"]);
  });
});

/** Causes a warning that denies nobody: no setting protects the gate's origin. */
const unguarded = (yaml: string) => yaml.replace(/^ *verificationHeader:.*\n/m, "");
