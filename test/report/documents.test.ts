/** `--json` documents that no other test prints; `runCommand` checks each against its published schema. */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { addKey, config, freshPair, gateInAccount } from "../commands/keys-account.ts";
import { type MemoryWorld, memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";

interface Document {
  readonly outcome: string;
  // biome-ignore lint/suspicious/noExplicitAny: the schema checks the content; tests here only look at which form came
  readonly result: any;
}

async function told(line: string | readonly string[], world: MemoryWorld): Promise<Document> {
  const argv = typeof line === "string" ? words(line) : line;
  const { stdout } = await runCommand([...argv, "--json"], world);
  return JSON.parse(stdout);
}

describe("a rotation's documents", () => {
  const settings = { cookieTtl: 30, signerCache: 10, settle: 8 };

  it("match their schemas at every point of a rotation, and with repairs", async () => {
    const { site, clock, operator } = await siteWorld({ settings });
    const files = {
      "keyturn.yaml": site.gateYaml.replace(/^( +)secret:/m, "$1ownership: terraform\n$1secret:"),
    };
    const world = operator({ files });
    expect((await told("rotate status", world)).result.state).toBe("never-rotated");
    expect((await told("rotate resume", world)).result.state).toBe("never-rotated");
    expect((await told("rotate status --all", world)).result).toEqual([]);
    const other = addKey(site.account, "another signer");
    expect((await told(`rotate plan --keep ${other} --cut-now`, world)).result.keep).toEqual([other]);
    expect((await told("rotate start --dry-run --key-type ecdsa-p256", world)).result.stages).toHaveLength(
      10,
    );
    const start = "rotate start --yes --ticket OPS-1 --key-type ecdsa-p256";
    expect(await told(start, world)).toMatchObject({
      outcome: "pending",
      result: { state: "waiting", startedBy: { host: "operator-1@laptop", ticket: "OPS-1" } },
    });
    await told("rotate resume --wait --until signer-switched", world);
    const { secrets } = site.account;
    secrets.put(DEMO.secret, secrets.text(DEMO.secret, "AWSPREVIOUS") ?? "");
    await told("rotate resume", world);
    const repaired = await told("rotate resume", world);
    expect(repaired.result.repairs?.length).toBeGreaterThan(0);
    expect((await told("rotate status --all", world)).result[0].repairs.length).toBeGreaterThan(0);
    expect((await told("rotate status --evidence json", world)).result.repairs.length).toBeGreaterThan(0);
    await clock.advance(120);
    const ended = await told("rotate resume --wait", world);
    expect(ended.result).toMatchObject({ state: "rotated", declare: { ownership: "terraform" } });
    expect((await told("rotate status", world)).result.declare).toBeDefined();
    expect((await told("rotate plan", world)).result.pinned.record).toBeDefined();
  });

  it("match their schemas for an abort that waits, and for signers that must be restarted", async () => {
    const { operator } = await siteWorld({ settings: { ...settings, signerCache: "until-restart" } });
    const world = operator();
    const { result } = await told("rotate plan", world);
    expect(result.settings.cacheTtl).toBe("until-restart");
    await told("rotate start --yes --wait --until signer-switched --key-type ecdsa-p256", world);
    expect((await told("rotate status --evidence json", world)).result.proofs.new).toBeDefined();
    expect((await told("rotate abort --dry-run", world)).result.goal).toBe("forward");
    const aborted = await runCommand(words("rotate abort --yes --json"), world);
    expect([0, 7, 8]).toContain(aborted.exitCode);
    expect((await told("rotate status", world)).result.goal).toBe("abort");
  });

  it("match their schemas for a finished abort", async () => {
    const { operator } = await siteWorld({ settings });
    const world = operator();
    await told("rotate start --yes --until key-trusted --key-type ecdsa-p256", world);
    expect((await told("rotate abort --yes --wait", world)).result.state).toBe("aborted");
  });
});

describe("other documents match their schemas", () => {
  it("for keys: a dry run, a group, and a key that cannot be read", async () => {
    const { account, world, groupId } = await gateInAccount();
    const pem = freshPair().publicKey.export({ type: "spki", format: "pem" }).toString();
    const files = { "keyturn.yaml": config(groupId), "new.pem": pem };
    const own = memoryWorld({ clock: world.clock, cloud: account.handler, files });
    expect((await told("keys upload new.pem --dry-run", own)).result.keyPairId).toBeNull();
    expect((await told("keys upload new.pem --group app-group --yes", own)).result.addedTo).toHaveLength(1);
    const id = addKey(account, "odd");
    expect((await told(`keys delete ${id} --dry-run`, own)).result.deleted).toBe(false);
  });

  it("for mint: a signed URL, every file, and settings that can never work", async () => {
    const { world } = await gateInAccount();
    const url = "https://app.example.com/a";
    expect((await told(`mint ${url} --format url`, world)).result.sets[0].signedUrl).toContain("Signature=");
    expect((await told("mint --logout", world)).result.setCookies.length).toBeGreaterThan(0);
    expect(await told(["mint", "https://app.example.com/a b"], world)).toMatchObject({
      outcome: "finding",
      result: { sets: [] },
    });
    expect((await told(["curl", "https://app.example.com/a b"], world)).result).toEqual({ sets: [] });
  });

  it("for iam with a KMS key", async () => {
    const { world } = await gateInAccount();
    const arn = "arn:aws:kms:eu-west-1:111122223333:key/0";
    const { result } = await told(`iam --role rotator --kms-key ${arn}`, world);
    expect(result.policy.Statement.at(-1).Condition).toBeDefined();
  });

  it("for a keyturn.yaml with every field that a gate can have", async () => {
    const yaml = [
      config("g1").replace(/ {4}cookie:.*/, ""),
      "    account: '111122223333'",
      "    profile: ops",
      "    signer: { regions: [eu-west-2], loginEndpoint: https://h.example/l, mintEndpoint: https://h.example/m, logoutEndpoint: https://h.example/o }",
      "    cookie: { resource: 'https://h.example/*', domain: h.example, ttl: 15m }",
      "    cookieProfiles:",
      "      all: { resource: 'https://h.example/x/*', domain: h.example, path: /x, sameSite: Lax, partitioned: true, ttl: 5m, maxTtl: 10m, ip: 192.0.2.0/24 }",
      "    signedUrls: { maxTtl: 1h }",
      "    origin: { url: https://o.example, counterUrl: https://o.example/c, verificationHeader: x-edge }",
      "    canaries: { E1A2B3C4D5E6F7: https://h.example/canary }",
      "    routes: [{ pattern: /api/*, methods: [GET], layers: [edge, application], sample: /api/me }]",
      "    flow: { tokenField: token, forbiddenPath: /api/no }",
      "    ownership: cloudformation",
      "    maxKeyAge: 90d",
    ].join("\n");
    const { outcome, result } = await told("config check", memoryWorld({ files: { "keyturn.yaml": yaml } }));
    expect([outcome, Object.keys(result.gates[0]).length]).toEqual(["done", 18]);
  });

  it("for help, a runbook and its step", async () => {
    const { world } = await gateInAccount();
    expect((await told("help topics", world)).result.topics).toContain("edge-rules");
    expect((await told("runbook show leaked-key", world)).result.steps.length).toBeGreaterThan(0);
    const { result } = await told("runbook run resume-a-rotation --step status --yes", world);
    expect(result.commands[0].output).not.toBe("");
  });
});
