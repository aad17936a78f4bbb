import { afterAll, describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { table } from "../../src/text/layout.ts";
import {
  addKey,
  currentKeyId,
  type FaultOptions,
  type ProbedSite,
  probedSite,
  putSecret,
  trustOnly,
  turnOn,
} from "./fault-site.ts";

interface Seeded extends FaultOptions {
  /** What is wrong: a switch of the sandbox, or a short description. */
  readonly fault: string;
  /** The first finding that the probe must report. */
  readonly finds: string;
  readonly line?: string;
  readonly seed?: (probed: ProbedSite) => void | Promise<void>;
  readonly exit?: number;
}

const MATRIX = "probe --http-port 8080";
const FLOW = "probe --flow --credentials guest.txt";
const oneSwitch = (fault: string, finds: string, line = MATRIX): Seeded => ({
  fault,
  finds,
  line,
  seed: ({ site }) => turnOn(site, fault),
});
const always = Number.POSITIVE_INFINITY;

const SEEDED: readonly Seeded[] = [
  // The edge's configuration.
  oneSwitch("error-page-same-status", "denial-masked"),
  oneSwitch("error-page-200", "denial-masked"),
  oneSwitch("behavior-unprotected", "unsigned-allowed"),
  oneSwitch("behavior-shadowed", "unsigned-allowed"),
  oneSwitch("http-allowed", "http-allowed"),
  oneSwitch("alias-missing", "refused-by-cloudfront"),
  oneSwitch("multi-tenant", "refused-by-cloudfront", `probe https://${DEMO.domainName}:8443/media/film.txt`),
  {
    ...oneSwitch("methods-narrowed", "method-not-allowed"),
    yaml: (yaml) =>
      yaml.replace("sample: /api/reports", "sample: /api/reports, methods: [GET, POST], safeMethods: [POST]"),
  },
  // Whatever is in front of the origin, and the origins themselves.
  oneSwitch("waf-block", "blocked-by-waf"),
  oneSwitch("geo-block", "blocked-by-geo"),
  oneSwitch("edge-function-403", "answered-by-function"),
  oneSwitch("cached-403", "refusal-from-cache"),
  oneSwitch("s3-403", "valid-refused-by-s3"),
  oneSwitch("api-gateway-403", "valid-refused-by-api-gateway"),
  oneSwitch("load-balancer-403", "valid-refused-by-load-balancer"),
  oneSwitch("origin-verification-skipped", "origin-open"),
  {
    fault: "the origin drops connections",
    finds: "origin-unreachable",
    seed: ({ site }) => void site.account.faults.order({ on: "origin", kind: "drop-before", times: always }),
  },
  {
    fault: "the origin answers 500",
    finds: "origin-fails",
    seed: ({ site }) => void site.account.faults.order({ on: "origin", kind: "error-before", times: always }),
  },
  {
    fault: "the edge drops connections",
    finds: "unreachable",
    exit: 6,
    line: "probe --routes /media/*",
    seed: ({ site }) => void site.account.faults.order({ on: "edge", kind: "drop-before", times: always }),
  },
  {
    fault: "the edge denies and calls the origin all the same",
    finds: "denied-but-origin-called",
    meddle: (site, request, answer) => {
      if (answer.status === 403)
        void site.handlers.origin({ ...forOrigin(request), target: "/media/film.txt" });
      return answer;
    },
  },
  {
    fault: "a proxy rewrites the codes of denials",
    finds: "denied-with-another-code",
    meddle: (_site, _request, answer) =>
      String(answer.body).includes("<Code>AccessDenied<")
        ? {
            ...answer,
            body: String(answer.body)
              .replace("AccessDenied", "InvalidKey")
              .replace("Access denied", "Unknown Key"),
          }
        : answer,
  },
  {
    fault: "the host leads past CloudFront",
    finds: "not-through-cloudfront",
    line: "probe http://127.0.0.1:8002/media/film.txt",
  },
  // Keys.
  {
    fault: "the gate's key is in no trusted group",
    finds: "valid-denied-invalid-key",
    seed: (probed) => trustOnly(probed, addKey(probed, "other.pem")),
  },
  {
    fault: "the secret names another key's id",
    finds: "valid-denied-access-denied",
    seed: async (probed) => {
      const other = addKey(probed, "other.pem");
      await trustOnly(probed, currentKeyId(probed), other);
      putSecret(probed, { keyPairId: other });
    },
  },
  {
    fault: "a retired key is still trusted",
    finds: "retired-key-allowed",
    line: "probe --retired-key old.pem=OLD",
    seed: (probed) => trustOnly(probed, currentKeyId(probed), addKey(probed, "old.pem")),
  },
  { fault: "the prober's clock is an hour behind", finds: "clock-behind", behind: 3600 },
  {
    fault: "cookies never reach the edge",
    finds: "valid-denied-missing-key",
    meddle: (_site, _request, answer) => (answer.status === 401 ? missingKey(answer) : answer),
    yaml: (yaml) => yaml.replace(/^ {6}- \{ pattern: \/media.*\n/m, ""),
  },
  // Settings that the gate declares but the edge does not have.
  {
    fault: "a public route is protected",
    finds: "public-route-denied",
    yaml: (yaml) =>
      yaml.replace("pattern: /media/*, layers: [edge, origin-verification]", "pattern: /media/*, layers: []"),
  },
  {
    fault: "a route that the application should guard is open",
    finds: "application-does-not-refuse",
    yaml: (yaml) =>
      yaml.replace(
        "pattern: /public/*, layers: [origin-verification]",
        "pattern: /public/*, layers: [application]",
      ),
  },
  {
    fault: "the edge guards what only the application should",
    finds: "edge-denies-application-route",
    yaml: (yaml) =>
      yaml.replace(
        "pattern: /api/*, layers: [edge, origin-verification, application]",
        "pattern: /api/*, layers: [application]",
      ),
  },
  // The login flow.
  oneSwitch("mint-secret-denied", "login-works-mint-fails", FLOW),
  oneSwitch("mint-kms-denied", "login-works-mint-fails", FLOW),
  oneSwitch("mint-bad-json", "login-works-mint-fails", FLOW),
  oneSwitch("mint-key-mismatch", "login-works-mint-fails", FLOW),
  oneSwitch("mint-rate-limited", "mint-rate-limited", FLOW),
  oneSwitch("mint-without-session", "mint-without-session", FLOW),
  oneSwitch("mint-other-host", "policy-host-differs", FLOW),
  oneSwitch("cookie-not-secure", "cookie-not-secure", FLOW),
  oneSwitch("cookie-not-http-only", "cookie-not-http-only", FLOW),
  oneSwitch("cookie-same-site-none", "cookie-same-site-differs", FLOW),
  oneSwitch("cookie-other-path", "cookie-path-mismatch", FLOW),
  oneSwitch("cookie-no-domain", "cookie-domain-differs", FLOW),
  oneSwitch("cookie-outlives-policy", "cookie-outlives-policy", FLOW),
  oneSwitch("cookie-ttl-doubled", "policy-outlives-gate", FLOW),
  oneSwitch("logout-forgets-signature", "logout-forgets-a-name", FLOW),
  oneSwitch("logout-other-path", "logout-clears-another-place", FLOW),
  oneSwitch("logout-other-domain", "logout-clears-another-place", FLOW),
  oneSwitch("authorization-missing", "authorization-missing", FLOW),
  {
    fault: "the test account's password is wrong",
    finds: "login-fails",
    line: "probe --flow --credentials stranger.txt",
  },
  {
    fault: "the gate looks for the token in the wrong place",
    finds: "login-without-token",
    line: FLOW,
    yaml: (yaml) => yaml.replace("tokenField: token", "tokenField: session.token"),
  },
  {
    fault: "a signer holds the key that it read before a rotation",
    finds: "cookie-key-pair-id-differs",
    line: FLOW,
    seed: async (probed) => {
      turnOn(probed.site, "signer-until-restart");
      // One run for each instance of the signer.
      await probed.run(FLOW);
      await probed.run(FLOW);
      const next = addKey(probed, "next.pem");
      await trustOnly(probed, currentKeyId(probed), next);
      putSecret(probed, { keyPairId: next, privateKey: probed.world.files.text("next.pem") });
    },
  },
  {
    fault: "nothing stops repeated mints",
    finds: "no-anti-abuse-limit",
    line: `${FLOW} --abuse 50`,
    site: { mintLimit: { count: 10_000, per: 1 } },
  },
];

const seen: string[][] = [["fault", "first finding", "exit", "of"]];

describe("each seeded fault is found, and reported first", () => {
  it.each(SEEDED)("$fault: $finds", async ({ fault, finds, line = MATRIX, seed, exit = 1, ...options }) => {
    const probed = await probedSite(options);
    await seed?.(probed);
    const old = /--retired-key (\S+)=OLD/.test(line) ? lastKeyId(probed) : "";
    const ran = await probed.run(`${line.replace("=OLD", `=${old}`)} --json`);
    const { findings } = JSON.parse(ran.stdout) as { findings: { id: string; severity: string }[] };
    seen.push([fault, findings[0]?.id ?? "none", String(ran.exitCode), String(findings.length)]);
    expect(findings[0]?.id).toBe(finds);
    expect(ran.exitCode).toBe(exit);
  });

  it("covers at least 30 of them", () => {
    expect(SEEDED.length).toBeGreaterThanOrEqual(30);
    expect(new Set(SEEDED.map(({ fault }) => fault)).size).toBe(SEEDED.length);
  });

  afterAll(() => {
    process.stdout.write(`\n${table(seen)}\n`);
  });
});

describe("a healthy site", () => {
  it("passes the whole matrix without a finding", async () => {
    const { run } = await probedSite();
    const ran = await run(`${MATRIX} --json`);
    const { findings, result } = JSON.parse(ran.stdout) as {
      findings: unknown[];
      result: { asked: number; planned: number };
    };
    expect(findings).toEqual([]);
    expect(result.asked).toBe(result.planned);
    expect(ran.exitCode).toBe(0);
  });
  it("passes the whole login flow without a finding", async () => {
    const { run } = await probedSite();
    const ran = await run(`${FLOW} --abuse 40 --remint --json`);
    const { findings, result } = JSON.parse(ran.stdout) as {
      findings: unknown[];
      result: { steps: { verdict: string }[] };
    };
    expect(findings).toEqual([]);
    expect(result.steps.map(({ verdict }) => verdict)).not.toContain("left");
    expect(ran.exitCode).toBe(0);
  });
  it.each(["error-page-200", "edge-function-403"])("is not blamed for the response of %s", async (fault) => {
    const { run, site } = await probedSite();
    turnOn(site, fault);
    const ran = await run(`${FLOW} --remint --json`);
    const { findings } = JSON.parse(ran.stdout) as { findings: { id: string }[] };
    const ids = findings.map(({ id }) => id);
    expect(ids).not.toContain("authorization-missing");
    expect(ids).not.toContain("expired-cookies-pass");
    expect(ran.exitCode).toBe(1);
  });
  it("may refuse plain HTTP instead of redirecting it", async () => {
    const { run, site } = await probedSite();
    turnOn(site, "http-refused");
    expect((await run(MATRIX)).exitCode).toBe(0);
  });
});

function lastKeyId({ site }: ProbedSite): string {
  return site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items.at(-1) as string;
}

function forOrigin({ method, headers }: { method: string; headers: readonly (readonly [string, string])[] }) {
  const lower = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    scheme: "http" as const,
    headers: lower,
    body: new Uint8Array(),
    remoteAddress: "127.0.0.1",
  };
}

function missingKey<Answer extends { body: unknown; headers: readonly (readonly [string, string])[] }>(
  answer: Answer,
) {
  const kept = answer.headers.filter(([name]) => !["content-type", "server", "x-cache"].includes(name));
  return {
    status: 403,
    headers: [
      ...kept,
      ["content-type", "text/xml"],
      ["server", "CloudFront"],
      ["x-cache", "Error from cloudfront"],
    ] as const,
    body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>',
  };
}
