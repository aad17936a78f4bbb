import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planKeySource, readSigningKey } from "../../src/gates/key-source.ts";
import { isSameKey } from "../../src/keys/fingerprint.ts";
import { type MemoryWorldOptions, memoryWorld } from "../fakes/memory-world.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

async function read(
  flags: Parameters<typeof planKeySource>[0],
  options: MemoryWorldOptions,
  modes: Record<string, number> = {},
) {
  const world = memoryWorld(options);
  for (const [name, mode] of Object.entries(modes)) world.files.put(name, world.files.text(name), mode);
  const source = planKeySource(flags, {});
  if (source === undefined) throw new Error("no source");
  return readSigningKey(source, world);
}

describe("the source of a private key", () => {
  it.each([
    ["a file", { privateKey: "key.pem" }, { files: { "key.pem": pem } }],
    ["stdin", { privateKey: "-" }, { stdin: pem }],
    ["a variable", { privateKeyEnv: "SIGNING_KEY" }, { env: { SIGNING_KEY: pem } }],
  ])("is %s", async (_, flags, options) => {
    const key = await read(flags, options, "files" in options ? { "key.pem": 0o600 } : {});
    expect(isSameKey(key.privateKey, publicKey)).toBe(true);
    expect(key.findings).toEqual([]);
  });

  it("reports what it repaired in a variable", async () => {
    const key = await read({ privateKeyEnv: "K" }, { env: { K: pem.replaceAll("\n", "\\n") } });
    expect(isSameKey(key.privateKey, publicKey)).toBe(true);
    expect(key.findings).toMatchObject([
      {
        id: "key-repaired",
        severity: "note",
        message: expect.stringContaining("\\ and n"),
        evidence: ["read from the variable K"],
      },
    ]);
  });

  it.each([
    [0o600, true],
    [0o400, true],
    [0o640, true],
    [0o644, false],
    [0o604, false],
    [0o666, false],
  ])("may be a file with mode %o: %s", async (mode, isRead) => {
    const reading = read({ privateKey: "key.pem" }, { files: { "key.pem": pem } }, { "key.pem": mode });
    if (isRead) await expect(reading).resolves.toBeDefined();
    else {
      await expect(reading).rejects.toThrow(code("ERR_KEY_EXPOSED"));
      await expect(reading).rejects.toMatchObject({ errorClass: "access", hints: ["chmod 600 key.pem"] });
    }
  });

  it("does not ask to protect a public key", async () => {
    const files = { "key.pub.pem": publicKey.export({ type: "spki", format: "pem" }) as string };
    const reading = read({ privateKey: "key.pub.pem" }, { files }, { "key.pub.pem": 0o644 });
    await expect(reading).rejects.toThrow(/"PUBLIC KEY", not a private key/);
  });

  it("suggests inspecting an input without a key only if it is a file", async () => {
    const hintsOf = (reading: Promise<unknown>) =>
      reading.then(
        () => [],
        ({ hints }: { hints: readonly string[] }) => hints.filter((hint) => /^(head|openssl) /.test(hint)),
      );
    const file = read(
      { privateKey: "key.pem" },
      { files: { "key.pem": "# settings\n%\n" } },
      { "key.pem": 0o600 },
    );
    expect(await hintsOf(file)).toHaveLength(1);
    expect(await hintsOf(read({ privateKeyEnv: "K" }, { env: { K: "none" } }))).toEqual([]);
    expect(await hintsOf(read({ privateKey: "-" }, { stdin: "none" }))).toEqual([]);
  });

  it("opens an encrypted key with a passphrase from a file, ignoring the final line break", async () => {
    const locked = privateKey.export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "tide ",
    }) as string;
    const files = { "key.pem": locked, pass: "tide \r\n" };
    const modes = { "key.pem": 0o600, pass: 0o600 };
    await expect(
      read({ privateKey: "key.pem", passphraseFile: "pass" }, { files }, modes),
    ).resolves.toBeDefined();
    await expect(read({ privateKey: "key.pem" }, { files }, modes)).rejects.toThrow(code("ERR_PASSPHRASE"));
    await expect(
      read({ privateKey: "key.pem", passphraseFile: "pass" }, { files }, { ...modes, pass: 0o644 }),
    ).rejects.toThrow(code("ERR_KEY_EXPOSED"));
  });

  it("is refused if the key's numbers are damaged", async () => {
    const der = privateKey.export({ type: "pkcs1", format: "der" });
    der.writeUInt8(der.readUInt8(40) ^ 0x10, 40);
    const damaged = `-----BEGIN RSA PRIVATE KEY-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END RSA PRIVATE KEY-----\n`;
    await expect(read({ privateKey: "-" }, { stdin: damaged })).rejects.toMatchObject({
      code: "ERR_KEY_UNREADABLE",
      message: expect.stringContaining("damaged"),
    });
  });

  it("is optional, but two are refused", () => {
    expect(() => planKeySource({ privateKey: "a", secret: "b" }, {})).toThrow(code("ERR_USAGE"));
    expect(() => planKeySource({ privateKey: "a", privateKeyEnv: "b" }, {})).toThrow(code("ERR_USAGE"));
    expect(planKeySource({}, {})).toBeUndefined();
  });

  it("reports a variable that is unset or empty", async () => {
    await expect(read({ privateKeyEnv: "K" }, {})).rejects.toThrow(/no variable K/);
    await expect(read({ privateKeyEnv: "K" }, { env: { K: "" } })).rejects.toThrow(/no variable K/);
  });
});
