/** Cookies that a backend signs with another program pass or fail at the edge exactly as `decide` judges them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCookieHeader } from "../../../src/capture/read-cookie-header.ts";
import { decide } from "../../../src/edge/decide.ts";
import { verifierOf } from "../../../src/edge/trusted-key.ts";
import { readPublicKey } from "../../../src/keys/pem.ts";
import { needs } from "../../fakes/needs.ts";
import { type ProxySite, serveBackend, serveProxy } from "./proxy-site.ts";

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const RSA = "KRSAEXAMPLE001";
const EC = "KECEXAMPLE0002";

needs("openssl", "python3")("a backend that signs by itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-signers-"));
  const file = (name: string) => join(folder, name);
  let backend: Awaited<ReturnType<typeof serveBackend>>;
  let site: ProxySite;
  beforeAll(async () => {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
    openssl("genrsa", "-out", file("rsa.pem"), "2048");
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("ec.pem"));
    for (const name of ["rsa", "ec"]) {
      openssl("pkey", "-in", file(`${name}.pem`), "-pubout", "-out", file(`${name}.pub.pem`));
    }
    backend = await serveBackend((_, outgoing) => outgoing.end("reached"));
    const keys = [
      { id: RSA, pem: readFileSync(file("rsa.pub.pem"), "utf8") },
      { id: EC, pem: readFileSync(file("ec.pub.pem"), "utf8") },
    ];
    const publicKey = keys.map(({ id }) => `${file("rsa.pub.pem")}=${id}`);
    site = await serveProxy({ origin: [backend.url], protect: ["/api/*"], publicKey }, { keys });
  });
  afterAll(async () => {
    await site?.stop();
    await backend?.stop();
    rmSync(folder, { recursive: true });
  });

  /** The edge's answer, and `decide`'s verdict on the same cookies. */
  async function judged(cookie: string) {
    const url = `${site.proxy.urls.siteHttp}/api/x`;
    const trust = new Map(
      [[RSA, "rsa.pub.pem"] as const, [EC, "ec.pub.pem"] as const].map(([id, name]) => [
        id,
        verifierOf(readPublicKey(readFileSync(file(name)))),
      ]),
    );
    const request = { url, cookies: parseCookieHeader(cookie), ip: "127.0.0.1" };
    const verdict = decide(request, trust, Date.now() / 1000);
    const got = await site.get("/api/x", { headers: { cookie } });
    return { verdict, status: got.status, code: /<Code>(\w+)</.exec(got.body)?.[1] };
  }

  it("with python3-cryptography: edge and decide agree", async () => {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      id: RSA,
      key: file("rsa.pem"),
      resource: "*",
      until: now + 3600,
      hash: "SHA256",
      says: "SHA256",
    };
    const ec = { ...usual, id: EC, key: file("ec.pem") };
    const jobs: [job: object, code?: string][] = [
      [usual],
      [{ ...usual, hash: "SHA1", says: "" }],
      [ec],
      [{ ...ec, resource: `${site.proxy.urls.siteHttp}/api/*` }],
      [{ ...usual, says: "" }, "AccessDenied"],
      [{ ...usual, until: now - 1 }, "AccessDenied"],
      [{ ...ec, resource: "https://other.example/*" }, "AccessDenied"],
      [{ ...ec, id: RSA }, "AccessDenied"],
      [{ ...ec, id: "KUNKNOWN000003" }, "InvalidKey"],
    ];
    const input = JSON.stringify(jobs.map(([job]) => job));
    const cookies = JSON.parse(execFileSync("python3", [beside("sign.py")], { input, encoding: "utf8" }));
    for (const [at, [job, code]] of jobs.entries()) {
      const { verdict, ...answer } = await judged(cookies[at]);
      expect({ job, ...answer }).toEqual({ job, status: code ? 403 : 200, code });
      expect([verdict.allowed, verdict.code]).toEqual([code === undefined, code]);
    }
  });

  it("with openssl in a shell: edge and decide agree", async () => {
    const now = Math.floor(Date.now() / 1000);
    const rows: [args: string[], code?: string][] = [
      [[file("rsa.pem"), RSA, "*", String(now + 3600), "sha256"]],
      [[file("rsa.pem"), RSA, "http://*/api/*", String(now + 3600), "sha1"]],
      [[file("ec.pem"), EC, "*", String(now + 3600), "sha256"]],
      [[file("ec.pem"), EC, "*", String(now - 3600), "sha256"], "AccessDenied"],
      [[file("ec.pem"), RSA, "*", String(now + 3600), "sha256"], "AccessDenied"],
    ];
    for (const [args, code] of rows) {
      const cookie = execFileSync("sh", [beside("sign.sh"), ...args], { encoding: "utf8" });
      const { verdict, ...answer } = await judged(cookie);
      expect({ args, ...answer }).toEqual({ args, status: code ? 403 : 200, code });
      expect(verdict.allowed).toBe(code === undefined);
    }
  });
});
