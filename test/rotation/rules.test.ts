/** The rules that the search does not reach: exact times, and what IDs and epochs are for. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { driveTools } from "../../src/rotation/drive.ts";
import { execute } from "../../src/rotation/execute.ts";
import { commentWithEpoch, epochOf, gateMark } from "../../src/rotation/group-comment.ts";
import { MODES } from "../../src/rotation/mode.ts";
import { nextAction } from "../../src/rotation/next-action.ts";
import { observe } from "../../src/rotation/observe.ts";
import { advanceProof, nextCheckAt } from "../../src/rotation/proof.ts";
import { parseRecord } from "../../src/rotation/read-record.ts";
import { PROOFS, type RotationRecord, startedByText, withMode } from "../../src/rotation/record.ts";
import { renderRecord } from "../../src/rotation/record-json.ts";
import { registerName } from "../../src/rotation/register.ts";
import { isAfter, STAGES } from "../../src/rotation/stage.ts";
import { parseVersionId, rotationId, versionIdOf } from "../../src/rotation/version-id.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { alone, opened } from "./model/start.ts";
import { observedOf } from "./model/view.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256");

/** The next action at the given offset from the end of the old key's drain, in the model. */
function drainingAt(offset: number, mode: RotationRecord["mode"] = "normal") {
  const states = alone(opened({ mode, operators: 1 }));
  const state = states.find(({ record }) => record.switchedAt !== undefined);
  if (state === undefined) throw new Error("the model never switches");
  const { cacheTtl, longestLife, skew } = state.record.settings;
  const at = state.record.switchedAt?.at ?? 0;
  const now = at + (cacheTtl as number) + (mode === "normal" ? longestLife : 0) + skew + offset;
  return nextAction(state.record, observedOf(state, now, now, state.pins), now, { tried: PROOFS, told: 0 });
}

describe("the drain", () => {
  it.each([
    [-1, "waitUntil"],
    [0, "act"],
    [1, "act"],
  ])("has this next action %i s from its end: %s", (offset, what) => {
    expect(drainingAt(offset)).toHaveProperty(what);
    expect(drainingAt(offset, "compromised")).toHaveProperty(what);
  });
});

describe("a proof", () => {
  const timing = { settle: 10, skew: 2, triples: 3 };
  const groups = [{ id: "g", etag: "E1", name: "g", items: [], comment: "", modifiedAt: 0 }];
  const outcome = { good: true, locations: ["FRA56-P4"], requestIds: [] };
  const triple = (sentAt: number, etag = "E1") => ({
    keyPairId: "K",
    groups: groups.map((group) => ({ ...group, etag })),
    sentAt,
    doneAt: sentAt,
    outcome,
  });
  const first = advanceProof(undefined, triple(100), timing);
  const second = advanceProof(first, triple(106), timing);

  it.each([
    [111, false],
    [112, true],
    [113, true],
  ])("is complete with a third good canary check at %i: %s", (at, isProven) => {
    expect(advanceProof(second, triple(at), timing).provenAt !== undefined).toBe(isProven);
  });
  it("starts over when a group has another ETag", () => {
    expect(advanceProof(second, triple(112, "E2"), timing)).toMatchObject({ good: 1, goodSince: 112 });
  });
  it("starts over after a failed canary check", () => {
    const bad = { ...triple(108), outcome: { ...outcome, good: false, complaint: "no" } };
    expect(advanceProof(second, bad, timing)).toMatchObject({ good: 0, complaint: "no" });
  });
  it("is spread over the settle time", () => {
    expect(nextCheckAt(first, timing)).toBe(106);
  });
});

describe("R7: the epoch", () => {
  it("grows with every rotation, and appears in each group's Comment", async () => {
    const { site, direct } = await siteWorld();
    for (let turn = 0; turn < 2; turn += 1) await runCommand([...START, "--wait"], direct());
    const record = recordOf(site);
    expect(record.epoch).toBe(2);
    const { comment } = site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config;
    expect(epochOf(comment, record.mark)).toBe(2);
  });

  it("continues to grow even if someone deleted the record", async () => {
    const { site, direct } = await siteWorld();
    for (let turn = 0; turn < 2; turn += 1) await runCommand([...START, "--wait"], direct());
    const { registry } = site.account.secrets;
    registry.remove(registry.findWritable(DEMO.region, registerName(DEMO.secret)));
    expect(await runCommand([...START, "--wait"], direct())).toMatchObject({ exitCode: 0 });
    expect(recordOf(site).epoch).toBe(3);
  });

  it("must not start at 1 again: such a record halts the run", async () => {
    const { clock, site, direct } = await siteWorld();
    for (let turn = 0; turn < 2; turn += 1) await runCommand([...START, "--wait"], direct());
    const { finished: _, ...open } = recordOf(site);
    site.account.secrets.put(registerName(DEMO.secret), renderRecord({ ...open, epoch: 1 }));
    const world = direct();
    const tools = driveTools(world, await world.cloud({}), DEMO.secret);
    await expect(clock.run(observe(tools))).rejects.toMatchObject({
      code: "ERR_HALTED",
      hints: ["keyturn rotate amend --gate demo"],
    });
  });
});

describe("R8: version IDs made from rotation, epoch and role", () => {
  it("let a second operator adopt the stored key instead of storing another", async () => {
    const { clock, site, direct } = await siteWorld();
    const [first, second] = [direct(), direct()];
    await runCommand([...START, "--until", "record-opened"], first);
    const tools = async (world: typeof first) => driveTools(world, await world.cloud({}), DEMO.secret);
    const [one, other] = [await tools(first), await tools(second)];
    const before = await clock.run(observe(one));
    if (before === undefined) throw new Error("no record");
    const act = {
      act: "store-key",
      step: "key-stored",
      why: "",
      versionId: versionIdOf({ rotation: before.registered.record.rotation, epoch: 1, role: "draft" }),
    } as const;
    expect(await execute(act, before, one)).toBe("done");
    const stored = (await clock.run(observe(other)))?.observed.draftFingerprint;
    expect(await execute(act, before, other)).toBe("moved");
    expect((await clock.run(observe(one)))?.observed.draftFingerprint).toBe(stored);
    expect(site.account.cloudFront.state.publicKeys.size).toBe(1);
  });

  it("are long enough for a ClientRequestToken, and can be parsed again", () => {
    const own = {
      rotation: rotationId("2026-11-22T10:00:00Z", Uint8Array.of(1, 2, 3, 4, 5, 6)),
      epoch: 7,
      role: "new",
    } as const;
    expect(versionIdOf(own)).toMatch(/^[\x21-\x7e]{32,64}$/);
    expect(parseVersionId(versionIdOf(own))).toEqual(own);
    expect(parseVersionId("58c22e1b-4d21-44e6-abfe-b7324d41bde5")).toBeUndefined();
  });
});

describe("R18: what never goes back", () => {
  it("a mode never becomes less urgent", () => {
    const [state] = alone(opened({ operators: 1 }));
    if (state === undefined) throw new Error("the model does not begin");
    for (const from of MODES) {
      for (const to of MODES) {
        const { mode } = withMode({ ...state.record, mode: from }, to);
        expect(MODES.indexOf(mode)).toBe(Math.max(MODES.indexOf(from), MODES.indexOf(to)));
      }
    }
  });
  it("stages come in order", () => {
    expect(STAGES.map((stage, at) => isAfter(stage, STAGES[Math.max(0, at - 1)] ?? stage))).toEqual(
      STAGES.map((_, at) => at > 0),
    );
  });
});

describe("the record as text", () => {
  const [state] = alone(opened({ operators: 1 }));
  const record = { ...(state?.record as RotationRecord), rotation: "20261122-abc123" };

  it("round-trips, and is the same text for the same record", () => {
    expect(parseRecord(renderRecord(record), "s")).toEqual(record);
    expect(renderRecord(parseRecord(renderRecord(record), "s"))).toBe(renderRecord(record));
  });
  it("keeps every byte of a record with every member", () => {
    const text = readFileSync("test/fixtures/rotation-record.json", "utf8");
    expect(renderRecord(parseRecord(text, "s"))).toBe(text);
  });
  it("reads a record from before marks, amendments and stale fields existed", () => {
    const { mark: _mark, amended: _amended, leavesStale: _stale, ...early } = everyMember();
    expect(parseRecord(JSON.stringify(early), "s")).toEqual(early);
  });
  it.each([
    ["proofs.new.etags.g1", 5, "proofs.new.etags.g1: expected text"],
    ["proofs.new.good", 1.5, "proofs.new.good: expected a whole number"],
    ["proofs.gone.controlFailed", false, "proofs.gone.controlFailed: expected one of true"],
    ["groups.1", "", "groups[1]: expected text"],
    ["groups", {}, "groups: expected a list"],
    ["startedBy", [], "startedBy: expected an object"],
    ["repairs.0.at", undefined, "repairs[0].at: it is missing"],
    ["switchedAt.when", 1, "switchedAt.when: unknown member"],
    ["settings.cacheTtl", "never", "settings.cacheTtl: expected a number of seconds or until-restart"],
    ["settings.skew", -1, "settings.skew: expected a number of 0 or more"],
    ["settings.canaries.E1", "", "settings.canaries.E1: expected text"],
    ["__proto__", {}, "__proto__: unknown member"],
    ["constructor", {}, "constructor: unknown member"],
  ])("names what is wrong and where: %s = %j", (path, value, sentence) => {
    const damaged = everyMember();
    const names = path.split(".");
    const last = names.pop() as string;
    const at = names.reduce((here: Record<string, unknown>, name) => here[name] as typeof here, damaged);
    Object.defineProperty(at, last, { value, enumerable: true, configurable: true });
    expect(() => parseRecord(JSON.stringify(damaged), "s")).toThrow(sentence);
  });
  it.each([
    ["not JSON", "it is not JSON"],
    ["{}", "version: it is missing"],
    [renderRecord({ ...record, version: 2 as 1 }), "written by a newer keyturn"],
    [renderRecord({ ...record, surprise: 1 } as never), "surprise: unknown member"],
    [renderRecord({ ...record, goal: "sideways" as never }), "goal: expected one of forward, abort"],
    [renderRecord({ ...record, epoch: -1 }), "epoch: expected a number of 0 or more"],
  ])("is refused: %s", (text, sentence) => {
    expect(() => parseRecord(text, "s")).toThrow(sentence);
  });
  it("is named after the secret, by name or ARN", () => {
    expect(registerName("a/b")).toBe("a/b.keyturn");
    expect(registerName("arn:aws:secretsmanager:us-east-1:111122223333:secret:a/b-AbCdEf")).toBe(
      "a/b.keyturn",
    );
  });
});

describe("who started a rotation", () => {
  const caller = "arn:aws:sts::111122223333:assumed-role/ops/ada";
  it.each([
    [{ caller, host: "ada@laptop" }, `${caller} (ada@laptop)`],
    [{ caller }, caller],
    [{ host: "ada@laptop" }, "ada@laptop"],
    [{}, undefined],
  ])("%j is shown with the machine, if both are known", (startedBy, told) => {
    expect(startedByText(startedBy)).toBe(told);
  });
});

describe("a Comment carries the epoch", () => {
  const ours = gateMark("arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key-AbCdEf");
  const theirs = gateMark("arn:aws:secretsmanager:eu-west-2:111122223333:secret:shop/key-AbCdEf");

  it("after a person's own words, which are kept", () => {
    expect(commentWithEpoch("ours", ours, 3)).toBe(`ours [keyturn epoch ${ours}:3]`);
    expect(commentWithEpoch(`ours [keyturn epoch ${ours}:3]`, ours, 4)).toBe(
      `ours [keyturn epoch ${ours}:4]`,
    );
    expect(commentWithEpoch("  two  blanks  ", ours, 4)).toBe(`  two  blanks   [keyturn epoch ${ours}:4]`);
    expect(commentWithEpoch("", ours, 4)).toBe(`[keyturn epoch ${ours}:4]`);
    expect(epochOf("by hand", ours)).toBe(0);
    expect(epochOf("[keyturn epoch soon]", ours)).toBe(0);
  });
  it("of each gate, next to one another", () => {
    const both = commentWithEpoch(commentWithEpoch("shop", ours, 3), theirs, 12);
    expect([epochOf(both, ours), epochOf(both, theirs)]).toEqual([3, 12]);
    const later = commentWithEpoch(both, ours, 4);
    expect([epochOf(later, ours), epochOf(later, theirs)]).toEqual([4, 12]);
    expect(later).toMatch(/^shop \[keyturn epoch [^[]*\]$/);
  });
  it("separately for a secret of the same name in another region, but not for a restored secret", () => {
    expect(ours).not.toBe(theirs);
    expect(gateMark("arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key-GhIjKl")).toBe(ours);
  });
  it("in place of an unmarked entry from an earlier keyturn, which counts for no marked gate", () => {
    expect(epochOf("shop [keyturn epoch 9]", ours)).toBe(0);
    expect(epochOf("shop [keyturn epoch 9]", undefined)).toBe(9);
    expect(commentWithEpoch("shop [keyturn epoch 9]", ours, 3)).toBe(`shop [keyturn epoch ${ours}:3]`);
  });
  it("within 128 characters with five gates, shortening the text", () => {
    const marks = [1, 2, 3, 4, 5].map((n) =>
      gateMark(`arn:aws:secretsmanager:eu-west-${n}:1:secret:k-AbCdEf`),
    );
    const full = marks.reduce((comment, mark) => commentWithEpoch(comment, mark, 1234), "x".repeat(128));
    expect(full).toHaveLength(128);
    for (const mark of marks) expect(epochOf(full, mark)).toBe(1234);
  });
});

function everyMember(): Record<string, unknown> {
  return JSON.parse(readFileSync("test/fixtures/rotation-record.json", "utf8"));
}

function recordOf({ account }: SiteWorld["site"]): RotationRecord {
  return parseRecord(account.secrets.text(registerName(DEMO.secret)) ?? "", "s");
}
