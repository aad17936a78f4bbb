/**
 * Every command that fixes a gate's keys, groups or secret ends with the command that shows whether users get in again.
 */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";
import { addKey } from "./keys-account.ts";

async function ready() {
  const world = await siteWorld();
  const { account } = world.site;
  const other = addKey(account, "other");
  const run = (line: string) => runCommand(words(line), world.operator());
  const { vault } = await world.operator().cloud({ region: account.region });
  const { versionId } = await vault.get(DEMO.secret, { stage: "AWSCURRENT" });
  return { run, other, versionId, account };
}

const FIXES = {
  "keys trust": ({ other }) => [`keys trust ${other} --gate demo --yes`],
  "keys untrust": ({ other }) => [
    `keys trust ${other} --gate demo --yes`,
    `keys untrust ${other} --gate demo --yes`,
  ],
  "secret set-key-id": ({ account, other }) => {
    const members = JSON.parse(account.secrets.text(DEMO.secret) ?? "{}");
    account.secrets.put(DEMO.secret, JSON.stringify({ ...members, keyPairId: other }));
    return ["secret set-key-id --gate demo --yes"];
  },
  "secret set-current": ({ account, versionId }) => {
    account.secrets.put(DEMO.secret, `${account.secrets.text(DEMO.secret)}\n`);
    return [`secret set-current ${versionId} --gate demo --yes`];
  },
  "secret rewrite": ({ account }) => {
    const text = account.secrets.text(DEMO.secret) ?? "";
    account.secrets.put(DEMO.secret, text.replace(/(-----\\n.{9})/, "$1\\n"));
    return ["secret rewrite --gate demo --yes"];
  },
  "secret replicate": () => ["secret replicate eu-west-1 --gate demo --yes"],
} satisfies Readonly<Record<string, (at: Awaited<ReturnType<typeof ready>>) => readonly string[]>>;

describe("a fix", () => {
  it.each(Object.entries(FIXES))("by %s prints keyturn triage last, which works", async (_, linesOf) => {
    const at = await ready();
    const ran = [];
    for (const line of linesOf(at)) ran.push(await at.run(line));
    for (const { exitCode, stdout, stderr } of ran) {
      expect(exitCode, stderr).toBe(0);
      expect(stdout.trimEnd().split("\n").at(-1)).toBe("-> keyturn triage");
    }
    const { stderr, exitCode } = await at.run("triage");
    expect([0, 1], stderr).toContain(exitCode);
  });

  it.each(Object.entries(FIXES))("by %s --dry-run does not print it", async (_, linesOf) => {
    const at = await ready();
    const lines = linesOf(at);
    for (const line of lines.slice(0, -1)) await at.run(line);
    const { exitCode, stdout } = await at.run(lines.at(-1)?.replace("--yes", "--dry-run") ?? "");
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("keyturn triage");
  });
});
