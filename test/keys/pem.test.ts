import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writePrivateKey, writePublicKey } from "../../src/keys/any-key.ts";
import { fingerprint, isSameKey } from "../../src/keys/fingerprint.ts";
import { canSign, describeKey, keyTypeOf, requireKeyType } from "../../src/keys/key-pair.ts";
import { readPrivateKey, readPublicKey } from "../../src/keys/pem.ts";
import { Sealed } from "../../src/sealed.ts";
import { needs } from "../fakes/needs.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1") =>
  key.export({ type, format: "pem" }) as string;

const forms: [string, string, KeyObject, string][] = [
  ["RSA in PKCS#8", pemOf(rsa.privateKey, "pkcs8"), rsa.publicKey, "pkcs8"],
  ["RSA in PKCS#1", pemOf(rsa.privateKey, "pkcs1"), rsa.publicKey, "pkcs1"],
  ["P-256 in PKCS#8", pemOf(ec.privateKey, "pkcs8"), ec.publicKey, "pkcs8"],
  ["P-256 in SEC1", pemOf(ec.privateKey, "sec1"), ec.publicKey, "sec1"],
];

describe("a private key", () => {
  const manglings: [string, (pem: string) => string, string[]][] = [
    ["as it is", (pem) => pem, []],
    ["with CRLF", (pem) => pem.replaceAll("\n", "\r\n"), []],
    ["without a last line break", (pem) => pem.trimEnd(), []],
    ["with text around it", (pem) => `Bag Attributes\n  x: y\n${pem}\nnotes`, []],
    ["with a byte order mark", (pem) => `\ufeff${pem}`, []],
    ["with escaped line breaks", (pem) => pem.replaceAll("\n", "\\n"), ["escaped-newlines"]],
    ["with escaped CRLF", (pem) => pem.replaceAll("\n", "\\r\\n"), ["escaped-newlines"]],
    ["in quotes", (pem) => `"${pem.trim()}"`, ["quotes"]],
    ["as a JSON string", (pem) => JSON.stringify(pem), ["quotes", "escaped-newlines"]],
    ["on one line, with spaces", (pem) => pem.replaceAll("\n", " "), ["line-breaks"]],
    ["on one line, without spaces", (pem) => pem.replaceAll("\n", ""), ["line-breaks"]],
    ["indented", (pem) => pem.replaceAll("\n", "\n    "), ["line-breaks"]],
    ["in base64 once more", (pem) => Buffer.from(pem).toString("base64"), ["base64-wrapped"]],
  ];
  const rows = forms.flatMap(([form, pem, publicKey, name]) =>
    manglings.map(([how, mangle, repaired]) => ({ form, how, text: mangle(pem), publicKey, name, repaired })),
  );

  it.each(rows)("$form is read $how", ({ text, publicKey, name, repaired }) => {
    for (const input of [text, Buffer.from(text)]) {
      const read = readPrivateKey(input);
      expect(isSameKey(read.privateKey, publicKey)).toBe(true);
      expect(read.repaired).toEqual(repaired);
      expect(read.form).toBe(name);
    }
  });

  it("is read from every DER format", () => {
    for (const [key, type] of [
      [rsa, "pkcs8"],
      [rsa, "pkcs1"],
      [ec, "pkcs8"],
      [ec, "sec1"],
    ] as const) {
      const { privateKey, form } = readPrivateKey(key.privateKey.export({ type, format: "der" }));
      expect([isSameKey(privateKey, key.publicKey), form]).toEqual([true, type]);
    }
  });

  it("is written in its original format, if its type allows that", () => {
    expect(writePrivateKey(rsa.privateKey, "pkcs1")).toBe(pemOf(rsa.privateKey, "pkcs1"));
    expect(writePrivateKey(ec.privateKey, "sec1")).toBe(pemOf(ec.privateKey, "sec1"));
    expect(writePrivateKey(ec.privateKey, "pkcs1")).toBe(pemOf(ec.privateKey, "pkcs8"));
    expect(writePrivateKey(rsa.privateKey)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it.each(["pkcs8", "pkcs1"] as const)("that is encrypted (%s) needs its passphrase", (type) => {
    const pem = rsa.privateKey.export({
      type,
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "open sesame",
    });
    const read = readPrivateKey(pem as string, new Sealed("open sesame"));
    expect(isSameKey(read.privateKey, rsa.publicKey)).toBe(true);
    expect(() => readPrivateKey(pem as string)).toThrow(code("ERR_PASSPHRASE"));
    expect(() => readPrivateKey(pem as string, new Sealed("open barley"))).toThrow(code("ERR_PASSPHRASE"));
  });

  const body = pemOf(rsa.privateKey, "pkcs8").split("\n")[1] as string;
  it.each([
    ["nothing", "", "this is empty"],
    ["prose", "this is no key", "no PEM block"],
    ["a public key", writePublicKey(rsa.publicKey), 'holds "PUBLIC KEY"'],
    [
      "OpenSSH's own format",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
      "OpenSSH",
    ],
    ["a megabyte of BEGIN lines", "-----BEGIN A-----".repeat(60_000), 'holds "A"'],
    ["a truncated block", pemOf(rsa.privateKey, "pkcs8").slice(0, 400), "PRIVATE KEY"],
    ["a damaged block", pemOf(rsa.privateKey, "pkcs8").replace(body, body.toLowerCase()), "PRIVATE KEY"],
    [
      "a block with another block's END line",
      `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PUBLIC KEY-----\n`,
      "PRIVATE KEY",
    ],
  ])("is refused if it is %s, without printing it", (_, text, message) => {
    let thrown: unknown;
    try {
      readPrivateKey(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "ERR_KEY_UNREADABLE", message: expect.stringContaining(message) });
    expect(`${(thrown as Error).stack} ${String((thrown as Error).cause)}`).not.toContain(body.slice(8, 40));
  });

  it("is refused among several different ones, but may be there twice", () => {
    const [one, other] = [pemOf(rsa.privateKey, "pkcs8"), pemOf(ec.privateKey, "sec1")];
    expect(() => readPrivateKey(`${one}${other}`)).toThrow(/a file of several private keys/);
    expect(() => readPrivateKey(`${other}${one}`)).toThrow(/a file of several private keys/);
    expect(readPrivateKey(`${one}${one}`).form).toBe("pkcs8");
  });

  it("is refused if the bytes are neither PEM nor DER", () => {
    expect(() => readPrivateKey(Uint8Array.of(0x30, 0x82, 0xff))).toThrow(code("ERR_KEY_UNREADABLE"));
  });
});

describe("a public key", () => {
  it("is read from SPKI, PKCS#1, DER and a private key's PEM", () => {
    const inputs = [
      writePublicKey(rsa.publicKey),
      writePublicKey(rsa.privateKey),
      `${writePublicKey(rsa.publicKey)}\n`,
      rsa.publicKey.export({ type: "pkcs1", format: "pem" }) as string,
      rsa.publicKey.export({ type: "spki", format: "der" }),
      pemOf(rsa.privateKey, "pkcs1"),
    ];
    for (const input of inputs) expect(fingerprint(readPublicKey(input))).toBe(fingerprint(rsa.publicKey));
  });

  it("is refused if it is not one", () => {
    expect(() => readPublicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")).toThrow(
      code("ERR_KEY_UNREADABLE"),
    );
    expect(() => readPublicKey("no key")).toThrow(code("ERR_KEY_UNREADABLE"));
  });
});

describe("a key's type, and whether it can sign, is recognized", () => {
  const kinds: [string, KeyObject, string | undefined, boolean][] = [
    ["RSA 2048", rsa.publicKey, "rsa-2048", true],
    ["EC prime256v1", ec.privateKey, "ecdsa-p256", true],
    ["RSA 1024", generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey, undefined, true],
    ["EC secp384r1", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey, undefined, false],
    ["ed25519", generateKeyPairSync("ed25519").privateKey, undefined, false],
    [
      "DSA 1024",
      generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey,
      undefined,
      false,
    ],
  ];

  it.each(kinds)("for %s", (described, key, type, isUsable) => {
    expect([describeKey(key), keyTypeOf(key), canSign(key)]).toEqual([described, type, isUsable]);
    if (type === undefined) expect(() => requireKeyType(key)).toThrow(code("ERR_KEY_KIND"));
    else expect(requireKeyType(key)).toBe(type);
  });
});

needs("openssl")("openssl", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-keys-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const file = (name: string) => readFileSync(join(folder, name), "utf8");

  it("generates keys and certificates that are read with the same fingerprint", () => {
    openssl("genrsa", "-traditional", "-out", "rsa.pem", "2048");
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "ec.pem");
    for (const name of ["rsa", "ec"]) {
      openssl("req", "-x509", "-key", `${name}.pem`, "-subj", "/CN=x", "-out", `${name}.crt`);
      openssl("pkey", "-in", `${name}.pem`, "-pubout", "-outform", "DER", "-out", `${name}.der`);
      const digest = openssl("dgst", "-sha256", "-binary", `${name}.der`).toString("base64").replace("=", "");
      // `ecparam -genkey` puts a parameter block in front of the key.
      expect(fingerprint(readPrivateKey(file(`${name}.pem`)).privateKey)).toBe(`SHA256:${digest}`);
      expect(fingerprint(readPublicKey(file(`${name}.crt`)))).toBe(`SHA256:${digest}`);
    }
  });

  it("reads the keys that we write", () => {
    writeFileSync(join(folder, "ours.pem"), writePrivateKey(ec.privateKey));
    writeFileSync(join(folder, "ours.pub"), writePublicKey(ec.privateKey));
    expect(openssl("pkey", "-in", "ours.pem", "-pubout").toString()).toBe(file("ours.pub"));
  });

  it("makes encrypted keys that we open with their passphrase", () => {
    openssl(
      "genpkey",
      "-algorithm",
      "RSA",
      "-pkeyopt",
      "rsa_keygen_bits:2048",
      "-aes256",
      "-pass",
      "pass:tide",
      "-out",
      "locked.pem",
    );
    expect(keyTypeOf(readPrivateKey(file("locked.pem"), new Sealed("tide")).privateKey)).toBe("rsa-2048");
  });
});
