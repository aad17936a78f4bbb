import { describe, expect, it } from "vitest";
import { createAccount } from "../../src/sandbox/account.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { addKey, freshPair, gateInAccount } from "./keys-account.ts";

describe("keys list", () => {
  it("shows age, fingerprint, groups, gates and the quota", async () => {
    const { world, account, clock, keyPairId } = await gateInAccount();
    const unused = addKey(account, "old-try");
    await clock.advance(90);
    const ran = await runCommand(words("keys list"), world);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout.replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, "SHA256:...")).toBe(
      [
        `${unused}  old-try  EC prime256v1, 1m 30s old`,
        "  in no key group",
        "  SHA256:...",
        `${keyPairId}  app-1  EC prime256v1, 1d old`,
        "  in app-group (1 of 5 keys); gate app",
        "  SHA256:...",
        "",
        "public keys  ##........  2 of 10",
        "key groups   #.........  1 of 10",
        "of the default quota; AWS raises only the key group quotas",
        "",
      ].join("\n"),
    );
  });

  it("stays within 80 columns", async () => {
    const { world } = await gateInAccount();
    const { stdout } = await runCommand(words("keys list"), world);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("works without keyturn.yaml, and reads no secret", async () => {
    const { account, clock, keyPairId } = await gateInAccount();
    account.faults.order({ on: "secretsmanager", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    const world = memoryWorld({ clock, cloud: account.handler });
    const ran = await runCommand(words("keys list --json"), world);
    const { result } = JSON.parse(ran.stdout);
    expect(result.keys).toMatchObject([{ id: keyPairId, gates: [], age: 86_400 }]);
    expect(result.quota.publicKeys).toEqual({ used: 1, of: 10 });
  });

  it("follows every page", async () => {
    const { world, account } = await gateInAccount();
    const { privateKey: _, publicKey } = freshPair();
    const more = [
      addKey(account, "a", publicKey),
      ...["b", "c", "d", "e"].map((name) => addKey(account, name)),
    ];
    const { result } = JSON.parse((await runCommand(words("keys list --json"), world)).stdout);
    expect(result.keys.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(more));
  });

  it("reports that there are no keys", async () => {
    const clock = new ManualClock();
    const account = createAccount({ clock, random: seededRandom(7) });
    const ran = await runCommand(words("keys list"), memoryWorld({ clock, cloud: account.handler }));
    expect(ran.stdout).toMatch(/^no public keys \(http:\/\/sandbox.invalid\)\n/);
  });
});
