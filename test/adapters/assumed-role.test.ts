/** A gate with its own role: the real SDK assumes it, with the sandbox's STS in place of AWS. */
import { describe, expect, it } from "vitest";
import { sessionNameOf } from "../../src/adapters/aws/assumed-role.ts";
import { createAccount } from "../../src/sandbox/account.ts";
import type { WireHandler } from "../../src/sandbox/wire.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { siteWorld } from "../rotation/site-world.ts";

const ROLE = "arn:aws:iam::222222222222:role/ops/keyturn";

/** An account that allows assuming the role, and records each call and the credentials used. */
function account(trust: { externalId?: string } = {}) {
  const clock = new ManualClock();
  const calls: string[] = [];
  const { handler, faults } = createAccount({
    clock,
    random: seededRandom(7),
    accountId: "222222222222",
    roles: { [ROLE]: trust },
  });
  faults.onCall(({ on, operation, moment }) => {
    if (moment === "before") calls.push(`${on}:${operation}`);
  });
  const keysSeen = new Set<string>();
  const recording: WireHandler = (request) => {
    keysSeen.add(/Credential=(\w{4})/.exec(request.headers.authorization ?? "")?.[1] ?? "");
    return handler(request);
  };
  const world = memoryWorld({ clock, cloud: recording, env: { USER: "ann" } });
  return { clock, calls, keysSeen, world };
}

async function listKeys({ clock, world }: ReturnType<typeof account>, externalId?: string, times = 1) {
  const cloud = await world.cloud({ assumeRole: { arn: ROLE, externalId } });
  const list = async () => {
    for await (const _ of cloud.controlPlane.listPublicKeys()) throw new Error("there is none");
    for await (const _ of cloud.vault.list()) throw new Error("there is none");
  };
  for (let at = 0; at < times; at += 1) await clock.run(list());
  return { cloud, list };
}

describe("keyturn, on a gate with assumeRole,", () => {
  it("assumes the role once and uses its credentials", async () => {
    const made = account();
    await listKeys(made, undefined, 3);
    expect(made.calls.filter((call) => call === "sts:AssumeRole")).toHaveLength(1);
    expect([...made.keysSeen]).toEqual(["AKID", "ASIA"]);
  });

  it("renews the session before it ends, so AWS never sees an expired one", async () => {
    const made = account();
    const { list } = await listKeys(made);
    for (const [after, asked] of [
      [2999, 1],
      [1, 2],
      [3600, 3],
    ] as const) {
      await made.clock.run(made.clock.sleep(after));
      await made.clock.run(list());
      expect(made.calls.filter((call) => call === "sts:AssumeRole")).toHaveLength(asked);
    }
  });

  it("sends the external ID that the trust policy requires", async () => {
    await listKeys(account({ externalId: "shop-7" }), "shop-7");
  });

  it.each([undefined, "shop-8"])("explains why AWS refuses the external ID %s", async (externalId) => {
    await expect(listKeys(account({ externalId: "shop-7" }), externalId)).rejects.toMatchObject({
      code: "ERR_ACCESS_DENIED",
      message: expect.stringContaining(`sts:AssumeRole on role ${ROLE} is not allowed`),
      hints: expect.arrayContaining(["keyturn iam --role rotator"]),
    });
  });

  it.each([
    ["ann", "keyturn-ann"],
    ["Änn B", "keyturn--nn-B"],
    [undefined, "keyturn"],
    ["a".repeat(80), `keyturn-${"a".repeat(56)}`],
  ])("for the user %s names the session %s", (user, name) => {
    expect(sessionNameOf(user)).toBe(name);
  });
});

describe("rotate status --all with several accounts", () => {
  it("shows the gates of the account that answers if another refuses", async () => {
    const { direct, site } = await siteWorld();
    await runCommand(words("rotate start --yes"), direct());
    const shop = site.gateYaml
      .slice(site.gateYaml.indexOf("  demo:"))
      .replace("  demo:", "  shop:")
      .replace(/^ +account:.*$/m, `    assumeRole: ${ROLE}`);
    const files = { "keyturn.yaml": `${site.gateYaml}\n${shop}` };
    const operator = direct(undefined, { files });
    const own = operator.cloud;
    const refusing = account({ externalId: "another" });
    Object.assign(operator, {
      cloud: (options: Parameters<typeof own>[0]) =>
        options.assumeRole === undefined ? own(options) : refusing.world.cloud(options),
    });
    const { stdout, exitCode } = await runCommand(words("rotate status --all --json"), operator);
    const { result, findings } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(result.map(({ gate }: { gate: string }) => gate)).toEqual(["demo"]);
    expect(findings).toMatchObject([{ id: "gate-unreadable", evidence: ["ERR_ACCESS_DENIED"] }]);
    expect(findings[0].message).toContain("gate shop cannot be read");
  });
});
