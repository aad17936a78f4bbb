/** Why a rotation is refused: each reason by its ID, with a fix. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Gate } from "../../src/gates/gate.ts";
import { parseGates } from "../../src/gates/read.ts";
import { gateOfKeyName, publicKeyName } from "../../src/rotation/leftovers.ts";
import { planRotation } from "../../src/rotation/plan.ts";
import { gatherFacts, type PlanFacts } from "../../src/rotation/plan-facts.ts";
import type { RotationRecord } from "../../src/rotation/record.ts";
import { refusalsOf } from "../../src/rotation/refusals.ts";
import { siteWorld } from "./site-world.ts";

let gate: Gate;
let facts: PlanFacts;

beforeAll(async () => {
  const { clock, site, direct } = await siteWorld();
  gate = parseGates(site.gateYaml, "keyturn.yaml").get("demo") as Gate;
  const world = direct();
  facts = await clock.run(gatherFacts(world, await world.cloud({}), gate));
});

const FRESH = { keyType: "rsa-2048", leavesStale: [] } as const;

const ids = (
  changed: Partial<PlanFacts>,
  asked: { gate?: Partial<Gate>; others?: Gate[]; keep?: string[] } = {},
) =>
  refusalsOf(
    { ...facts, ...changed },
    { gate: { ...gate, ...asked.gate }, others: asked.others ?? [], keep: asked.keep ?? [], ...FRESH },
  ).map(({ id, severity }) => `${severity} ${id}`);

const withItems = (...items: string[]) =>
  facts.groups.map((group) => ({ ...group, items: [...group.items, ...items] }));

describe("a rotation starts", () => {
  it("if nothing blocks it", () => {
    expect(ids({})).toEqual([]);
  });
});

describe("a rotation is refused", () => {
  it("while another is open, and only for that reason: the second key in the group belongs to it", () => {
    const record = {
      rotation: "20270115-000000",
      goal: "forward",
      epoch: 1,
      startedBy: {},
    } as RotationRecord;
    const open = { registered: { record, versionId: "v" }, groups: withItems("KNEW") };
    expect(ids(open)).toEqual(["error rotation-open"]);
    const finished = { ...record, finished: { at: 1, outcome: "rotated" } } as const;
    expect(ids({ ...open, registered: { record: finished, versionId: "v" } })).toEqual([
      "error rotation-by-hand",
    ]);
  });
  it("while managed rotation is on", () => {
    expect(ids({ secret: { ...facts.secret, rotationEnabled: true } })).toEqual(["error managed-rotation"]);
  });
  it("on a replica, and while a replica is not InSync", () => {
    expect(ids({ secret: { ...facts.secret, primaryRegion: "eu-west-1" } })).toEqual([
      "error secret-is-replica",
    ]);
    const replicas = [{ region: "eu-west-1", status: "InProgress" }];
    expect(ids({ secret: { ...facts.secret, replicas } })).toEqual(["error replica-not-in-sync"]);
  });
  it("if the secret is scheduled for deletion", () => {
    expect(ids({ secret: { ...facts.secret, deletedAt: 1 } })).toEqual(["error secret-deleted"]);
  });
  it("if a group outside the gate holds the key", () => {
    const outside = {
      id: "other",
      name: "other",
      items: [facts.current.keyPairId ?? ""],
      comment: "",
      modifiedAt: 0,
    };
    expect(ids({ allGroups: [...facts.allGroups, outside] })).toEqual(["error key-shared"]);
  });
  it("if another gate shares the secret or a group", () => {
    expect(ids({}, { others: [{ ...gate, name: "twin" }] })).toEqual(["error gate-shared"]);
  });
  it.each([
    [3, []],
    [4, ["error key-group-full"]],
  ])("with %i other keys in the group: %j", (count, expected) => {
    const others = Array.from({ length: count }, (_, at) => `KOTHER${at}`);
    expect(ids({ groups: withItems(...others) }, { keep: others })).toEqual(expected);
  });
  it.each([
    [9, []],
    [10, ["error key-quota"]],
  ])("with %i public keys in the account: %j", (count, expected) => {
    const [key] = facts.publicKeys;
    if (key === undefined) throw new Error("no key");
    const publicKeys = Array.from({ length: count }, (_, at) => ({
      ...key,
      id: `K${at}`,
      name: `other-${at}`,
    }));
    expect(ids({ publicKeys })).toEqual(expected);
  });
  it("if someone started by hand: an extra key in the group, unless it is declared as another signer's", () => {
    expect(ids({ groups: withItems("KEXTRA") })).toEqual(["error rotation-by-hand"]);
    expect(ids({ groups: withItems("KEXTRA") }, { keep: ["KEXTRA"] })).toEqual([]);
  });
  it("if someone started by hand: an uploaded key in no group", () => {
    const orphan = { id: "KORPHAN", fingerprint: "f", name: "demo-2026-11", createdAt: 0 };
    expect(ids({ publicKeys: [...facts.publicKeys, orphan] })).toEqual(["error orphan-upload"]);
  });
  it.each([
    ["demo-2026-11", [], true],
    ["demo-eu-2026-11", ["demo-eu"], false],
    ["demo-eu-2026-11", ["other"], true],
    ["demo-20261127-k3x9ab", ["demo-eu"], true],
    // The other gate is in another file: the rotation's own name shows that the key is not this gate's.
    ["demo-eu-20261127-k3x9ab", [], false],
    ["demo-eu-20261127-k3x9ab", ["demo-eu"], false],
    ["demo-eu-west-2026-11", ["demo-eu", "demo-eu-west"], false],
    ["demonstration", [], false],
  ])("if the upload %s belongs to this gate, next to the gates %j: %s", (name, others, is) => {
    const orphan = { id: "KORPHAN", fingerprint: "f", name, createdAt: 0 };
    const beside = others.map((other) => ({
      ...gate,
      name: other,
      keyGroups: [],
      secret: { ...gate.secret, id: other },
    }));
    const found = ids({ publicKeys: [...facts.publicKeys, orphan] }, { others: beside });
    expect(found).toEqual(is ? ["error orphan-upload"] : []);
  });
  it("recognizes the key of a gate whose name CloudFront would not accept", () => {
    const name = publicKeyName({ gate: "app.eu", rotation: "20261127-k3x9ab" });
    expect(gateOfKeyName(name, ["app", "app.eu"])).toBe("app.eu");
    expect(gateOfKeyName("app-eu-by-hand", ["app", "app.eu"])).toBe("app.eu");
  });
  it("for an untrusted signing key, not for an orphan, if the key in use was removed from every group", () => {
    const groups = facts.groups.map((group) => ({ ...group, items: ["KEXTRA"] }));
    const found = ids({ groups, allGroups: groups }, { keep: ["KEXTRA"] });
    expect(found).toEqual(["error signing-key-untrusted"]);
  });
  it("if AWSCURRENT holds a key that is unknown, or that a group does not trust", () => {
    const { keyPairId: _, ...unknown } = facts.current;
    expect(ids({ current: unknown })).toEqual(["error signing-key-unknown"]);
    expect(ids({ current: { ...facts.current, keyPairId: "KOTHER" } })).toContain(
      "error signing-key-untrusted",
    );
  });
  it("without a canary, or with one that does not answer as expected", () => {
    expect(ids({}, { gate: { canaries: {} } })).toEqual(["error no-canary"]);
    const baseline = {
      good: false,
      complaint: "unsigned passed",
      controlFailed: true,
      locations: [],
      requestIds: [],
    };
    expect(ids({ baseline })).toEqual(["error canary-unproven"]);
  });
  it("if signers have no way to learn the key pair ID", () => {
    expect(ids({}, { gate: { secret: { ...gate.secret, format: "pem" } } })).toContain(
      "error key-id-nowhere",
    );
  });
  it("with a remedy for every reason", () => {
    const broken = { groups: withItems("KEXTRA"), secret: { ...facts.secret, rotationEnabled: true } };
    for (const { remedy, severity } of refusalsOf(
      { ...facts, ...broken },
      { gate, others: [], keep: [], ...FRESH },
    )) {
      expect(severity).toBe("error");
      expect(remedy).toBeTruthy();
    }
  });
});

describe("a plan", () => {
  it("warns about infrastructure code that also owns the key group", () => {
    expect(ids({}, { gate: { ownership: "terraform" } })).toEqual(["warning owned-by-iac"]);
  });
  it("has a row for every stage and contains no key material", () => {
    const plan = planRotation(facts, {
      gate,
      others: [],
      keep: [],
      mode: "normal",
      ...FRESH,
      where: "here",
    });
    expect(plan.stages).toHaveLength(10);
    expect(JSON.stringify(plan)).not.toContain("PRIVATE");
  });
});
