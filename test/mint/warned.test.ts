/** What `mint` refuses or warns about, and the formats for players, which are read back and allowed by the edge. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { NOW } from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const PUB = publicKey.export({ type: "spki", format: "pem" }) as string;
const PAGE = "https://cdn.example.com/v/a.mp4";

async function mint(...flags: string[]) {
  const world = memoryWorld({ now: NOW, files: { "key.pub.pem": PUB } });
  world.files.put("key.pem", PEM, 0o600);
  const ran = await runCommand(["mint", ...flags, "--private-key", "key.pem", "--offline"], world);
  return { ...ran, world };
}
const ID = ["--key-pair-id", "K2JCJMDEHXQW5F"];

describe("a key pair ID", () => {
  it.each([
    "undefined",
    "null",
    "",
    '"K2JCJMDEHXQW5F"',
    "K2JCJMDEHXQW5F\n",
    "a1b2c3d4-5678-90ab-cdef-1234567890ab",
    "E1ABCDEF2GHIJ",
    "AKIAIOSFODNN7EXAMPLE",
    "arn:aws:cloudfront::1:public-key/K2",
    "123456789012",
  ])("is refused as %j", async (id) => {
    const { exitCode, stdout, stderr } = await mint(PAGE, "--key-pair-id", id);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: the given key pair ID is /);
  });
  it.each(["my-signing-key", "YOUR_KEY_PAIR_ID", "changeme", "KXXXXXXXXXXXXX", "web_key"])(
    "is accepted with a warning as %s",
    async (id) => {
      const { exitCode, stderr } = await mint(PAGE, "--key-pair-id", id);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("key-pair-id-doubtful");
    },
  );
  it.each(["K2JCJMDEHXQW5F", "K1TESTKEY", "K2ECDSATEST", "APKAJEXAMPLE1234ABCD", "K36X4X2EO997HM"])(
    "is accepted as %s",
    async (id) => {
      expect((await mint(PAGE, "--key-pair-id", id)).exitCode).toBe(0);
    },
  );
});

describe("mint, for cookies that no request could use,", () => {
  it.each([
    "127.0.0.1/32",
    "10.0.0.0/8",
    "192.168.1.4/32",
    "172.16.0.1/32",
    "169.254.1.1/32",
    "203.0.113.9/32",
  ])("warns about --ip %s", async (ip) => {
    const { exitCode, stderr } = await mint(PAGE, ...ID, "--ip", ip);
    expect([exitCode, stderr.includes("ip-no-viewer")]).toEqual([1, true]);
  });
  it.each(["0.0.0.0/0", "8.8.8.8/32", "172.32.0.0/16", "100.128.0.1/32", "9.0.0.0/8"])(
    "does not warn about --ip %s",
    async (ip) => {
      expect((await mint(PAGE, ...ID, "--ip", ip)).exitCode).toBe(0);
    },
  );
  it.each([
    "https://bucket.s3.amazonaws.com/a",
    "https://bucket.s3.eu-west-1.amazonaws.com/a",
    "https://s3.eu-west-1.amazonaws.com/bucket/a",
    "http://bucket.s3-website.eu-central-1.amazonaws.com/a",
    "https://bucket.s3-website-us-east-1.amazonaws.com/a",
    "https://bucket.s3.dualstack.us-west-2.amazonaws.com/a",
  ])("warns about %s", async (url) => {
    const { exitCode, stderr } = await mint(url, ...ID);
    expect([exitCode, stderr.includes("host-is-s3")]).toEqual([1, true]);
  });
  it.each([
    "https://s3.example.com/a",
    "https://d111111abcdef8.cloudfront.net/a",
    "https://cdn.example.com/s3.amazonaws.com/a",
  ])("does not warn about %s", async (url) => {
    expect((await mint(url, ...ID)).exitCode).toBe(0);
  });
});

describe("a format for players", () => {
  it.each(["ffmpeg", "headers-json", "httpie", "header", "json"])(
    "%s is read back, and allowed",
    async (format) => {
      const { stdout } = await mint(PAGE, ...ID, "--format", format);
      const world = memoryWorld({ now: NOW, files: { "key.pub.pem": PUB }, stdin: stdout });
      const flags = format === "ffmpeg" ? [] : ["--url", PAGE];
      const read = await runCommand(
        ["inspect", "-", "--public-key", "key.pub.pem=K2JCJMDEHXQW5F", ...flags, "--json"],
        world,
      );
      expect(JSON.parse(read.stdout).result.verdict).toBe("allow");
    },
  );
  it("ends ffmpeg's header with CRLF, quoted for bash", async () => {
    const { stdout } = await mint(PAGE, ...ID, "--format", "ffmpeg");
    expect(stdout).toMatch(
      /^ffmpeg -headers \$'Cookie: CloudFront-[^']*\\r\\n' -i https:\/\/cdn\.example\.com\/v\/a\.mp4\n$/,
    );
  });
  it("as a signed URL includes the attachment's name in what is signed", async () => {
    const { stdout } = await mint(PAGE, ...ID, "--format", "url", "--attachment", "Mein Film (1).mp4");
    expect(stdout).toContain(
      "?response-content-disposition=attachment%3B%20filename%3D%22Mein%20Film%20%281%29.mp4%22&",
    );
    const world = memoryWorld({ now: NOW, files: { "key.pub.pem": PUB }, stdin: stdout });
    const read = await runCommand(
      ["inspect", "-", "--public-key", "key.pub.pem=K2JCJMDEHXQW5F", "--json"],
      world,
    );
    expect(JSON.parse(read.stdout).result.verdict).toBe("allow");
  });
  it("requires one URL for ffmpeg and for an attachment", async () => {
    expect(
      (await mint("--resource", "https://cdn.example.com/*", ...ID, "--format", "ffmpeg")).exitCode,
    ).toBe(2);
    expect(
      (await mint("--resource", "https://cdn.example.com/*", ...ID, "--attachment", "a.txt")).exitCode,
    ).toBe(2);
  });
});
