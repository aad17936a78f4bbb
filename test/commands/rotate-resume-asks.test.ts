/** `rotate resume` at a terminal: it prints what it will change and prompts, but does not prompt if nothing changes. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256";
const RESUME = "rotate resume --gate demo";

async function opened(until: string) {
  const made = await siteWorld();
  await runCommand(words(`${START} --until ${until}`), made.direct());
  const items = () => made.site.account.cloudFront.keyGroups.get(made.site.ids.keyGroupId).config.items;
  return { ...made, items };
}
const answering = (answers: readonly string[]) => ({ answers });

describe("rotate resume at a terminal", () => {
  it("lists what it will change and continues if the gate's name is typed", async () => {
    const { direct, items } = await opened("key-uploaded");
    const world = direct(undefined, answering(["demo"]));
    const ran = await runCommand(words(`${RESUME} --until key-trusted`), world);
    expect(ran.stderr.replace(/\s+/g, " ")).toMatch(
      /continue rotation \S+ \(forward\) trust K\w+ in key group \S+ Type demo to continue:/,
    );
    expect(items()).toHaveLength(2);
  });

  it.each(["yes", ""])("changes nothing and exits with 7 if the answer is %j", async (answer) => {
    const { direct, items } = await opened("key-uploaded");
    const ran = await runCommand(words(RESUME), direct(undefined, answering([answer])));
    expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringContaining("[ERR_CONFIRMATION]") });
    expect(items()).toHaveLength(1);
  });

  it("does not prompt with --yes", async () => {
    const { direct, items } = await opened("key-uploaded");
    const world = direct(undefined, answering(["never asked"]));
    const ran = await runCommand(words(`${RESUME} --yes --until key-trusted`), world);
    expect(ran.stderr).not.toContain("Type demo");
    expect(items()).toHaveLength(2);
  });

  it("does not prompt for a stage that changes nothing", async () => {
    const { direct } = await opened("key-trusted");
    const world = direct(undefined, answering(["never asked"]));
    const ran = await runCommand(words(`${RESUME} --until trust-proven`), world);
    expect(ran.stderr).not.toContain("Type demo");
  });

  it("does not prompt if it has to wait, but prompts with --wait", async () => {
    const { direct } = await opened("signer-switched");
    const idle = await runCommand(words(RESUME), direct(undefined, answering(["never asked"])));
    expect(idle.exitCode).toBe(8);
    expect(idle.stderr).not.toContain("Type demo");
    const staying = await runCommand(words(`${RESUME} --wait`), direct(undefined, answering(["no"])));
    expect(staying.exitCode).toBe(7);
    expect(staying.stderr).toMatch(/stop trusting K\w+, once its last cookie has expired/);
  });
});

describe("rotate resume without a terminal", () => {
  it("prints what it will change and continues, because start was confirmed", async () => {
    const { direct, items } = await opened("key-uploaded");
    const ran = await runCommand(words(`${RESUME} --until key-trusted`), direct());
    expect(ran.stderr).toMatch(/trust K\w+ in key group/);
    expect(items()).toHaveLength(2);
  });
});
