/**
 * A record that is lost in an emergency: no trace shows that it was one, so whoever rebuilds it must be able to declare
 * it.
 */
import { describe, expect, it } from "vitest";
import { parseRecord } from "../../src/rotation/read-record.ts";
import type { Stage } from "../../src/rotation/stage.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { FOREIGN_ACTS, itemsOf, RECORD } from "./closure/acts.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
const URGENT = "--compromised --yes-cut-off-viewers";
const REBUILD = "keyturn rotate resume --gate demo --rebuild-record";

/** Runs an emergency up to `stage`, then deletes its record. Also resolves to the old key's ID. */
async function lostAfter(stage: Stage) {
  const world = await siteWorld({ settings: SETTINGS });
  const [oldId] = itemsOf(world);
  const operator = world.direct();
  await runCommand(
    words(`rotate start --gate demo ${URGENT} --key-type ecdsa-p256 --wait --until ${stage}`),
    operator,
  );
  FOREIGN_ACTS.find(({ name }) => name === "force-deletes the record")?.strike(world);
  return { world, operator, oldId: oldId ?? "" };
}

function recordOf({ site }: SiteWorld) {
  return parseRecord(site.account.secrets.text(RECORD) ?? "", RECORD);
}

/** Every ID that the key group contains at any time while the command runs. */
async function idsSeenDuring(world: SiteWorld, run: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const { keyGroups } = world.site.account.cloudFront;
  const seen = new Set(itemsOf(world));
  const update = keyGroups.update.bind(keyGroups);
  keyGroups.update = (...args) => {
    const written = update(...args);
    for (const id of itemsOf(world)) seen.add(id);
    return written;
  };
  await run();
  return seen;
}

describe("a record lost in an emergency, after the old key was removed", () => {
  it("is reported with the command that keeps the old key out", async () => {
    const { operator } = await lostAfter("old-untrusted");
    const { stderr, exitCode } = await runCommand(words("rotate status --gate demo"), operator);
    expect(exitCode).toBe(7);
    expect(stderr).toContain(`hint: ${REBUILD} ${URGENT}\n`);
  });

  it("finishes after a rebuild with that command, without ever trusting the old key again", async () => {
    const { world, operator, oldId } = await lostAfter("old-untrusted");
    expect(itemsOf(world)).not.toContain(oldId);
    const seen = await idsSeenDuring(world, () =>
      runCommand(words(`${REBUILD.replace("keyturn ", "")} ${URGENT} --wait`), operator),
    );
    expect(recordOf(world)).toMatchObject({ mode: "compromised", finished: { outcome: "rotated" } });
    expect([...seen]).not.toContain(oldId);
    expect(JSON.parse(world.site.account.secrets.text(DEMO.secret) ?? "{}").keyPairId).toBe(
      itemsOf(world)[0],
    );
  });

  it("is not rebuilt as an emergency without a confirmation, and the refusal names the flag for it", async () => {
    const { world, operator } = await lostAfter("old-untrusted");
    const line = words(`${REBUILD.replace("keyturn ", "")} --compromised`);
    const ran = await runCommand(line, operator);
    expect(ran.exitCode).toBe(7);
    expect(ran.stderr).toContain("hint: add --yes-cut-off-viewers to confirm\n");
    expect(ran.stderr).toContain("rebuild the record of rotation");
    expect(() => recordOf(world)).toThrow();
    const asked = await runCommand(line, world.direct(undefined, { answers: ["demo"] }));
    expect(asked.stderr).toContain("Type demo to continue:");
    expect(recordOf(world).mode).toBe("compromised");
  });

  it("finishes after an ordinary rebuild too, which puts the old key back until its cookies expire", async () => {
    const { world, operator, oldId } = await lostAfter("old-untrusted");
    const seen = await idsSeenDuring(world, () =>
      runCommand(words(`${REBUILD.replace("keyturn ", "")} --wait`), operator),
    );
    expect([...seen]).toContain(oldId);
    expect(recordOf(world)).toMatchObject({ mode: "normal", finished: { outcome: "rotated" } });
    expect(itemsOf(world)).not.toContain(oldId);
  });
});
