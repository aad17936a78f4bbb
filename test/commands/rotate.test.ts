/** The rotate commands against a sandbox site: the real SDK, the real edge, a clock that jumps. */
import { describe, expect, it } from "vitest";
import { ConflictError } from "../../src/errors.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { directCloud } from "../rotation/direct-cloud.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256";

describe("rotate", () => {
  it("takes a gate through all ten stages with --wait", async () => {
    const { site, operator } = await siteWorld();
    const world = operator();
    const ran = await runCommand(words(`${START} --wait`), world);
    expect(ran.exitCode).toBe(0);
    expect([...site.account.cloudFront.state.publicKeys.values()]).toHaveLength(1);
  });
});

/** An operator whose keyturn.yaml says that the gate is in another account. */
function declaredElsewhere({ site, direct }: SiteWorld): MemoryWorld {
  const yaml = site.gateYaml.replace(/account: .*/, 'account: "999988887777"');
  expect(yaml).toContain("999988887777");
  return direct(undefined, { files: { "keyturn.yaml": yaml } });
}

function everything({ site }: SiteWorld): string {
  const { cloudFront, secrets } = site.account;
  return JSON.stringify([
    [...cloudFront.state.keyGroups],
    [...cloudFront.state.publicKeys],
    secrets.registry,
  ]);
}

describe("the account", () => {
  const commands = [
    "rotate plan --gate demo",
    START,
    `${START} --dry-run`,
    "rotate resume --gate demo",
    "rotate resume --gate demo --compromised --yes-cut-off-viewers",
    "rotate abort --gate demo --yes",
    "rotate abort --gate demo --dry-run",
    "rotate status --gate demo",
  ];
  for (const line of commands) {
    it(`is refused when it is not the declared one: ${line}`, async () => {
      const world = await siteWorld();
      await runCommand(words(`${START} --until key-trusted`), world.direct());
      const before = everything(world);
      const ran = await runCommand(words(line), declaredElsewhere(world));
      expect(ran.stdout).toBe("");
      expect(ran.stderr).toContain(
        "error: gate demo is in account 999988887777, these credentials are for 111122223333 [ERR_ACCOUNT]\n" +
          "hint: add --profile NAME",
      );
      expect(ran.exitCode).toBe(4);
      expect(everything(world)).toBe(before);
    });
  }

  it("is told by who we are where the secret is not there at all", async () => {
    const world = await siteWorld();
    const cloud = directCloud(world.site.account, async (operation, _kind, call) => {
      if (operation === "DescribeSecret") throw new ConflictError("ERR_NOT_FOUND", "no such secret");
      return call();
    });
    const files = declaredElsewhere(world).files;
    const operator = { ...world.operator({ cloud }), files };
    for (const line of ["rotate plan --gate demo", "rotate resume --gate demo"]) {
      expect(await runCommand(words(line), operator)).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining("these credentials are for 111122223333 [ERR_ACCOUNT]"),
      });
    }
  });

  it("is printed before anything is changed, by every command that changes something", async () => {
    const world = await siteWorld();
    const place = "a direct account, account 111122223333, gate demo:\n";
    for (const line of [
      `${START} --until key-trusted`,
      "rotate resume --gate demo --until trust-proven",
      "rotate resume --gate demo --compromised --yes-cut-off-viewers --until trust-proven",
      "rotate abort --gate demo --yes",
      "rotate abort --gate demo --yes",
    ]) {
      const { stderr } = await runCommand(words(line), world.direct());
      expect(stderr.startsWith(place), `${line}\n${stderr}`).toBe(true);
    }
  });
});

describe("a dry run", () => {
  for (const command of ["abort", "resume", "resume --compromised", "start"]) {
    it(`says so and changes nothing: ${command}`, async () => {
      const world = await siteWorld();
      if (command !== "start") await runCommand(words(`${START} --until key-trusted`), world.direct());
      const before = everything(world);
      const ran = await runCommand(words(`rotate ${command} --gate demo --dry-run`), world.direct());
      expect(ran).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining("dry run: nothing is changed\n"),
      });
      expect(ran.stdout).toMatch(/^(gate demo, rotation|rotation of gate demo)/);
      expect(everything(world)).toBe(before);
    });
  }
});

describe("an emergency needs an open rotation", () => {
  for (const [opened, said] of [
    [[], "no rotation is open that could be made urgent [ERR_HALTED]"],
    [[`${START} --wait`], /no rotation is open that could be made urgent: rotation \S+ is over/],
  ] as const) {
    it(`and says how to begin one: ${opened.length === 0 ? "never rotated" : "finished"}`, async () => {
      const world = await siteWorld();
      for (const line of opened) await runCommand(words(line), world.direct());
      const ran = await runCommand(
        words("rotate resume --gate demo --compromised --yes-cut-off-viewers"),
        world.direct(),
      );
      expect(ran).toMatchObject({ stdout: "", exitCode: 7 });
      expect(ran.stderr).toMatch(said instanceof RegExp ? said : new RegExp(said.replace(/[[\]]/g, "\\$&")));
      expect(ran.stderr).toContain("hint: keyturn rotate start --gate demo --compromised");
    });
  }
});
