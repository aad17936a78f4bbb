import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readCapture } from "../../src/capture/read-capture.ts";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import { BAD_CASE_IDS } from "../../src/mint/bad-cases.ts";
import { COOKIE_FORMATS } from "../../src/mint/write.ts";
import { Sealed } from "../../src/sealed.ts";
import { type MemoryWorldOptions, memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { addKey, config, freshPair, type GateInAccount, gateInAccount, SECRET } from "./keys-account.ts";

const now = 1_800_000_000;
const pair = freshPair();
const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({
  type: "pkcs8",
  format: "pem",
});
const URL_ = "https://app.example.com/api/me";
const KEY = "--private-key key.pem --key-pair-id K2JCJMDEHXQW5F";

/** Flags for that many Resources of 2,600 bytes, each in a subfolder of the one before. */
const nested = (count: number) =>
  Array.from(
    { length: count },
    (_, depth) => `https://h.example/${"a/".repeat(depth)}*${"b".repeat(2600)}`,
  ).join(" --resource ");

/** An RSA key with one bit of its modulus flipped, which OpenSSL reads without complaint. */
function damagedRsaKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = privateKey.export({ type: "pkcs1", format: "der" });
  der.writeUInt8(der.readUInt8(40) ^ 0x10, 40);
  return `-----BEGIN RSA PRIVATE KEY-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END RSA PRIVATE KEY-----\n`;
}

function worldWithKey(options: MemoryWorldOptions = {}) {
  const world = memoryWorld({ now, ...options });
  world.files.put("key.pem", pem, 0o600);
  return world;
}
async function mint(flags: string, options: MemoryWorldOptions = {}) {
  const world = worldWithKey(options);
  return { world, ...(await runCommand(words(`keyturn mint ${flags}`), world)) };
}
const trust = new Map([["K2JCJMDEHXQW5F", verifierOf(createPublicKey(pair.privateKey))]]);
function verdictOn(output: string, url = URL_) {
  const [capture] = readCapture(output.trim(), now);
  const cookies = capture?.cookies.map(({ name, value }) => [name, value] as const) ?? [];
  return decide({ url: capture?.url ?? url, cookies, ip: "203.0.113.9" }, trust, now);
}

describe("mint with a key file", () => {
  it("prints one Cookie header, and on stderr what it allows and until when", async () => {
    const { stdout, stderr, exitCode } = await mint(`${URL_} ${KEY}`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^Cookie: CloudFront-Expires=1800003600; CloudFront-Signature=[\w~-]+; CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F; CloudFront-Hash-Algorithm=SHA256\n$/,
    );
    expect(stderr).toBe(
      `canned policy for ${URL_}, SHA256, key K2JCJMDEHXQW5F, ends 2027-01-15T09:00:00Z (in 1h)\n`,
    );
    expect(verdictOn(stdout)).toMatchObject({ allowed: true });
  });

  it.each(COOKIE_FORMATS.filter((format) => format !== "curl"))(
    "writes %s that the edge allows",
    async (format) => {
      const { stdout, exitCode } = await mint(`${URL_} ${KEY} --format ${format}`);
      expect(exitCode).toBe(0);
      expect(verdictOn(stdout)).toMatchObject({ allowed: true });
    },
  );

  it.each([
    "",
    "--resource 'https://app.example.com/*'",
    "--hash SHA1",
    "--bad expired",
    "--bad wrong-hash",
    "--count 3",
  ])("signs nothing with a damaged key (%s)", async (flags) => {
    const world = worldWithKey();
    world.files.put("damaged.pem", damagedRsaKey(), 0o600);
    const url = flags.includes("--resource") || flags.includes("--count") ? "" : URL_;
    const resource = flags.includes("--count") ? "--resource 'https://app.example.com/*'" : "";
    const key = "--private-key damaged.pem --key-pair-id K2JCJMDEHXQW5F";
    const line = `keyturn mint ${url} ${resource} ${flags} ${key}`.replaceAll("'", "").replace(/ +/g, " ");
    const { stdout, stderr, exitCode } = await runCommand(words(line), world);
    expect(stderr).toContain("error: the private key from damaged.pem is damaged");
    expect(stderr).toContain("openssl pkey -in damaged.pem -check -noout");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 3 });
  });

  it("signs nothing with a damaged key from a secret", async () => {
    const { world, account } = await gateInAccount();
    account.secrets.put(SECRET, JSON.stringify({ privateKey: damagedRsaKey(), keyPairId: "K2JCJMDEHXQW5F" }));
    const ran = await runCommand(words("keyturn mint --gate app --offline"), world);
    expect(ran.stderr).toContain(`error: the private key from the secret ${SECRET} is damaged`);
    expect([ran.stdout, ran.exitCode]).toEqual(["", 3]);
  });

  it("with --format curl writes its own jar and prints the command that reads it", async () => {
    const { stdout, stderr, world } = await mint(`${URL_} ${KEY} --format curl`, {
      env: { TMPDIR: "/run/me/" },
    });
    const jar = world.files.names().find((name) => name.endsWith(".jar")) as string;
    expect(jar).toMatch(/^\/run\/me\/keyturn-[0-9a-f]{16}\.jar$/);
    expect(stdout).toBe(`curl --globoff --cookie ${jar} ${URL_}\n`);
    expect(stderr).toContain(`rm ${jar}`);
    expect(readCapture(stdout, now)).toMatchObject([{ form: "curl", url: URL_, jarFiles: [jar] }]);
    expect(await world.files.mode(jar)).toBe(0o600);
    expect(verdictOn(world.files.text(jar))).toMatchObject({ allowed: true });
    expect(world.files.text(jar)).toContain("#HttpOnly_app.example.com\tFALSE\t/\tTRUE\t0\t");
  });

  it("with --output prints no value, and overwrites nothing", async () => {
    const { stdout, world } = await mint(`${URL_} ${KEY} --format jar --output out.jar`);
    expect(stdout).toBe("out.jar (0600, jar)\n");
    expect(await world.files.mode("out.jar")).toBe(0o600);
    expect(verdictOn(world.files.text("out.jar"))).toMatchObject({ allowed: true });
    const again = await runCommand(words(`keyturn mint ${URL_} ${KEY} --output out.jar`), world);
    expect([again.exitCode, again.stdout]).toEqual([3, ""]);
    expect(again.stderr).toContain("ERR_FILE_EXISTS");
  });

  it("with --json prints the values and what they allow, and with --output everything but the values", async () => {
    const { stdout } = await mint(
      `--resource https://app.example.com/* --not-before 1799999000 --ip 203.0.113.0/24 ${KEY} --json`,
    );
    const { result } = JSON.parse(stdout);
    expect(result.sets).toMatchObject([
      {
        resource: "https://app.example.com/*",
        policy: "custom",
        hash: "SHA256",
        keyPairId: "K2JCJMDEHXQW5F",
        expires: "2027-01-15T09:00:00Z",
        notBefore: "2027-01-15T07:43:20Z",
        ip: "203.0.113.0/24",
        path: "/",
      },
    ]);
    expect(verdictOn(JSON.stringify(result.sets[0].cookies))).toMatchObject({ allowed: true });
    const filed = JSON.parse((await mint(`${URL_} ${KEY} --output f --json`)).stdout);
    expect(filed.result).toMatchObject({ file: "f", sets: [{ url: URL_ }] });
    expect(JSON.stringify(filed)).not.toContain("Signature");
  });

  it.each([
    ["--ttl 15m", now + 900],
    ["--ttl 1h30m", now + 5400],
    ["--expires 1800000060", now + 60],
    ["--expires 2027-01-15T08:01:00Z", now + 60],
  ])("with %s sets the end %s", async (flags, end) => {
    const { stdout } = await mint(`${URL_} ${KEY} ${flags}`);
    expect(stdout).toContain(`CloudFront-Expires=${end};`);
  });

  it("signs a set for each Resource, with its own Path", async () => {
    const { stdout } = await mint(
      `--resource https://h.example/api/* --resource https://h.example/img/* ${KEY} --format set-cookie`,
    );
    const paths = [...stdout.matchAll(/CloudFront-Policy=.*?Path=([^;]+)/g)].map(([, path]) => path);
    expect(paths).toEqual(["/api/", "/img/"]);
  });

  it("masks the values first in GitHub Actions, even with --quiet", async () => {
    const env = { GITHUB_ACTIONS: "true" };
    const { stdout, stderr } = await mint(`--resource https://h.example/* ${KEY} --quiet`, { env });
    const cookies = Object.fromEntries(
      readCapture(stdout, now)[0]?.cookies.map(({ name, value }) => [name, value]) ?? [],
    );
    expect(stderr).toBe(
      `::add-mask::${cookies["CloudFront-Policy"]}\n::add-mask::${cookies["CloudFront-Signature"]}\n`,
    );
  });

  it("prints the same for --count with --json, because that is JSON already", async () => {
    const { stdout, exitCode } = await mint(`--resource https://app.example.com/* ${KEY} --count 3 --json`);
    const sets = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(sets.map((set) => Object.keys(set).length)).toEqual([4, 4, 4]);
    expect(exitCode).toBe(0);
  });

  it("prints as many different sets as --count, one JSON object per line", async () => {
    const { stdout } = await mint(`--resource https://app.example.com/* ${KEY} --count 130`);
    const lines = stdout.trimEnd().split("\n");
    expect(new Set(lines).size).toBe(130);
    for (const line of lines) expect(verdictOn(line)).toMatchObject({ allowed: true });
  });

  it("with --logout clears all five cookies where they were set, and prints what that does not do", async () => {
    const { stdout, stderr, exitCode } = await mint(`${URL_} --domain example.com --path / --logout ${KEY}`);
    expect(exitCode).toBe(0);
    expect(
      stdout.match(
        /^Set-Cookie: CloudFront-[\w-]+=; Domain=example.com; Path=\/; Max-Age=0; .*1970 00:00:00 GMT$/gm,
      ),
    ).toHaveLength(5);
    expect(stderr).toMatch(/does\s+not\s+revoke\s+copies/);
  });

  it.each(BAD_CASE_IDS)("with --bad %s makes a set that the edge denies", async (bad) => {
    const { stdout, stderr, exitCode } = await mint(`${URL_} ${KEY} --bad ${bad}`);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^deliberately bad/);
    expect(verdictOn(stdout)).toMatchObject({ allowed: false });
  });
});

describe("mint", () => {
  it.each([
    ["an end in the past", `${URL_} --expires 1799999999`, "already-expired"],
    ["a start after the end", `${URL_} --not-before 1800003601`, "start-after-end"],
    ["an IPv6 address", `${URL_} --ip ::1`, "ip-is-ipv6"],
    ["a reserved parameter name", `${URL_}?Policy=1`, "query-name-reserved"],
    ["a fragment", "--resource https://h/*#x", "resource-fragment"],
    ["no URL", "--resource h.example/*", "resource-not-a-url"],
    ["a signed URL that is too long", `${URL_}/${"a".repeat(8100)} --format url`, "signed-url-too-long"],
    ["a password in the URL", "https://ada:secret@h.example/a", "resource-user-info"],
    ["a URL without a path", "--resource https://h.example", "resource-without-path"],
    ["a Path that is a glob", `${URL_} --path /api/* --format set-cookie`, "cookie-path-wildcard"],
    ["a public suffix", `${URL_} --domain com --format set-cookie`, "cookie-domain-public-suffix"],
    ["another domain", `${URL_} --domain example.org --format jar`, "cookie-domain-mismatch"],
    [
      "SameSite=None over plain HTTP",
      "http://h.example/a --same-site None --format set-cookie",
      "cookie-none-without-secure",
    ],
  ])("refuses %s with a finding and exit code 1", async (_, flags, id) => {
    const { stdout, stderr, exitCode } = await mint(`${flags} ${KEY}`);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`error ${id}`);
  });

  it.each([
    ["*", "resource-lone-star"],
    ["http*://h.example/*", "resource-scheme-wildcard"],
    ["https://h.example/* --resource https://h.example/a/* --format set-cookie", "cookie-paths-overlap"],
    [`${nested(5)} --format set-cookie`, "headers-near-limit"],
    [`https://h.example/* https://h.example/${"a".repeat(7700)} --format url`, "signed-url-too-long"],
  ])("signs %.40s, with a warning", async (resource, id) => {
    const { stdout, stderr, exitCode } = await mint(`--resource ${resource} ${KEY}`);
    expect([exitCode, stdout === ""]).toEqual([1, false]);
    expect(stderr).toContain(`warning ${id}`);
  });

  it("has no warning about headers if few sets are sent together", async () => {
    const { stderr } = await mint(`--resource ${nested(3)} --format set-cookie ${KEY}`);
    expect(stderr).toContain("cookie-paths-overlap");
    expect(stderr).not.toContain("headers-near-limit");
  });

  it.each([
    [`${URL_}#top`, URL_],
    ["https://h.example", "https://h.example/"],
    ["https://h.example?a=1#top", "https://h.example/?a=1"],
  ])("signs the URL that the edge sees for %s", async (url, asked) => {
    const { stdout } = await mint(`${url} ${KEY}`);
    expect(verdictOn(stdout, asked)).toMatchObject({ allowed: true });
  });

  it.each(["set-cookie", "jar", "playwright"])(
    "signs a long URL as %s, because a canned set has no policy",
    async (format) => {
      const { stdout, exitCode } = await mint(`${URL_}/${"a".repeat(5000)} ${KEY} --format ${format}`);
      expect([exitCode, stdout === ""]).toEqual([0, false]);
    },
  );

  it.each([
    ["jar", "a Netscape cookie file cannot hold it", "--format set-cookie"],
    ["playwright", "Playwright needs the site of the embedding page", '"partitionKey": "https://'],
  ])("notes that the format %s loses Partitioned", async (format, why, instead) => {
    const { stdout, stderr, exitCode } = await mint(`${URL_} ${KEY} --partitioned --format ${format}`);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/partition/i);
    const told = stderr.replace(/\s+/g, " ");
    expect(told).toContain(`note cookie-partitioned-lost Partitioned is left out: ${why}`);
    expect(told).toContain(instead);
    const plain = await mint(`${URL_} ${KEY} --format ${format}`);
    expect(plain.stderr).not.toContain("Partitioned");
  });

  it.each(["set-cookie", "header"] as const)(
    "has no note about Partitioned as %s, which keeps all attributes or none",
    async (format) => {
      const { stdout, stderr } = await mint(`${URL_} ${KEY} --partitioned --format ${format}`);
      expect(stdout.includes("; Partitioned")).toBe(format === "set-cookie");
      expect(stderr).not.toContain("Partitioned");
    },
  );

  it.each([
    ["two expiry times", `${URL_} ${KEY} --ttl 1h --expires 1800000060`, "ERR_USAGE"],
    ["milliseconds", `${URL_} ${KEY} --expires 1800000060000`, "ERR_EPOCH_MILLISECONDS"],
    ["a number without a unit", `${URL_} ${KEY} --ttl 900`, "ERR_DURATION"],
    ["a number without a unit, and no gate", `${URL_} --ttl 900`, "ERR_DURATION"],
    ["an end that is not a time, and no gate", `${URL_} --expires soon`, "ERR_INSTANT"],
    ["a start that is not a time, and no gate", "--logout --not-before soon", "ERR_INSTANT"],
    ["no URL", `app.example.com/api/me ${KEY}`, "ERR_USAGE"],
    ["no URL, and no gate", "app.example.com/api/me", "ERR_USAGE"],
    ["two keys", `${URL_} ${KEY} --secret s`, "ERR_USAGE"],
    ["nothing to allow", KEY, "ERR_USAGE"],
    ["a profile without a gate", `${URL_} ${KEY} --cookie-profile p`, "ERR_CONFIG"],
    ["two Resources in one header", `--resource https://h/a/* --resource https://h/b/* ${KEY}`, "ERR_USAGE"],
    [
      "two Resources under one Path",
      `--resource https://h/a* --resource https://h/b* ${KEY} --format jar`,
      "ERR_USAGE",
    ],
    ["a signed URL without a URL", `--resource https://h/* ${KEY} --format url`, "ERR_USAGE"],
    ["a jar without a host", `--resource https://*/a ${KEY} --format jar`, "ERR_USAGE"],
    [
      "a jar whose name curl would read as a cookie",
      `${URL_} ${KEY} --format curl --output a=b`,
      "ERR_USAGE",
    ],
    ["a count of 0", `${URL_} ${KEY} --count 0`, "ERR_USAGE"],
    ["a count with --output", `${URL_} ${KEY} --count 2 --output f`, "ERR_USAGE"],
    ["a count with a start", `${URL_} ${KEY} --count 2 --not-before 1799999999`, "ERR_USAGE"],
    ["a logout as a jar", `${URL_} ${KEY} --logout --format jar`, "ERR_USAGE"],
    ["an unknown --bad case", `${URL_} ${KEY} --bad luck`, "ERR_USAGE"],
    ["a missing key pair ID", `${URL_} --private-key key.pem --offline`, "ERR_USAGE"],
  ])("refuses %s as a usage error", async (_, flags, code) => {
    const { stdout, stderr, exitCode } = await mint(flags);
    expect(stdout).toBe("");
    expect(stderr).toContain(`[${code}]`);
    expect(exitCode).toBe(code === "ERR_CONFIG" ? 3 : 2);
  });

  it.each([
    ["a quote", `${URL_}"x`, 3, "ERR_POLICY_UNSAFE"],
    ["a key that others can read", URL_, 4, "ERR_KEY_EXPOSED"],
    ["a key on another curve", URL_, 3, "ERR_KEY_KIND"],
  ])("refuses %s", async (what, url, exitCode, code) => {
    const world = worldWithKey();
    if (what.endsWith("read")) world.files.put("key.pem", pem, 0o644);
    if (what.endsWith("curve")) world.files.put("key.pem", p384, 0o600);
    const ran = await runCommand(words(`keyturn mint ${url} ${KEY}`), world);
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, ""]);
    expect(ran.stderr).toContain(`[${code}]`);
  });
});

describe("a key of a size that no key group accepts", () => {
  const rsa3072 = generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey;
  it.each([
    ["K2JCJMDEHXQW5F", 1],
    ["APKAEXAMPLEOFOLD1", 0],
  ])("signs for %s with exit code %i", async (id, exitCode) => {
    const world = memoryWorld({ now });
    world.files.put("big.pem", rsa3072.export({ type: "pkcs8", format: "pem" }) as string, 0o600);
    const ran = await runCommand(
      words(`mint ${URL_} --private-key big.pem --key-pair-id ${id} --offline`),
      world,
    );
    expect(ran.stdout).toMatch(/^Cookie: /);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr.includes("warning key-size")).toBe(exitCode === 1);
  });
});

describe("mint for a gate", () => {
  const inGate = async (flags: string, given?: GateInAccount) => {
    const gate = given ?? (await gateInAccount());
    return { ...gate, ...(await runCommand(words(`keyturn mint ${flags}`), gate.world)) };
  };

  it("uses the gate's key, ID, Resource, hash and lifetime", async () => {
    const { stdout, stderr, keyPairId, exitCode } = await inGate("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`CloudFront-Key-Pair-Id=${keyPairId}\n`);
    expect(stderr).toMatch(
      /^custom policy for https:\/\/app.example.com\/\*, SHA1, key K\w+, ends .* \(in 15m\)\n$/,
    );
  });

  it("uses the secret given on the command line", async () => {
    const { stdout, keyPairId } = await inGate(`${URL_} --secret ${SECRET}`);
    expect(stdout).toContain(`CloudFront-Key-Pair-Id=${keyPairId};`);
  });

  it.each([
    ["15m", 0],
    ["901s", 1],
  ])("caps the lifetime at the gate's maxTtl: with --ttl %s exits with %s", async (ttl, exitCode) => {
    expect((await inGate(`${URL_} --ttl ${ttl}`)).exitCode).toBe(exitCode);
  });

  it("uses a cookie profile, and suggests the name of one", async () => {
    const gate = await gateInAccount();
    const profile =
      "\n    cookieProfiles: { office: { resource: 'https://app.example.com/office/*', ttl: 5m, ip: 192.0.2.0/24 } }";
    gate.world.files.put("keyturn.yaml", config(gate.groupId) + profile);
    const { stderr } = await inGate("--cookie-profile office", gate);
    expect(stderr).toContain("custom policy for https://app.example.com/office/*");
    expect(stderr).toContain("(in 5m)");
    const unknown = await inGate("--cookie-profile offices", gate);
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      expect.stringContaining("--cookie-profile office"),
    ]);
    const inherited = await inGate("--cookie-profile constructor", gate);
    expect(inherited.stderr).toContain('has no cookie profile "constructor"');
  });

  it("finds a key file's ID in the account by its fingerprint", async () => {
    const gate = await gateInAccount();
    const keyPairId = addKey(gate.account, "mine", pair.publicKey);
    gate.world.files.put("key.pem", pem, 0o600);
    const { stdout } = await inGate(`${URL_} --private-key key.pem --profile p`, gate);
    expect(stdout).toContain(`CloudFront-Key-Pair-Id=${keyPairId};`);
  });

  it.each([
    ["of another key", (gate: GateInAccount) => gate.keyPairId],
    ["that the account does not know", () => "KNOBODYHASTHIS"],
  ])("refuses an ID %s, and does not check it with --offline", async (_, idOf) => {
    const gate = await gateInAccount();
    gate.world.files.put("key.pem", pem, 0o600);
    const flags = `${URL_} --private-key key.pem --key-pair-id ${idOf(gate)} --profile p`;
    const refused = await inGate(flags, gate);
    expect([refused.exitCode, refused.stdout]).toEqual([3, ""]);
    expect(refused.stderr).toContain("[ERR_KEY_MISMATCH]");
    expect((await inGate(`${flags} --offline`, gate)).exitCode).toBe(0);
  });

  it("signs with a note if the account does not answer", async () => {
    const gate = await gateInAccount({
      cloud: async () => ({
        status: 403,
        headers: [],
        body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
      }),
    });
    gate.world.files.put("key.pem", pem, 0o600);
    const ran = await inGate(`${URL_} ${KEY} --profile p`, gate);
    expect([ran.exitCode, ran.stdout.startsWith("Cookie: ")]).toEqual([0, true]);
    expect(ran.stderr).toContain("note key-pair-id-unchecked");
  });

  it("caps signed URLs at the gate's own limit for them", async () => {
    const gate = await gateInAccount();
    gate.world.files.put("keyturn.yaml", `${config(gate.groupId)}\n    signedUrls: { maxTtl: 5m }`);
    expect((await inGate(`${URL_} --ttl 5m --format url`, gate)).exitCode).toBe(0);
    const over = await inGate(`${URL_} --ttl 301s --format url`, gate);
    expect([over.exitCode, over.stderr]).toEqual([1, expect.stringContaining("error over-max-ttl")]);
  });

  it.each([
    ["PEM", (key: string) => ({ text: key })],
    ["binary DER", () => ({ binary: pair.privateKey.export({ type: "pkcs8", format: "der" }) })],
  ])("detects that a secret is %s", async (_, secretOf) => {
    const gate = await gateInAccount();
    const keyPairId = addKey(gate.account, "mine", pair.publicKey);
    const value = secretOf(pem);
    const { vault } = await gate.world.cloud({});
    const token = "0123456789abcdef0123456789abcdef";
    await vault.create(
      "plain/key",
      token,
      "text" in value ? { text: new Sealed(value.text) } : { binary: new Sealed(value.binary) },
    );
    const { stdout } = await inGate(`${URL_} --secret plain/key`, gate);
    expect(stdout).toContain(`CloudFront-Key-Pair-Id=${keyPairId};`);
  });

  it("uses no secret outside the gate's account", async () => {
    const gate = await gateInAccount();
    gate.world.files.put("keyturn.yaml", `${config(gate.groupId)}\n    account: '999999999999'`);
    const ran = await inGate("", gate);
    expect([ran.exitCode, ran.stdout]).toEqual([4, ""]);
    expect(ran.stderr).toContain("[ERR_ACCOUNT]");
  });

  it("does not query an account if none is given", async () => {
    // Without a cloud this world fails the test on any call to AWS.
    expect((await mint(`${URL_} ${KEY}`)).exitCode).toBe(0);
  });
});
