import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SecretFormat } from "../../src/gates/gate.ts";
import { isSameKey } from "../../src/keys/fingerprint.ts";
import { parseSecretValue, renderSecretValue } from "../../src/keys/secret-value.ts";
import { Sealed } from "../../src/sealed.ts";
import type { SecretValue } from "../../src/seams.ts";

const old = generateKeyPairSync("rsa", { modulusLength: 2048 });
const next = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" = "pkcs8") =>
  key.export({ type, format: "pem" }) as string;
const secretOf = (format: SecretFormat) => ({
  id: "gate/signing",
  format,
  fields: { privateKey: "signing_key", keyPairId: "key_id" },
});
const text = (value: string): SecretValue => ({ text: new Sealed(value) });
const revealed = (value: SecretValue) => ("text" in value ? value.text.reveal() : value.binary.reveal());

describe("a gate's secret", () => {
  it("as JSON gives key and id, and keeps its other fields through a rotation", () => {
    const fields = {
      region: "eu",
      signing_key: pem(old.privateKey, "pkcs1"),
      key_id: "KOLD",
      nested: { a: [1] },
    };
    const read = parseSecretValue(text(JSON.stringify(fields)), secretOf("json"));
    expect(isSameKey(read.privateKey, old.publicKey)).toBe(true);
    expect(read.keyPairId).toBe("KOLD");
    const { keep } = read;
    const rendered = renderSecretValue(secretOf("json"), {
      privateKey: next.privateKey,
      keyPairId: "KNEW",
      keep,
    });
    expect(JSON.parse(revealed(rendered) as string)).toEqual({
      region: "eu",
      nested: { a: [1] },
      // PKCS#1 before, PKCS#1 after: a signer may read nothing else.
      signing_key: pem(next.privateKey, "pkcs1"),
      key_id: "KNEW",
    });
  });

  it("as JSON leaves the id out until it is known", () => {
    const { keep } = parseSecretValue(
      text(JSON.stringify({ signing_key: pem(old.privateKey) })),
      secretOf("json"),
    );
    const rendered = renderSecretValue(secretOf("json"), { privateKey: next.privateKey, keep });
    expect(Object.keys(JSON.parse(revealed(rendered) as string))).toEqual(["signing_key"]);
  });

  it.each(["pem", "binary"] as const)("as %s is the key alone", (format) => {
    const der = old.privateKey.export({ type: "pkcs1", format: "der" });
    const value: SecretValue =
      format === "pem" ? text(pem(old.privateKey, "pkcs1")) : { binary: new Sealed(der) };
    const read = parseSecretValue(value, secretOf(format));
    expect(read.keyPairId).toBeUndefined();
    const rendered = renderSecretValue(secretOf(format), {
      privateKey: next.privateKey,
      keyPairId: "K",
      keep: read.keep,
    });
    const expected =
      format === "pem"
        ? pem(next.privateKey, "pkcs1")
        : next.privateKey.export({ type: "pkcs1", format: "der" });
    expect(revealed(rendered)).toEqual(expected);
    expect(isSameKey(parseSecretValue(rendered, secretOf(format)).privateKey, next.publicKey)).toBe(true);
  });

  it("as binary PEM stays PEM, and a key of the other type falls back to PKCS#8", () => {
    const read = parseSecretValue(
      { binary: new Sealed(Buffer.from(pem(old.privateKey, "pkcs1"))) },
      secretOf("binary"),
    );
    const rendered = renderSecretValue(secretOf("binary"), { privateKey: ec.privateKey, keep: read.keep });
    expect(Buffer.from(revealed(rendered)).toString()).toBe(pem(ec.privateKey));
  });

  it.each([
    ["no JSON", text("tide-and-time"), "json", "is not a JSON object"],
    ["a JSON list", text("[1]"), "json", "is not a JSON object"],
    ["another field name", text('{"privateKey":"tide-and-time"}'), "json", 'no text field "signing_key"'],
    ["a field that is a number", text('{"signing_key":5}'), "json", 'no text field "signing_key"'],
    [
      "an id that is a number",
      text(`{"signing_key":"x","key_id":5}`),
      "json",
      'a field "key_id" that is not text',
    ],
    [
      "a field that is no key",
      text('{"signing_key":"tide-and-time"}'),
      "json",
      "does not hold a readable private key",
    ],
    [
      "the key alone, for JSON",
      text("-----BEGIN PRIVATE KEY-----tide-and-time"),
      "json",
      "is the key alone, but the gate says `format: json`",
    ],
    [
      "JSON for PEM, whose fields a rotation would lose",
      text(JSON.stringify({ signing_key: pem(old.privateKey), issuer: "tide-and-time" })),
      "pem",
      "is a JSON object, but the gate says `format: pem`",
    ],
    [
      "JSON for binary",
      { binary: new Sealed(Buffer.from(JSON.stringify({ signing_key: pem(old.privateKey) }))) },
      "binary",
      "is a JSON object, but the gate says `format: binary`",
    ],
    ["text that is no key", text("tide-and-time"), "pem", "does not hold a readable private key"],
    ["text for binary", text("tide-and-time"), "binary", "holds text, but the gate says `format: binary`"],
    [
      "binary for JSON",
      { binary: new Sealed(Buffer.from("tide-and-time")) },
      "json",
      "is binary, but the gate says",
    ],
    ["binary that is no key", { binary: new Sealed(Uint8Array.of(0x30, 0xff)) }, "binary", "does not hold"],
  ] as [string, SecretValue, SecretFormat, string][])(
    "that holds %s is refused, without a word of its content",
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
