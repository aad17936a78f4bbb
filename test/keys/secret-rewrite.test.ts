/** `secret rewrite` changes only how the key is written. It lists everything that it removes, or refuses. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SecretFormat } from "../../src/keys/gate-secret.ts";
import { keyTypeOf } from "../../src/keys/key-pair.ts";
import { type Rewrite, rewrittenSecret } from "../../src/keys/secret-rewrite.ts";
import { parseSecretValue } from "../../src/keys/secret-value.ts";
import { Sealed } from "../../src/sealed.ts";
import type { SecretValue } from "../../src/seams/cloud.ts";
import { needs } from "../fakes/needs.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8") =>
  key.export({ type, format: "pem" }) as string;
const der = (key: KeyObject, type: "pkcs8" | "pkcs1" = "pkcs8") => key.export({ type, format: "der" });
const base64 = (text: string) => Buffer.from(text).toString("base64");
/** Splits the first line in two. */
const ragged = (text: string) =>
  text.replace(/^(.{64})$/m, (line) => `${line.slice(0, 10)}\n${line.slice(10)}`);
const escaped = (text: string) => text.trimEnd().replaceAll("\n", "\\n");
const secretOf = (format: SecretFormat) => ({
  id: "web/key",
  format,
  fields: { privateKey: "key", keyPairId: "id" },
});
const revealed = (value: SecretValue | undefined) =>
  value === undefined
    ? undefined
    : Buffer.from("text" in value ? value.text.reveal() : value.binary.reveal()).toString();
const textOf = (text: string): SecretValue => ({ text: new Sealed(text) });
const run = (text: string, format: SecretFormat, how: Rewrite = {}) => {
  const { value, changes } = rewrittenSecret(textOf(text), secretOf(format), how);
  return { text: revealed(value), changes };
};
const json = (key: string, more = "") =>
  `{ "b" : 1.0,${more}\t"key":${JSON.stringify(key)},"id":"K2JCJMDEHXQW5F"}`;
const env = (key: string) => `# cdn\nDB='postgres://u:p@h/d'\nCF="${escaped(key)}"\nLEVEL=3\n`;

const EVEN = "write the PEM with lines of 64 characters";

describe("a value that a rotation could not write back", () => {
  it.each([
    ["a bare PEM", "pem", ragged(pem(rsa)), pem(rsa), EVEN],
    ["PKCS#1", "pem", ragged(pem(rsa, "pkcs1")), pem(rsa, "pkcs1"), EVEN],
    ["SEC1", "pem", ragged(pem(ec, "sec1")), pem(ec, "sec1"), EVEN],
    ["a PEM with empty lines", "pem", pem(rsa).replace(/^(.{64})$/m, "$1\n"), pem(rsa), EVEN],
    ["a PEM with a space in a line", "pem", pem(rsa).replace(/^(.{30})/m, "$1 "), pem(rsa), EVEN],
    // The DER of a P-256 key in SEC1 has 121 bytes, so its base64 is always padded.
    ["a PEM without its padding", "pem", pem(ec, "sec1").replace(/=+\n/, "\n"), pem(ec, "sec1"), EVEN],
    ["a PEM in JSON", "json", json(ragged(pem(rsa))), json(pem(rsa)), EVEN],
    ["a PEM with escaped line breaks", "pem", escaped(ragged(pem(rsa))), escaped(pem(rsa)), EVEN],
    [".env lines", "pem", env(ragged(pem(rsa))), env(pem(rsa)), EVEN],
    ["base64 of JSON", "json", base64(json(ragged(pem(ec)))), base64(json(pem(ec))), EVEN],
    [
      "base64 with lines of irregular length",
      "pem",
      `${base64(pem(rsa))
        .replace(/^(.{41})/, "$1\n")
        .replace(/(.{71})$/, "\n$1")}\n`,
      `${base64(pem(rsa))}\n`,
      "write the base64 on one line",
    ],
    [
      "the same base64 in JSON",
      "json",
      json(
        base64(pem(ec))
          .replace(/^(.{41})/, "$1\n")
          .replace(/(.{71})$/, "\n$1"),
      ),
      json(base64(pem(ec))),
      "write the base64 on one line",
    ],
    [
      "a member twice with the same value",
      "json",
      json(pem(rsa), '"a":{"c": 1},"a":{"c":1},'),
      json(pem(rsa), '"a":{"c":1},'),
      'remove the earlier of two members "a", whose values are the same',
    ],
  ] as const)("as %s is repaired, and keeps every other byte", (_, format, before, after, change) => {
    const { keyPairId, privateKey, form } = parseSecretValue(textOf(before), secretOf(format));
    expect(form.obstacles(keyTypeOf(privateKey) ?? "rsa-2048").length).toBeGreaterThan(0);
    const made = run(before, format);
    expect(made).toEqual({ text: after, changes: [change] });
    expect(run(after, format)).toEqual({ text: undefined, changes: [] });
    expect(parseSecretValue(textOf(after), secretOf(format)).keyPairId).toBe(keyPairId);
  });

  it("as DER with a line break after it loses the line break, and says so", () => {
    const value = { binary: new Sealed<Uint8Array>(Buffer.concat([der(rsa), Buffer.from("\r\n")])) };
    const made = rewrittenSecret(value, secretOf("binary"), {});
    expect(made.changes).toEqual(["drop 2 bytes of white space after the key"]);
    expect(
      made.value && "binary" in made.value && der(rsa).equals(Buffer.from(made.value.binary.reveal())),
    ).toBe(true);
  });

  it("as DER with anything else after it is refused, because the meaning is unknown", () => {
    const value = {
      binary: new Sealed<Uint8Array>(Buffer.concat([der(rsa), Buffer.from("tide\xff", "latin1")])),
    };
    expect(() => rewrittenSecret(value, secretOf("binary"), {})).toThrow(/has 5 bytes after the key/);
  });

  it("as a PEM among bytes that are not text is refused", () => {
    const value = {
      binary: new Sealed<Uint8Array>(Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(pem(rsa))])),
    };
    expect(() => rewrittenSecret(value, secretOf("binary"), {})).toThrow(/cannot be written back/);
  });
});

describe("a duplicate member with different values", () => {
  const twice = json(pem(rsa), '"a":1, "c":{"d":1,\n"d":"x"},"a":[2],');

  it("is refused without --duplicates, and neither value is printed", () => {
    const refused = () => run(json(pem(rsa), '"a":"tide-1","a":"tide-2",'), "json");
    expect(refused).toThrow(/has the member "a" twice, with different values/);
    expect(refused).not.toThrow(/tide/);
  });

  it.each([
    ["last", '"c":{"d":"x"},"a":[2],', "earlier"],
    ["first", '"a":1, "c":{"d":1},', "later"],
  ] as const)("keeps the %s one, and lists what is removed", (duplicates, kept, gone) => {
    const { text, changes } = run(twice, "json", { duplicates });
    expect(text).toBe(json(pem(rsa), kept));
    expect(changes.toSorted()).toEqual([
      `remove the ${gone} of two members "a", whose values differ`,
      `remove the ${gone} of two members "c.d", whose values differ`,
    ]);
  });

  it("may occur three times, with further duplicates inside a removed one", () => {
    const value = `{"key":${JSON.stringify(pem(rsa))},"a":{"b":1,"b":2},"a":3,"a":4}`;
    expect(run(value, "json", { duplicates: "last" }).text).toBe(`{"key":${JSON.stringify(pem(rsa))},"a":4}`);
    expect(run(value, "json", { duplicates: "first" }).text).toBe(
      `{"key":${JSON.stringify(pem(rsa))},"a":{"b":1}}`,
    );
  });
});

describe("secret rewrite --form", () => {
  it.each([
    ["a PEM in JSON", "json", json(pem(rsa)), "pkcs1", json(pem(rsa, "pkcs1"))],
    ["an EC key", "pem", pem(ec), "sec1", pem(ec, "sec1")],
    [".env lines, which keep their escapes", "pem", env(pem(rsa, "pkcs1")), "pkcs8", env(pem(rsa))],
    ["base64 of a PEM", "pem", base64(pem(rsa)), "pkcs1", base64(pem(rsa, "pkcs1"))],
    ["DER in base64", "pem", der(rsa).toString("base64"), "pkcs1", der(rsa, "pkcs1").toString("base64")],
  ] as const)("writes %s as another key structure", (_, format, before, form, after) => {
    expect(run(before, format, { form })).toMatchObject({ text: after });
    expect(run(after, format, { form })).toEqual({ text: undefined, changes: [] });
  });

  it.each([
    ["the characters \\n", (text: string) => escaped(text)],
    ["quotes around it", (text: string) => `'${text.trimEnd().replaceAll("\n", " ")}'`],
    ["bars", (text: string) => text.trimEnd().replaceAll("\n", "|")],
    ["spaces", (text: string) => text.trimEnd().replaceAll("\n", " ")],
  ])("restores the line breaks of a PEM with %s", (_, mangle) => {
    const { text, changes } = run(json(mangle(pem(rsa))), "json", { form: "pkcs8" });
    expect(text).toBe(json(pem(rsa).trimEnd()));
    expect(changes).toContain("give the PEM real line breaks");
    expect(changes.includes("remove the quotes around the PEM")).toBe(mangle("x").startsWith("'"));
    expect(run(text ?? "", "json", { form: "pkcs8" }).text).toBeUndefined();
  });

  it("writes binary DER as another key structure, which stays binary", () => {
    const value = { binary: new Sealed<Uint8Array>(der(rsa)) };
    const made = rewrittenSecret(value, secretOf("binary"), { form: "pkcs1" });
    expect(made.changes).toEqual(["write the key as PKCS#1 instead of PKCS#8"]);
    expect(
      made.value &&
        "binary" in made.value &&
        der(rsa, "pkcs1").equals(Buffer.from(made.value.binary.reveal())),
    ).toBe(true);
  });

  it.each([
    ["sec1", rsa, /holds EC keys only/],
    ["pkcs1", ec, /holds RSA keys only/],
  ] as const)("%s is refused for the other type of key", (form, key, message) => {
    expect(() => run(pem(key), "pem", { form })).toThrow(message);
  });

  it("is refused for a JWK, which has no such structure", () => {
    const jwk = JSON.stringify({ key: rsa.export({ format: "jwk" }), id: "K2JCJMDEHXQW5F" });
    expect(() => run(jwk, "json", { form: "pkcs8" })).toThrow(/as numbers \(JWK\)/);
  });
});

needs("openssl")("openssl", () => {
  it.each(["pkcs8", "pkcs1"] as const)("reads the same key from the PEM that was rewritten as %s", (form) => {
    const publicHalf = (input: string) =>
      execFileSync("openssl", ["pkey", "-pubout"], { input, encoding: "utf8" });
    const { text = "" } = run(ragged(pem(rsa)), "pem", { form });
    expect(publicHalf(text)).toBe(publicHalf(pem(rsa)));
  });
});
