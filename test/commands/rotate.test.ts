/** The rotate commands with a sandbox site: the real SDK, the sandbox's edge, and a clock that jumps. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { ConflictError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { editGroup, plainPut } from "../../src/sandbox/third-party.ts";
import { Sealed } from "../../src/sealed.ts";
import { MemoryFiles, type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { directCloud } from "../rotation/direct-cloud.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";
import { addKey, freshPair, secretText } from "./keys-account.ts";

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

describe("rotate status after the end", () => {
  const status = words("rotate status --gate demo");
  async function rotated() {
    const world = await siteWorld();
    await runCommand(words(`${START} --wait`), world.direct());
    return world;
  }

  it("lists other trusted keys", async () => {
    const { site, direct } = await rotated();
    const other = addKey(site.account, "video");
    editGroup(site.account, site.ids.keyGroupId, (items) => [...items, other]);
    const { stdout, exitCode } = await runCommand(status, direct());
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll("\n", " ")).toContain(
      `the new key is trusted and signs; also trusted: ${other}`,
    );
  });

  it("reports later changes by others, and the next command", async () => {
    const { site, direct } = await rotated();
    const { keyPairId } = JSON.parse(site.account.secrets.text(DEMO.secret) ?? "");
    const other = addKey(site.account, "video");
    editGroup(site.account, site.ids.keyGroupId, () => [other]);
    const denied = await runCommand(status, direct());
    expect(denied.stdout.replaceAll("\n", " ")).toContain(
      `but now AWSCURRENT holds ${keyPairId}, which key group demo-signers does not trust: viewers are being denied`,
    );
    expect(denied.stdout).toContain("turn  you\nnext  keyturn audit --gate demo");
    expect(denied.stdout).toContain("keyturn keys trust ");
  });

  it("continues once AWSCURRENT was moved back after a manual rotation, as its halt says", async () => {
    const { clock, site, direct } = await siteWorld();
    await runCommand(words(`${START} --until key-trusted`), direct());
    const theirs = freshPair();
    const other = addKey(site.account, "by-hand", theirs.publicKey);
    editGroup(site.account, site.ids.keyGroupId, (items) => [...items, other]);
    plainPut(site.account, DEMO.secret, secretText(theirs.privateKey, other));
    const halted = await runCommand(words("rotate resume --gate demo"), direct());
    expect(halted.exitCode).toBe(7);
    const said = /secret set-current (\S+) --from (\S+)/.exec(halted.stderr);
    const [, to = "", from = ""] = said ?? [];
    const { vault } = await direct().cloud({});
    await clock.run(vault.moveStage(DEMO.secret, "AWSCURRENT", { from, to }));
    expect(await runCommand(words("rotate resume --gate demo --wait"), direct())).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("a plan that was already started", () => {
  it("is refused, with the ID of the open rotation and how to continue it", async () => {
    const { direct } = await siteWorld();
    const world = direct();
    await runCommand(words("rotate plan --gate demo -o plan.json"), world);
    await runCommand(words("rotate start plan.json --yes --until key-stored"), world);
    const again = await runCommand(words("rotate start plan.json --yes"), world);
    expect(again.exitCode).toBe(5);
    expect(again.stderr).toMatch(/the plan is out of date: .*; rotation \S+ is open \[ERR_REFUSED\]/);
    expect(again.stderr).toContain("hint: keyturn rotate resume --gate demo --wait\n");
  });
});

describe("a mode given next to a plan of the normal mode", () => {
  it.each([["compromised"], ["cut-now"]])("is the mode of the rotation: --%s", async (mode) => {
    const { direct } = await siteWorld();
    const world = direct();
    await runCommand(words("rotate plan --gate demo -o plan.json"), world);
    const line = `rotate start plan.json --${mode} --yes-cut-off-viewers --pending-ok --json`;
    const started = await runCommand(words(line), world);
    expect(started.exitCode, started.stderr).toBe(0);
    expect(JSON.parse(started.stdout).result).toMatchObject({ goal: "forward", mode });
  });
});

describe("an aborting rotation", () => {
  it("blocks a new one until it is done, with a hint to resume but not to abort it", async () => {
    const { direct } = await siteWorld();
    await runCommand(words(`${START} --wait --until signer-switched`), direct());
    await runCommand(words("rotate abort --gate demo --yes"), direct());
    const ran = await runCommand(words(START), direct());
    expect(ran.exitCode).toBe(7);
    expect(ran.stderr).toContain(
      "is open (goal abort): continue with `keyturn rotate resume` [ERR_HALTED]\n",
    );
    expect(ran.stderr).toContain("hint: keyturn rotate resume --gate demo --wait\n");
  });
});

describe("a record that is marked for deletion", () => {
  it("is reported with the command that restores it", async () => {
    const { site, operator } = await siteWorld();
    await runCommand(words(`${START} --until key-stored`), operator());
    const name = `${DEMO.secret}.keyturn`;
    deleteSecret(site.account.secrets.registry, DEMO.region, name, { isForced: false });
    const ran = await runCommand(words("rotate status --gate demo"), operator());
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(`hint: keyturn secret restore ${name}\n`);
  });

  const record = `${DEMO.secret}.keyturn`;
  const restore = `keyturn secret restore ${record}`;
  async function marked(secrets: readonly string[]) {
    const world = await siteWorld();
    await runCommand(words(`${START} --until key-stored`), world.operator());
    const { registry } = world.site.account.secrets;
    for (const name of secrets) deleteSecret(registry, DEMO.region, name, { isForced: false });
    return world.operator({ columns: 80 });
  }

  it("is a finding under --all, because a rotation may be open", async () => {
    const operator = await marked([record]);
    const { stdout, exitCode } = await runCommand(words("rotate status --all --no-color"), operator);
    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `rotation record ${record} is marked for deletion: until it is restored, nobody can tell whether a rotation is open`,
    );
    expect(stdout).toContain("DeletedDate 2027-01-15T08:00:00Z");
    expect(stdout).toContain(`  -> ${restore}\n`);
    const asked = await runCommand(words("rotate status --all --json --pending-ok"), operator);
    expect(asked.exitCode).toBe(1);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      result: [],
      findings: [{ id: "rotation-record-deleted", severity: "warning", remedy: restore }],
    });
  });

  it("is a note if the gate's secret is deleted too", async () => {
    const operator = await marked([record, DEMO.secret]);
    const { stdout, exitCode } = await runCommand(words("rotate status --all --no-color"), operator);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "the gate's secret is gone, or also marked for deletion",
    );
    expect(stdout).toContain(`  -> ${restore}\n`);
    expect(exitCode).toBe(0);
  });

  it("is named in the hint if it is the only record", async () => {
    const operator = await marked([record]);
    const without = { ...operator, files: new MemoryFiles({}) };
    const ran = await runCommand(words("rotate resume"), without);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`hint: ${restore}\n`);
  });
});

describe("a gate that cannot be read", () => {
  async function oneOfTwo() {
    const world = await siteWorld();
    await runCommand(words(`${START} --until key-stored`), world.operator());
    const operator = world.operator({ columns: 80 });
    const { vault } = await operator.cloud({ region: DEMO.region });
    const { value } = await vault.get(`${DEMO.secret}.keyturn`, { stage: "AWSCURRENT" });
    const record = JSON.parse("text" in value ? value.text.reveal() : "");
    const other = {
      ...record,
      gate: "other",
      settings: { ...record.settings, secret: { ...record.settings.secret, id: "other/key" } },
    };
    // The secret that this record belongs to never existed.
    await vault.create("other/key.keyturn", "0".repeat(32), { text: new Sealed(JSON.stringify(other)) });
    return { world, operator };
  }

  it("is a finding under --all, and the others are still shown", async () => {
    const { operator } = await oneOfTwo();
    const { stdout, exitCode } = await runCommand(words("rotate status --all --no-color"), operator);
    expect(stdout).toMatch(/^demo /m);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("gate other cannot be read: ");
    expect(exitCode).toBe(1);
  });

  it("is reported as the command's own error if no gate can be read", async () => {
    const { world, operator } = await oneOfTwo();
    deleteSecret(world.site.account.secrets.registry, DEMO.region, `${DEMO.secret}.keyturn`, {
      isForced: true,
    });
    const { stderr, exitCode } = await runCommand(words("rotate status --all"), operator);
    expect(stderr).toMatch(/^error: .*other\/key/m);
    expect(exitCode).toBe(5);
  });
});

describe("the evidence", () => {
  const evidence = async (world: MemoryWorld) => ({
    page: (await runCommand(words("rotate status --gate demo --evidence md"), world)).stdout,
    said: JSON.parse((await runCommand(words("rotate status --gate demo --evidence json"), world)).stdout),
  });

  it("gives an upper bound for the time of the new key's upload", async () => {
    const { direct } = await siteWorld();
    await runCommand(words(`${START} --until key-trusted`), direct());
    const { page, said } = await evidence(direct());
    const what = `new public key ${said.new.keyPairId} uploaded`;
    expect(page).toContain(`record opened |\n| not recorded | ${what} |\n`);
    expect(said.undated).toEqual([{ what }]);
  });

  it("dates the old ID's removal by when it was first observed, since the record has no time for it", async () => {
    const { direct } = await siteWorld({ settings: { settle: 30 } });
    await runCommand(words(`${START} --wait`), direct());
    const { page, said } = await evidence(direct());
    const { proofs, undated } = said;
    expect(undated).toEqual([
      { what: `new public key ${said.new.keyPairId} uploaded`, seenBy: proofs.new.begunAt },
      { what: `new id ${said.new.keyPairId} in every key group`, seenBy: proofs.new.begunAt },
      { what: `old id ${said.old.keyPairId} removed from every key group`, seenBy: proofs.gone.begunAt },
    ]);
    const rows = page.split("\n").filter((line) => /^\| (by )?\d/.test(line));
    expect(rows.map((row) => row.split(" | ")[1]?.replace(/ \|$/, ""))).toEqual([
      "record opened",
      undated[0].what,
      undated[1].what,
      "edge proven to accept the new key",
      "from here on signers may have the new key",
      "AWSCURRENT confirmed on the new key",
      "old key cleared for removal",
      undated[2].what,
      "edge proven to deny the old key",
      "point of no return",
      "record closed: rotated",
    ]);
  });

  it("reports for an abort that the new ID was removed", async () => {
    const { direct } = await siteWorld();
    await runCommand(words(`${START} --wait --until old-untrusted`), direct());
    await runCommand(words("rotate abort --gate demo --yes --wait"), direct());
    const { page, said } = await evidence(direct());
    expect(said.undated.at(-1).what).toBe(`new id ${said.new.keyPairId} removed from every key group`);
    const { at } = said.events.find(({ what }: { what: string }) => what === "point of no return");
    expect(page).toContain(`| by ${at} | ${said.undated.at(-1).what} |\n| ${at} | point of no return |`);
  });
});

describe("rotate status --all", () => {
  it("exits with 0 under --pending-ok while a rotation is open", async () => {
    const { direct } = await siteWorld();
    await runCommand(words(`${START} --until key-stored`), direct());
    expect(await runCommand(words("rotate status --all"), direct())).toMatchObject({ exitCode: 8 });
    expect(await runCommand(words("rotate status --all --pending-ok"), direct())).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("--keep", () => {
  async function withOthers() {
    const world = await siteWorld();
    const { account, ids } = world.site;
    const others = ["paper", "video"].map((name) => addKey(account, name));
    editGroup(account, ids.keyGroupId, (items) => [...items, ...others]);
    return { world, others };
  }

  it("accepts the start of an ID, and the next refusal suggests keeping the other keys too", async () => {
    const { world, others } = await withOthers();
    const [first = "", second = ""] = others;
    const plan = words(`rotate plan --gate demo --json --keep ${first.slice(0, 6)}`);
    const { findings } = JSON.parse((await runCommand(plan, world.direct())).stdout);
    expect(findings).toMatchObject([
      { id: "rotation-by-hand", remedy: `keyturn rotate plan --gate demo --keep ${first} ${second}` },
    ]);
    const both = words(findings[0].remedy.slice("keyturn ".length));
    expect(await runCommand(both, world.direct())).toMatchObject({ exitCode: 0 });
  });

  it("refuses a value that matches no key", async () => {
    const { world } = await withOthers();
    const ran = await runCommand(words("rotate plan --gate demo --keep KNOSUCHKEY"), world.direct());
    expect(ran).toMatchObject({ exitCode: 5, stdout: "" });
    expect(ran.stderr).toContain('error: public key "KNOSUCHKEY" not found in this account');
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
    it(`is refused if it is not the declared one: ${line}`, async () => {
      const world = await siteWorld();
      await runCommand(words(`${START} --until key-trusted`), world.direct());
      const before = everything(world);
      const ran = await runCommand(words(line), declaredElsewhere(world));
      expect(ran.stdout).toBe("");
      expect(ran.stderr).toContain(
        "error: gate demo is in account 999988887777, but these credentials are for 111122223333 [ERR_ACCOUNT]\n" +
          "hint: add --profile NAME",
      );
      expect(ran.exitCode).toBe(4);
      expect(everything(world)).toBe(before);
    });
  }

  it("is taken from the caller's identity if the secret does not exist", async () => {
    const world = await siteWorld();
    const cloud = directCloud(world.site, async (operation, _kind, call) => {
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

  it("is printed before any change by every command that makes one", async () => {
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
        stderr: expect.stringContaining("dry run: nothing was changed\n"),
      });
      expect(ran.stdout).toMatch(/^(gate demo, rotation|rotation of gate demo)/);
      expect(everything(world)).toBe(before);
    });
  }
});

describe("an open rotation that is made urgent", () => {
  for (const [flag, who] of [
    ["--compromised", "viewers with a cookie of the old key are cut off once signers have switched"],
    ["--cut-now", "every viewer is cut off at once"],
  ] as const) {
    it(`first prints whom it cuts off, from when, and how many mints to expect: ${flag}`, async () => {
      const world = await siteWorld({ settings: { cookieTtl: 3600, signerCache: 60, settle: 900 } });
      await runCommand(words(`${START} --until key-trusted`), world.direct());
      const before = everything(world);
      const ran = await runCommand(words(`rotate resume --gate demo ${flag}`), world.direct());
      expect(ran.stderr).toContain(who);
      expect(ran.stderr).toContain("expect as many mints as usual in 1h, within 15m");
      expect(ran.stderr).toContain("[ERR_CONFIRMATION]\nhint: add --yes-cut-off-viewers to confirm");
      expect(ran.exitCode).toBe(7);
      expect(everything(world)).toBe(before);
    });
  }
});

describe("rotate resume --compromised without an open rotation", () => {
  for (const [opened, said] of [
    [[], "there is no open rotation to make urgent [ERR_HALTED]"],
    [[`${START} --wait`], /there is no open rotation to make urgent: rotation \S+ is finished/],
  ] as const) {
    it(`prints how to start one: ${opened.length === 0 ? "never rotated" : "finished"}`, async () => {
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

/** The numbers of the stages in a block of the plan, as in `1-5 nobody`. */
function stagesSaid(page: string, title: string): readonly number[] {
  const block = page.split("\n\n").find((each) => each.startsWith(title)) ?? "";
  return [...block.matchAll(/^ {2}(\d+)(?:-(\d+))? /gm)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => Number(first) + at),
  );
}

describe("a plan", () => {
  for (const until of ["key-trusted", "signer-switched", "old-untrusted"]) {
    it(`during a rotation (after ${until}) reports the open rotation and how to continue, and does not call its keys foreign`, async () => {
      const world = await siteWorld();
      await runCommand(words(`${START} --wait --until ${until}`), world.direct());
      const { stdout, exitCode } = await runCommand(words("rotate plan --gate demo"), world.direct());
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/rotation-open.* rotation \S+ of this gate is open/s);
      expect(stdout).toContain("keyturn rotate status --gate demo");
      expect(stdout).toContain("keyturn rotate resume");
      expect(stdout).not.toContain("--keep");
      expect(stdout).not.toContain("rotate start");
      expect(stdout).not.toContain("old-cookies-expired");
    });
  }

  const settings = { cookieTtl: 3600, signerCache: 60, settle: 900 };
  const affected = [
    {
      mode: "",
      said: ["viewers mint with the new key when their cookie expires, over 1h; no extra mints"],
    },
    {
      mode: "--compromised",
      said: [
        "every viewer with a cookie of the old key, until they mint again: as many mints as usual in 1h, within 15m",
      ],
    },
    {
      mode: "--cut-now",
      said: [
        "as many mints as usual in 1h, within 15m",
        "cookies that signers still mint with the old key are denied too, for up to 1m",
      ],
    },
  ];
  for (const { mode, said } of affected) {
    it(`shows for every stage who is affected, and how many mints to expect: ${mode || "normal"}`, async () => {
      const world = await siteWorld({ settings });
      const { stdout } = await runCommand(words(`rotate plan --gate demo ${mode}`), world.direct());
      expect(stagesSaid(stdout, "who is affected, at stage")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(stagesSaid(stdout, "what abort means then")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const flowing = stdout.replaceAll(/\s+/g, " ");
      for (const each of said) expect(flowing).toContain(each);
    });
  }

  it("stays within 80 columns, except for longer IDs, which are not wrapped", async () => {
    const world = await siteWorld();
    const long = `demo/${"cloudfront-signing-key-".repeat(4)}eu`;
    const { secrets } = world.site.account;
    secrets.create(long, secrets.text("demo/cloudfront-signing-key") ?? "");
    const yaml = world.site.gateYaml.replace("demo/cloudfront-signing-key", long);
    const operator = world.direct(undefined, { files: { "keyturn.yaml": yaml }, columns: 80 });
    for (const line of [
      "rotate plan --gate demo",
      `${START} --until key-trusted`,
      "rotate status --gate demo",
    ]) {
      const { stdout } = await runCommand(words(line), operator);
      const wide = stripVTControlCharacters(stdout)
        .split("\n")
        .filter((each) => each.length > 80);
      for (const each of wide) expect(each.trim().split(/\s+/).at(-1)?.length, each).toBeGreaterThan(60);
      if (line.includes("plan")) expect(stdout).toContain(long);
    }
  });
});
