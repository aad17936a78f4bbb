/** A process that was suspended resumes: its rotation may be over, and another one open. */
import { describe, expect, it } from "vitest";
import { drive, driveTools } from "../../src/rotation/drive.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const SHORT = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
const record = ({ site }: SiteWorld) => site.account.secrets.text(`${DEMO.secret}.keyturn`) ?? "";

async function rotationStarted(world: SiteWorld): Promise<string> {
  const started = words("rotate start --gate demo --yes --until key-trusted --wait");
  expect((await runCommand(started, world.direct())).exitCode).toBe(8);
  return JSON.parse(record(world)).rotation;
}

describe("a rotate start that wakes up during another rotation", () => {
  it.each([
    ["open", undefined],
    ["finished", words("rotate resume --gate demo --wait")],
  ])("reports that its own rotation is over, and leaves the other, %s, alone", async (state, more) => {
    const world = await siteWorld({ settings: SHORT });
    const first = await rotationStarted(world);
    expect((await runCommand(words("rotate abort --gate demo --yes --wait"), world.direct())).exitCode).toBe(
      0,
    );
    const second = await rotationStarted(world);
    if (more !== undefined) expect((await runCommand(more, world.direct())).exitCode).toBe(0);
    const before = record(world);
    const operator = world.direct();
    const tools = driveTools(operator, await operator.cloud({}), DEMO.secret);
    const woken = world.clock.run(drive(tools, { opened: first, wait: true }));
    await expect(woken).rejects.toMatchObject({
      code: "ERR_REFUSED",
      message: expect.stringContaining(
        `rotation ${first}, which this command was driving, is finished, and rotation ${second}`,
      ),
      hints: ["keyturn rotate status --gate demo"],
    });
    await expect(woken).rejects.toThrow(state === "open" ? "is open now" : "was rotated since");
    expect(record(world)).toBe(before);
  });
});
