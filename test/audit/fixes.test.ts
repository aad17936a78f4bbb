/** Runs the fixes that audit and doctor print, exactly as printed, and checks that the fault is gone. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { addKey } from "../commands/keys-account.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const SECRET = "demo/cloudfront-signing-key";

interface Fault {
  readonly id: string;
  readonly make: (site: SiteWorld["site"], signing: string) => void;
}

function setItems({ account, ids }: SiteWorld["site"], items: readonly string[]): void {
  const { config, etag } = account.cloudFront.keyGroups.get(ids.keyGroupId);
  account.cloudFront.keyGroups.update(ids.keyGroupId, etag, { ...config, items: [...items] });
}

function setSecret(
  { account }: SiteWorld["site"],
  change: (members: Record<string, string>) => object,
): void {
  account.secrets.put(SECRET, JSON.stringify(change(JSON.parse(account.secrets.text(SECRET) ?? "{}"))));
}

const FAULTS: readonly Fault[] = [
  { id: "key-not-trusted", make: (site) => setItems(site, [addKey(site.account, "other")]) },
  {
    id: "key-left-in-group",
    make: (site, signing) => setItems(site, [signing, addKey(site.account, "other")]),
  },
  {
    id: "key-mismatch",
    make: (site) => setSecret(site, (all) => ({ ...all, keyPairId: addKey(site.account, "other") })),
  },
  {
    id: "key-pair-id-unknown",
    make: (site) => setSecret(site, (all) => ({ ...all, keyPairId: "K2JCJMDEHXQW5F" })),
  },
  {
    id: "key-pair-id-missing",
    make: (site) => setSecret(site, ({ keyPairId: _, ...rest }) => rest),
  },
  {
    id: "private-key-mangled",
    make: (site) =>
      setSecret(site, (all) => ({ ...all, privateKey: all.privateKey?.trimEnd().replaceAll("\n", "\\n") })),
  },
  {
    id: "secret-form",
    make: (site) =>
      setSecret(site, (all) => ({ ...all, privateKey: all.privateKey?.replace(/\n(.{9})/, "\n$1\n") })),
  },
  {
    id: "key-group-full",
    make: (site, signing) =>
      setItems(site, [signing, ...[1, 2, 3, 4].map((at) => addKey(site.account, `other-${at}`))]),
  },
  {
    id: "key-group-unused",
    make: ({ account }) => {
      account.cloudFront.keyGroups.create({ name: "spare", items: [addKey(account, "k")], comment: "" });
    },
  },
];

async function findingsOf(world: MemoryWorld): Promise<readonly Finding[]> {
  const { stdout } = await runCommand(words("audit --all --json"), world);
  return JSON.parse(stdout).findings;
}

/** The command of a remedy: all of it, or the part in backticks. */
const commandIn = (remedy = "") => /(?:^|`)keyturn ([^`]*)/.exec(remedy)?.[1] ?? "";

describe("the printed fix", () => {
  it.each(FAULTS)("for $id is a command that removes the finding", async ({ id, make }) => {
    const { site, clock, operator } = await siteWorld();
    const [signing = ""] = [...site.account.cloudFront.state.publicKeys.keys()];
    make(site, signing);
    await clock.advance(600);
    const before = await findingsOf(operator());
    const finding = before.find((each) => each.id === id);
    expect(before.map((each) => each.id)).toContain(id);
    const fix = commandIn(finding?.remedy);
    expect(fix).toMatch(/^(?:keys|secret) /);
    const ran = await runCommand([...words(fix), "--yes"], operator());
    expect(ran, fix).toMatchObject({ exitCode: 0 });
    expect((await findingsOf(operator())).map((each) => each.id)).not.toContain(id);
  });

  it("from the doctor puts back a dropped key, and the URL passes", async () => {
    const { site, clock, operator } = await siteWorld();
    const url = `${site.addresses.site}/media/film.txt`;
    setItems(site, [addKey(site.account, "other")]);
    await clock.advance(600);
    const sick = await runCommand(["doctor", url, "--json"], operator());
    const { findings, result } = JSON.parse(sick.stdout);
    expect(result.likeliest).toBe("key-not-trusted");
    await runCommand([...words(commandIn(findings[0].remedy)), "--yes"], operator());
    const well = await runCommand(["doctor", url, "--json"], operator());
    expect(JSON.parse(well.stdout).result.likeliest).toBeUndefined();
  });
});
