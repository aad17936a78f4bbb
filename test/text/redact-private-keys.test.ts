/** Private keys inside sentences, in every form in which people paste them. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { redactPrivateKeys } from "../../src/text/redact-private-keys.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const sec1 = privateKey.export({ type: "sec1", format: "pem" }) as string;
const locked = privateKey.export({
  ...({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc" } as const),
  passphrase: "tide",
}) as string;

describe("redactPrivateKeys", () => {
  it.each([
    ["complete", pem],
    ["in SEC1 form", sec1],
    ["encrypted", locked],
    ["with line breaks as \\n", pem.trim().replaceAll("\n", "\\n")],
    ["with spaces for line breaks", pem.replaceAll("\n", " ")],
    ["without line breaks", pem.replaceAll("\n", "")],
    ["truncated", pem.slice(0, 150)],
  ])("replaces a private key in a sentence: %s", (_, key) => {
    expect(redactPrivateKeys(`"${key.trim()}" cannot be read: no such file`)).toBe(
      '"(a private key)" cannot be read: no such file',
    );
  });

  it("replaces each of several keys", () => {
    expect(redactPrivateKeys(`${pem.trim()} and ${sec1.trim()}`)).toBe("(a private key) and (a private key)");
  });

  it("leaves a public key alone, and words that only look like a key", () => {
    const text = `${publicKey.export({ type: "spki", format: "pem" })} is no PRIVATE KEY`;
    expect(redactPrivateKeys(text)).toBe(text);
  });

  it("applies to every error and its hints", () => {
    const error = new UsageError("ERR_USAGE", `no gate ${pem}`, [`keyturn mint --gate ${pem}`]);
    for (const text of [error.message, ...error.hints, String(error.stack)]) {
      expect(text).toContain("(a private key)");
      expect(text).not.toContain(pem.split("\n")[1]);
    }
  });
});
