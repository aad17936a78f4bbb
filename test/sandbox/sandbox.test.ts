/** The sandbox on its sockets, used with independent programs: openssl signs in a shell, curl sends the requests. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import type { KeyType } from "../../src/keys/key-pair.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { needs } from "../fakes/needs.ts";

const run = promisify(execFile);

/**
 * Signs in a shell, as in DG:private-content-linux-openssl, and sends the request with curl. Prints the status, then
 * the body.
 */
const SIGN_AND_ASK = String.raw`
set -e
encode() { openssl base64 -A | tr '+=/' '-_~'; }
policy='{"Statement":[{"Resource":"'$RESOURCE'","Condition":{"DateLessThan":{"AWS:EpochTime":'$EXPIRES'}}}]}'
signature=$(printf %s "$policy" | openssl dgst -"$DIGEST" -sign "$KEY" | encode)
cookies="CloudFront-Key-Pair-Id=$KEY_PAIR_ID; CloudFront-Signature=$signature"
if [ "$KIND" = canned ]; then cookies="$cookies; CloudFront-Expires=$EXPIRES"
else cookies="$cookies; CloudFront-Policy=$(printf %s "$policy" | encode)"; fi
if [ "$DIGEST" = sha256 ]; then cookies="$cookies; CloudFront-Hash-Algorithm=SHA256"; fi
if [ -n "$DAMAGE_BYTE" ]; then cookies=$(printf %s "$cookies" | sed 's/\(CloudFront-Signature=..........\)./\1'$DAMAGE_BYTE'/'); fi
curl -s --cacert "$CA" -w '\n%{http_code} %header{x-cache}' -H "Cookie: $cookies" "$URL"
`;

needs(
  "openssl",
  "curl",
  "sh",
)("cookies signed by openssl in a shell, sent by curl", () => {
  const sandboxes = new Map<KeyType, { sandbox: Sandbox; folder: string }>();
  beforeAll(async () => {
    for (const keyType of ["rsa-2048", "ecdsa-p256"] as const) {
      const sandbox = await startSandbox({
        clock: systemClock,
        random: systemRandom,
        keyPairs: cryptoKeyPairs,
        keyType,
      });
      const folder = mkdtempSync(join(tmpdir(), "keyturn-test-"));
      writeFileSync(join(folder, "ca.pem"), sandbox.certificate.caPem);
      writeFileSync(join(folder, "key.pem"), secretOf(sandbox).privateKey, { mode: 0o600 });
      sandboxes.set(keyType, { sandbox, folder });
    }
  });
  afterAll(async () => {
    for (const { sandbox, folder } of sandboxes.values()) {
      await sandbox.stop();
      rmSync(folder, { recursive: true });
    }
  });

  async function ask(keyType: KeyType, digest: string, kind: string, more: Record<string, string> = {}) {
    const { sandbox, folder } = sandboxes.get(keyType) as { sandbox: Sandbox; folder: string };
    const url = `${sandbox.urls.site}/media/film.txt`;
    const served = sandbox.originLog.counts.served;
    const { stdout } = await run("sh", ["-c", SIGN_AND_ASK], {
      env: {
        PATH: process.env.PATH,
        CA: join(folder, "ca.pem"),
        KEY: join(folder, "key.pem"),
        KEY_PAIR_ID: secretOf(sandbox).keyPairId,
        DIGEST: digest,
        KIND: kind,
        RESOURCE: kind === "canned" ? url : `${sandbox.urls.site}/media/*`,
        EXPIRES: String(Math.floor(Date.now() / 1000) + 600),
        URL: url,
        ...more,
      },
    });
    return { answer: stdout, originCalls: sandbox.originLog.counts.served - served };
  }

  test.each([
    ["rsa-2048", "sha1", "canned"],
    ["rsa-2048", "sha256", "custom"],
    ["ecdsa-p256", "sha1", "custom"],
    ["ecdsa-p256", "sha256", "canned"],
  ] as const)("%s with %s, %s policy: passes the edge", async (keyType, digest, kind) => {
    const { answer, originCalls } = await ask(keyType, digest, kind);
    expect(answer).toBe("A film, in words.\n\n200 Miss from cloudfront");
    expect(originCalls).toBe(1);
  });

  test("one changed byte of the signature gives 403 AccessDenied, and the origin is not called", async () => {
    // Try two bytes, because one of them may already have that value.
    const answers = [];
    for (const byte of ["A", "B"])
      answers.push(await ask("rsa-2048", "sha256", "custom", { DAMAGE_BYTE: byte }));
    const denied = answers.filter(({ answer }) => answer.includes("<Code>AccessDenied</Code>"));
    expect(denied.length).toBeGreaterThanOrEqual(1);
    for (const { answer, originCalls } of denied) {
      expect(answer).toMatch(/403 Error from cloudfront$/);
      expect(originCalls).toBe(0);
    }
  });

  test("expired cookies give 403 AccessDenied", async () => {
    const { answer } = await ask("rsa-2048", "sha256", "custom", { EXPIRES: "1700000000" });
    expect(answer).toContain("<Code>AccessDenied</Code>");
  });

  test("a request without cookies gives MissingKey over HTTPS and a redirect over HTTP, and the origin is not called", async () => {
    const { sandbox, folder } = sandboxes.get("rsa-2048") as { sandbox: Sandbox; folder: string };
    const before = sandbox.originLog.counts.calls;
    const { stdout } = await run("curl", [
      ...["-s", "-i", "--cacert", join(folder, "ca.pem")],
      `${sandbox.urls.site}/api/reports`,
    ]);
    expect(stdout).toMatch(/^HTTP\/1\.1 403 /);
    expect(stdout).toContain("\r\nserver: CloudFront\r\n");
    expect(stdout).toContain("<Code>MissingKey</Code>");
    const http = await run("curl", ["-s", "-i", `${sandbox.urls.siteHttp}/api/reports?x=1`]);
    expect(http.stdout).toMatch(/^HTTP\/1\.1 301 /);
    expect(http.stdout).toContain(`location: ${sandbox.urls.site}/api/reports?x=1\r\n`);
    expect(sandbox.originLog.counts.calls).toBe(before);
  });

  test("curl does not trust the edge without the sandbox's CA", async () => {
    const { sandbox } = sandboxes.get("rsa-2048") as { sandbox: Sandbox };
    await expect(run("curl", ["-s", sandbox.urls.site])).rejects.toMatchObject({ code: 60 });
  });
});

function secretOf({ account }: Sandbox): { keyPairId: string; privateKey: string } {
  return JSON.parse(account.secrets.text("demo/cloudfront-signing-key") ?? "{}");
}
