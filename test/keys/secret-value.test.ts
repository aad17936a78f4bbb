import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isSameKey } from "../../src/keys/fingerprint.ts";
import type { SecretFormat } from "../../src/keys/gate-secret.ts";
import { keysInSecret } from "../../src/keys/keys-in-secret.ts";
import { parseSecretValue } from "../../src/keys/secret-value.ts";
import { Sealed } from "../../src/sealed.ts";
import type { SecretValue } from "../../src/seams/cloud.ts";

const old = generateKeyPairSync("rsa", { modulusLength: 2048 });
const next = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" = "pkcs8") =>
  key.export({ type, format: "pem" }) as string;
const sec1 = (key: KeyObject) => key.export({ type: "sec1", format: "pem" }) as string;
const secretOf = (format: SecretFormat) => ({
  id: "gate/signing",
  format,
  fields: { privateKey: "signing_key", keyPairId: "key_id" },
});
const text = (value: string): SecretValue => ({ text: new Sealed(value) });
const revealed = (value: SecretValue) => ("text" in value ? value.text.reveal() : value.binary.reveal());

describe("a gate's secret", () => {
  it("as JSON has key and ID, and keeps its other fields through a rotation", () => {
    const fields = {
      region: "eu",
      signing_key: pem(old.privateKey, "pkcs1"),
      key_id: "KOLD",
      nested: { a: [1] },
    };
    const read = parseSecretValue(text(JSON.stringify(fields)), secretOf("json"));
    expect(isSameKey(read.privateKey, old.publicKey)).toBe(true);
    expect(read.keyPairId).toBe("KOLD");
    const rendered = read.form.write({ privateKey: next.privateKey, keyPairId: "KNEW" });
    // PKCS#1 stays PKCS#1, because the signer may not read anything else. The order of the members stays too.
    const expected = { ...fields, signing_key: pem(next.privateKey, "pkcs1"), key_id: "KNEW" };
    expect(revealed(rendered)).toBe(JSON.stringify(expected));
  });

  it("as JSON has an empty ID, which counts as missing, until it is known", () => {
    const value = text(JSON.stringify({ signing_key: pem(old.privateKey), key_id: "KOLD" }));
    const draft = parseSecretValue(value, secretOf("json")).form.write({ privateKey: next.privateKey });
    expect(JSON.parse(revealed(draft) as string).key_id).toBe("");
    const read = parseSecretValue(draft, secretOf("json"));
    expect(read.keyPairId).toBeUndefined();
    const { privateKey } = next;
    const left = read.form.write({ privateKey, keyPairId: "KNEW" });
    expect(JSON.parse(revealed(left) as string).key_id).toBe("");
    const filled = read.form.write({ privateKey, keyPairId: "KNEW", fillsEmptyId: true });
    expect(JSON.parse(revealed(filled) as string).key_id).toBe("KNEW");
  });

  it("as properties keeps padding escaped", () => {
    // The DER of a P-256 key in SEC1 has 121 bytes, so its base64 is always padded.
    const value = (key: KeyObject) =>
      `cf.key=${sec1(key).trimEnd().replaceAll("=", "\\=").replaceAll("\n", "\\n")}\ncf.id=K\n`;
    const another = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const read = parseSecretValue(text(value(ec.privateKey)), secretOf("pem"));
    expect(read.form.words).toBe("SEC1 PEM");
    expect(revealed(read.form.write({ privateKey: another.privateKey }))).toBe(value(another.privateKey));
  });

  it("as a Kubernetes manifest has its ID in base64", () => {
    const base64 = (value: string) => Buffer.from(value).toString("base64");
    const manifest = (key: KeyObject, id: string) =>
      `kind: Secret\ndata:\n  key_id: ${base64(id)}\n  private.pem: ${base64(pem(key))}\n`;
    const value = text(manifest(old.privateKey, "K2JCJMDEHXQW5F"));
    const read = parseSecretValue(value, secretOf("pem"));
    expect(read.keyPairId).toBe("K2JCJMDEHXQW5F");
    const replaced = { keyPairId: "KNEWKEY1234567", formerIds: ["K2JCJMDEHXQW5F"] };
    expect(revealed(read.form.write({ privateKey: next.privateKey, ...replaced }))).toBe(
      manifest(next.privateKey, "KNEWKEY1234567"),
    );
    const [found] = keysInSecret(value);
    expect(found?.idField(["K2JCJMDEHXQW5F"])).toBe("key_id");
  });

  it("with Bag Attributes is read as just a key", () => {
    const value = `Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n${pem(old.privateKey)}`;
    expect(keysInSecret(text(value))[0]?.field).toBeUndefined();
  });

  it("with the key as a list of lines, or compressed, is refused with that reason", () => {
    const list = JSON.stringify({ signing_key: pem(old.privateKey).split("\n") });
    expect(() => parseSecretValue(text(list), secretOf("json"))).toThrow(/has a list in the field/);
    const gzip = gzipSync(pem(old.privateKey)).toString("base64");
    const compressed = JSON.stringify({ signing_key: gzip });
    expect(() => parseSecretValue(text(compressed), secretOf("json"))).toThrow(/base64 of gzip/);
  });

  it.each(["pem", "binary"] as const)("as %s is just the key", (format) => {
    const der = old.privateKey.export({ type: "pkcs1", format: "der" });
    const value: SecretValue =
      format === "pem" ? text(pem(old.privateKey, "pkcs1")) : { binary: new Sealed(der) };
    const read = parseSecretValue(value, secretOf(format));
    expect(read.keyPairId).toBeUndefined();
    const rendered = read.form.write({ privateKey: next.privateKey, keyPairId: "K" });
    const expected =
      format === "pem"
        ? pem(next.privateKey, "pkcs1")
        : next.privateKey.export({ type: "pkcs1", format: "der" });
    expect(revealed(rendered)).toEqual(expected);
    expect(isSameKey(parseSecretValue(rendered, secretOf(format)).privateKey, next.publicKey)).toBe(true);
  });

  it("as binary PEM stays PEM, and in PKCS#1 cannot contain a P-256 key, which a plan reports", () => {
    const value = { binary: new Sealed<Uint8Array>(Buffer.from(pem(old.privateKey, "pkcs1"))) };
    const { form } = parseSecretValue(value, secretOf("binary"));
    expect(Buffer.from(revealed(form.write({ privateKey: next.privateKey }))).toString()).toBe(
      pem(next.privateKey, "pkcs1"),
    );
    expect(form.obstacles("rsa-2048")).toEqual([]);
    expect(form.obstacles("ecdsa-p256")).toEqual([
      {
        message: 'holds the key as "RSA PRIVATE KEY" (PKCS#1), which cannot hold an EC key',
        rewrite: "--form pkcs8",
        keyType: "rsa-2048",
      },
    ]);
    expect(Buffer.from(revealed(form.write({ privateKey: ec.privateKey }))).toString()).toBe(
      pem(ec.privateKey),
    );
  });

  it("as SecretBinary may be JSON too, and stays binary", () => {
    const value = {
      binary: new Sealed<Uint8Array>(Buffer.from(JSON.stringify({ signing_key: pem(old.privateKey) }))),
    };
    const rendered = parseSecretValue(value, secretOf("json")).form.write({ privateKey: next.privateKey });
    expect(Buffer.from(revealed(rendered)).toString()).toBe(
      JSON.stringify({ signing_key: pem(next.privateKey) }),
    );
    expect("binary" in rendered).toBe(true);
  });

  it.each([
    ["something other than JSON", text("tide-and-time"), "json", "is not a JSON object"],
    ["a JSON list", text("[1]"), "json", "is not a JSON object"],
    ["another field name", text('{"privateKey":"tide-and-time"}'), "json", 'no text field "signing_key"'],
    ["a field that is a number", text('{"signing_key":5}'), "json", 'no text field "signing_key"'],
    [
      "an ID that is a number",
      text(`{"signing_key":"x","key_id":5}`),
      "json",
      'a field "key_id" that is not text',
    ],
    [
      "a field that is not a key",
      text('{"signing_key":"tide-and-time"}'),
      "json",
      "does not hold a readable private key",
    ],
    [
      "just the key, for JSON",
      text("-----BEGIN PRIVATE KEY-----tide-and-time"),
      "json",
      "is only the key, but the gate declares `format: json`",
    ],
    [
      "JSON for PEM, whose fields a rotation would lose",
      text(JSON.stringify({ signing_key: pem(old.privateKey), issuer: "tide-and-time" })),
      "pem",
      "is a JSON object, but the gate declares `format: pem`",
    ],
    [
      "JSON for binary",
      { binary: new Sealed(Buffer.from(JSON.stringify({ signing_key: pem(old.privateKey) }))) },
      "binary",
      "is a JSON object, but the gate declares `format: binary`",
    ],
    ["text that is not a key", text("tide-and-time"), "pem", "does not hold a readable private key"],
    [
      "text for binary",
      text("tide-and-time"),
      "binary",
      "holds text, but the gate declares `format: binary`",
    ],
    [
      "binary for JSON",
      { binary: new Sealed(Buffer.from("tide-and-time")) },
      "json",
      "is binary, but the gate declares",
    ],
    [
      "binary that is not a key",
      { binary: new Sealed(Uint8Array.of(0x30, 0xff)) },
      "binary",
      "does not hold",
    ],
  ] as [string, SecretValue, SecretFormat, string][])(
    "with %s is refused, without printing its content",
    (_, value, format, message) => {
      let thrown: Error | undefined;
      try {
        parseSecretValue(value, secretOf(format));
      } catch (error) {
        thrown = error as Error;
      }
      expect(thrown).toMatchObject({ code: "ERR_SECRET_FORMAT", message: expect.stringContaining(message) });
      expect(thrown?.message).toContain("gate/signing");
      const everything = [thrown, thrown?.cause].map(
        (each) => `${(each as Error)?.message} ${(each as Error)?.stack}`,
      );
      expect(everything.join()).not.toContain("tide-and-time");
    },
  );
});
