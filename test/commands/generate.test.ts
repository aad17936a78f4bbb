import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { keyTypeOf } from "../../src/keys/key-pair.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

describe("keys generate", () => {
  it.each([
    ["rsa-2048", ""],
    ["ecdsa-p256", "--type ecdsa-p256"],
  ])("writes a %s pair into two new files", async (type, flags) => {
    const world = memoryWorld();
    const ran = await runCommand(words(`keyturn keys generate --out signing-key.pem ${flags}`), world);
    expect(ran.exitCode).toBe(0);
    expect(world.files.names()).toEqual(["signing-key.pem", "signing-key.pub.pem"]);
    const privateKey = createPrivateKey(world.files.text("signing-key.pem"));
    const publicKey = createPublicKey(world.files.text("signing-key.pub.pem"));
    expect(keyTypeOf(privateKey)).toBe(type);
    expect(fingerprint(privateKey)).toBe(fingerprint(publicKey));
    expect(await world.files.mode("signing-key.pem")).toBe(0o600);
    expect(ran.stdout).toContain(fingerprint(publicKey));
    expect(ran.stdout).toContain("keyturn keys upload signing-key.pub.pem");
    expect(ran.stderr).toBe("");
  });

  it("prints the same as JSON, and no part of the key", async () => {
    const world = memoryWorld();
    const { stdout } = await runCommand(words("keyturn keys generate --out k.pem --json"), world);
    expect(JSON.parse(stdout)).toMatchObject({
      command: "keys generate",
      outcome: "done",
      result: {
        type: "rsa-2048",
        fingerprint: fingerprint(createPublicKey(world.files.text("k.pub.pem"))),
        privateKeyFile: "k.pem",
        publicKeyFile: "k.pub.pem",
      },
    });
    expect(stdout).not.toContain("BEGIN");
  });

  it.each(["k.pem", "k.pub.pem"])("writes nothing if %s exists", async (taken) => {
    const world = memoryWorld({ files: { [taken]: "precious" } });
    const ran = await runCommand(words("keyturn keys generate --out k.pem"), world);
    expect([ran.exitCode, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toContain("ERR_FILE_EXISTS");
    expect(world.files.names()).toEqual([taken]);
    expect(world.files.text(taken)).toBe("precious");
  });

  it.each([
    ["without a file", "keyturn keys generate"],
    ["to stdout", "keyturn keys generate --out -"],
    ["for another type", "keyturn keys generate --out k.pem --type rsa-4096"],
  ])("is refused %s", async (_, line) => {
    const world = memoryWorld();
    const ran = await runCommand(words(line), world);
    expect([ran.exitCode, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(/^error: .*ERR_USAGE/);
    expect(world.files.names()).toEqual([]);
  });
});
