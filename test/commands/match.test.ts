import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { addKey, freshPair, gateInAccount } from "./keys-account.ts";

const pair = freshPair();
const files = {
  "private.pem": pair.privateKey.export({ type: "sec1", format: "pem" }) as string,
  "public.pem": pair.publicKey.export({ type: "spki", format: "pem" }) as string,
};

describe("keys match", () => {
  it.each(["private.pem", "public.pem"])("prints the ID and the groups of %s", async (file) => {
    const { world, account } = await gateInAccount({ files });
    const id = addKey(account, "mine", pair.publicKey);
    account.cloudFront.keyGroups.create({ name: "readers", items: [id], comment: "" });
    const ran = await runCommand(words(`keyturn keys match ${file}`), world);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toMatch(
      new RegExp(
        `^\\S+ ${id} mine\n  fingerprint  SHA256:\\S+ \\(EC prime256v1\\)\n  key groups   readers \\(`,
      ),
    );
    const json = JSON.parse((await runCommand(words(`keyturn keys match ${file} --json`), world)).stdout);
    expect(json.result.matches).toMatchObject([
      { keyPairId: id, name: "mine", keyGroups: [{ name: "readers" }] },
    ]);
  });

  it("prints the command that uploads an unknown key, and exits with 1", async () => {
    const { world } = await gateInAccount({ files });
    const ran = await runCommand(words("keyturn keys match public.pem"), world);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("error key-not-in-account");
    expect(ran.stdout).toMatch(/- (?:1 public key|\d{2,} public keys|[02-9] public keys) at /);
    expect(ran.stdout).toContain("it opens nothing here; upload it only if it is a new key");
    expect(ran.stdout).toContain("keyturn keys upload public.pem");
  });

  it.each([
    ["a sentence", "there is no key here", "head -n 1 'x y.pem'"],
    ["a word", "nothing", "if it is a secret's name: `keyturn mint --secret NAME`"],
  ])("refuses %s, and suggests a command", async (_, content, hint) => {
    const { world } = await gateInAccount({ files: { "x y.pem": content } });
    const ran = await runCommand(["keys", "match", "x y.pem"], world);
    expect([ran.exitCode, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toContain("[ERR_KEY_UNREADABLE]");
    expect(ran.stderr).toContain(`\nhint: ${hint}\n`);
  });
});
