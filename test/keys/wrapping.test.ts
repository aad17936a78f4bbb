/**
 * A secret keeps its format through a rotation: for every generated format, a signer in another language reads the new
 * key.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSecretValue } from "../../src/keys/secret-value.ts";
import { Sealed } from "../../src/sealed.ts";
import { needs, skipped } from "../fakes/needs.ts";
import { type GeneratedSecret, generatedSecret, UnsupportedText } from "./generated-secret.ts";

const rsa = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey) as [
  KeyObject,
  KeyObject,
];
const ec = [0, 1].map(() => generated()) as [KeyObject, KeyObject];

/** A key with a plus and a slash in each of its forms, to test how they are escaped. */
function generated(): KeyObject {
  for (;;) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const forms = (["pkcs8", "sec1"] as const).map((type) => privateKey.export({ type, format: "der" }));
    if (forms.every((der) => /\+.*\/|\/.*\+/.test(der.toString("base64")))) return privateKey;
  }
}

const shapeOf = ({ isJson, path }: GeneratedSecret) => ({
  id: "gate/signing",
  format: isJson ? ("json" as const) : ("pem" as const),
  fields: { privateKey: path.join(".") || "privateKey", keyPairId: "no such field" },
});

/** Reads the secret with the first key, and writes it with both. Undefined if the syntax cannot contain the text. */
function rewrite(secret: GeneratedSecret, [old, next]: readonly [KeyObject, KeyObject]) {
  let values: readonly [string, string];
  try {
    values = [secret.build(old), secret.build(next)];
  } catch (thrown) {
    if (thrown instanceof UnsupportedText) return undefined;
    throw thrown;
  }
  const [before, expected] = values;
  const { privateKey, form } = parseSecretValue({ text: new Sealed(before) }, shapeOf(secret));
  const write = (key: KeyObject) => {
    const value = form.write({ privateKey: key });
    return "text" in value ? value.text.reveal() : "";
  };
  return {
    before,
    expected,
    read: privateKey,
    same: write(old),
    next: write(next),
    obstacles: form.obstacles,
  };
}

describe("a secret in any format", () => {
  it.each([
    ["RSA", rsa],
    ["P-256", ec],
  ] as const)("with a new %s key is the same as if it had been written with that key", (kind, keys) => {
    fc.assert(
      fc.property(generatedSecret(kind === "RSA"), (secret) => {
        const found = rewrite(secret, keys);
        if (found === undefined) return;
        expect(found.read.equals(keys[0]), secret.name).toBe(true);
        expect(found.same, secret.name).toBe(found.before);
        expect(found.next, secret.name).toBe(found.expected);
        expect(found.obstacles(kind === "RSA" ? "rsa-2048" : "ecdsa-p256"), secret.name).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

const hasModules = spawnSync("python3", ["-c", "import tomllib, yaml"]).status === 0;
const judged =
  hasModules || process.env.CI ? needs("python3", "openssl") : skipped("needs tomllib and PyYAML");
judged("a signer in Python", () => {
  it("reads the new key from every written value", () => {
    const cases = fc
      .sample(generatedSecret(true), 150)
      .map((secret) => ({ secret, keys: rsa }))
      .concat(fc.sample(generatedSecret(false), 50).map((secret) => ({ secret, keys: ec })))
      .flatMap(({ secret, keys }) => {
        const found = rewrite(secret, keys);
        return found === undefined ? [] : [{ secret, found, spki: spkiOf(keys[1]) }];
      });
    const input = cases.map(({ secret, found }) => ({
      base64: Buffer.from(found.next).toString("base64"),
      steps: secret.steps,
    }));
    const script = fileURLToPath(new URL("signer.py", import.meta.url));
    const answers = JSON.parse(
      execFileSync("python3", [script], { input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1e8 }),
    ) as unknown[];
    expect(cases.length).toBeGreaterThan(100);
    expect(new Set(cases.map(({ secret }) => secret.steps.length)).size).toBeGreaterThan(3);
    for (const [at, { secret, spki }] of cases.entries())
      expect([secret.name, answers[at]]).toEqual([secret.name, spki]);
  });
});

const spkiOf = (key: KeyObject) =>
  createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");
