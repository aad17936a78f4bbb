/** The rotate commands against a sandbox site: the real SDK, the real edge, a clock that jumps. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";

describe("rotate", () => {
  it("takes a gate through all ten stages with --wait", async () => {
    const { site, operator } = await siteWorld();
    const world = operator();
    const ran = await runCommand(words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait"), world);
    expect(ran.exitCode).toBe(0);
    expect([...site.account.cloudFront.state.publicKeys.values()]).toHaveLength(1);
  });
});
