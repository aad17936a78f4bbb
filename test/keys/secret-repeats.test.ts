/** Copies of the key's ID or public half in a secret: rewritten if their format is known, otherwise reported as stale. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import type { SecretFormat } from "../../src/keys/gate-secret.ts";
import { parseSecretValue } from "../../src/keys/secret-value.ts";
import { Sealed } from "../../src/sealed.ts";

const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const [old, next, other] = [rsa(), rsa(), rsa()];
const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;
const spki = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "der" });
const spkiPem = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "pem" }) as string;
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString("base64");
const digest = (key: KeyObject, hash: string) => createHash(hash).update(spki(key)).digest();
const jwk = (key: KeyObject) => createPublicKey(key).export({ format: "jwk" });

/** Generates keys until one fits: a quarter of all 43-character texts has neither `+` nor `/`. */
function keyThat(fits: (key: KeyObject) => boolean): KeyObject {
  for (;;) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    if (fits(privateKey)) return privateKey;
  }
}

const [OLD, NEW] = ["K2JCJMDEHXQW5F", "K36X4X2EO997HM"];

function rewrite(
  value: string,
  format: SecretFormat,
  fields = { privateKey: "key", keyPairId: "id" },
  to = next,
): string {
  const { form } = parseSecretValue({ text: new Sealed(value) }, { id: "web/key", format, fields });
  const written = form.write({ privateKey: to, keyPairId: NEW, formerIds: [OLD] });
  return "text" in written ? written.text.reveal() : "";
}
const staleIn = (value: string, format: SecretFormat = "json") =>
  parseSecretValue(
    { text: new Sealed(value) },
    { id: "web/key", format, fields: { privateKey: "key", keyPairId: "id" } },
  ).form.stale("rsa-2048");

describe("when the key in a secret is replaced,", () => {
  const members: [string, (key: KeyObject) => unknown][] = [
    ["the public key as PEM", spkiPem],
    ["the public key as PKCS#1 PEM", (key) => createPublicKey(key).export({ type: "pkcs1", format: "pem" })],
    ["the public key as PEM in base64", (key) => base64(spkiPem(key))],
    ["the public key as DER in base64", (key) => base64(spki(key))],
    ["the public key as DER in hexadecimal", (key) => spki(key).toString("hex")],
    [
      "the fingerprint as keyturn writes it",
      (key) => `SHA256:${digest(key, "sha256").toString("base64").replace(/=+$/, "")}`,
    ],
    ["a SHA-256 in hexadecimal", (key) => digest(key, "sha256").toString("hex")],
    [
      "a SHA-1 with colons",
      (key) =>
        digest(key, "sha1")
          .toString("hex")
          .replace(/(..)(?!$)/g, "$1:")
          .toUpperCase(),
    ],
    ["a JWK", jwk],
    ["its modulus in hexadecimal", (key) => Buffer.from(jwk(key).n ?? "", "base64url").toString("hex")],
    ["JSON in a string", (key) => JSON.stringify({ pub: spkiPem(key) })],
    ["a second copy of the private key", (key) => base64(pem(key))],
  ];
  it.each(members)("%s is rewritten, and every other byte stays", (_, of) => {
    const value = (key: KeyObject, id: string) =>
      `{ "about" : ${JSON.stringify(of(key))},\n  "key": ${JSON.stringify(pem(key))}, "id":"${id}", "n": 1.50 }`;
    expect(rewrite(value(old, OLD), "json")).toBe(value(next, NEW));
    expect(staleIn(value(old, OLD))).toEqual([]);
  });

  it.each<[string, string, (key: KeyObject) => string]>([
    ["a digest", "base64", (key) => digest(key, "sha256").toString("base64url")],
    ["a number of a JSON Web Key", "base64url", (key) => jwk(key).x as string],
  ])("%s whose base64 alphabet is unknown is rewritten in %s", (_, encoding, of) => {
    const shows = (key: KeyObject) => /[-_]/.test(of(key));
    const [from, to] = [keyThat((key) => !shows(key)), keyThat(shows)];
    const value = (key: KeyObject) => JSON.stringify({ about: of(key), key: pem(key) });
    const expected = JSON.stringify({
      about: Buffer.from(of(to), "base64url")
        .toString(encoding as BufferEncoding)
        .replace(/=+$/, ""),
      key: pem(to),
    });
    expect(rewrite(value(from), "json", undefined, to)).toBe(expected);
  });

  it("a number of a JSON Web Key is written without padding", { timeout: 120_000 }, () => {
    // In base64, 384 bytes need no padding, but 256 do.
    const { privateKey: from } = generateKeyPairSync("rsa", { modulusLength: 3072 });
    const value = (key: KeyObject) => JSON.stringify({ about: jwk(key).n, key: pem(key) });
    expect(rewrite(value(from), "json")).toBe(value(next));
  });

  it.each(members)("%s of another key stays", (_, of) => {
    const value = (key: KeyObject) => JSON.stringify({ about: of(other), key: pem(key) });
    expect(rewrite(value(old), "json")).toBe(value(next));
  });

  it("the ID is rewritten in any member, alone or inside a text, and other IDs stay", () => {
    const value = (key: KeyObject, id: string) =>
      JSON.stringify({
        key: pem(key),
        cf: { KeyPairId: id, before: "K1111111111111" },
        url: `https://x/?Key-Pair-Id=${id}&a=1`,
      });
    expect(rewrite(value(old, OLD), "json")).toBe(value(next, NEW));
  });

  it("the ID and the public key in .env lines are rewritten, and every other line stays", () => {
    const value = (key: KeyObject, id: string) =>
      [
        "# edge cookies",
        "export DATABASE_URL='postgres://tide:time@db/x'",
        `CF_KEY_PAIR_ID="${id}"`,
        `CF_PRIVATE_KEY="${pem(key).replaceAll("\n", "\\n")}"`,
        `CF_PUBLIC_KEY=${base64(spkiPem(key))}`,
        "LEVEL=5\r\n",
      ].join("\n");
    const fields = { privateKey: "CF_PRIVATE_KEY", keyPairId: "CF_KEY_PAIR_ID" };
    expect(rewrite(value(old, OLD), "pem", fields)).toBe(value(next, NEW));
    expect(rewrite(value(old, "KSHORT"), "pem", fields)).toBe(value(next, NEW));
    const read = parseSecretValue({ text: new Sealed(value(old, OLD)) }, { id: "x", format: "pem", fields });
    expect(read.keyPairId).toBe(OLD);
  });

  it("both halves are rewritten in YAML and in a bundle of PEM blocks", () => {
    const indented = (text: string) => text.trimEnd().replace(/^/gm, "    ");
    const yaml = (key: KeyObject, id: string) =>
      `edge:\n  id: ${id}\n  private: |\n${indented(pem(key))}\n  public: |\n${indented(spkiPem(key))}\nother: [1, 2]\n`;
    expect(rewrite(yaml(old, OLD), "pem")).toBe(yaml(next, NEW));
    const bundle = (key: KeyObject) => `${spkiPem(key)}\n${pem(key)}# end`;
    expect(rewrite(bundle(old), "pem")).toBe(bundle(next));
  });

  it("a private JWK is written as a JWK", () => {
    const value = (key: KeyObject) =>
      JSON.stringify({ key: { use: "sig", ...key.export({ format: "jwk" }) }, id: "" });
    expect(rewrite(value(old), "json")).toBe(value(next));
  });

  it("a certificate of the key is not rewritten, and its field is reported as stale", () => {
    const value = JSON.stringify({
      key: pem(old),
      tls: { cert: certificateOf(old), ca: certificateOf(other) },
    });
    expect(staleIn(value)).toEqual([{ field: "tls.cert", what: "a certificate of it" }]);
    expect(staleIn(`${pem(old)}${certificateOf(old)}`, "pem")).toEqual([
      { field: "CERTIFICATE", what: "a certificate of it" },
    ]);
    const der = certificateOf(old).replace(/-----.*-----|\s/g, "");
    expect(staleIn(JSON.stringify({ key: pem(old), der }))).toEqual([
      { field: "der", what: "its public half" },
    ]);
  });
});

describe("a value that cannot be written back", () => {
  const obstacles = (value: string, format: SecretFormat = "json") =>
    parseSecretValue(
      { text: new Sealed(value) },
      { id: "web/key", format, fields: { privateKey: "key", keyPairId: "id" } },
    ).form.obstacles("rsa-2048");

  it("may be a JSON object with a member twice, at any depth", () => {
    expect(obstacles(`{"key":${JSON.stringify(pem(old))},"a":{"b":1,"b":2}}`)).toEqual([
      {
        message: 'has the member "a.b" twice: readers disagree about which one counts',
        rewrite: "--duplicates last",
      },
    ]);
  });

  it("may be a PEM with lines of irregular length", () => {
    const ragged = pem(old).replace(/\n(.{10})/, "\n$1\n");
    expect(obstacles(ragged, "pem")[0]?.message).toContain("irregular width");
  });

  it("may have several private keys, none of them selected", () => {
    const value = { text: new Sealed(`A=${base64(pem(old))}\nB=${base64(pem(other))}\n`) };
    const read = (privateKey: string) =>
      parseSecretValue(value, { id: "web/key", format: "pem", fields: { privateKey, keyPairId: "id" } });
    expect(() => read("key")).toThrow("several private keys");
    expect(read("B").privateKey.equals(other)).toBe(true);
  });

  it("may be JSON nested deeper than 100 levels, which is refused without a crash", () => {
    const deep = `{"key":${JSON.stringify(pem(old))},"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    expect(() => obstacles(deep)).toThrow("nested deeper than 100");
  });
});

function certificateOf(key: KeyObject): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(spkiPem(key));
  certificate.serialNumber = "01";
  certificate.validity.notAfter = new Date("2040-01-01");
  certificate.setSubject([{ name: "commonName", value: "x" }]);
  certificate.setIssuer([{ name: "commonName", value: "x" }]);
  certificate.sign(forge.pki.privateKeyFromPem(pem(key)), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
