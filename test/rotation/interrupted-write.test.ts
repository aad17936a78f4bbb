/** After an interrupt no call starts; the one in flight is awaited for five seconds, and journaled with its outcome. */
import { describe, expect, it } from "vitest";
import { WRITE_GRACE_PERIOD } from "../../src/adapters/aws/call.ts";
import { InterruptError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "./site-world.ts";

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256");

describe("SIGINT during a write", () => {
  const endings = [
    { answersIn: WRITE_GRACE_PERIOD - 1, outcome: "done" },
    { answersIn: WRITE_GRACE_PERIOD + 1, outcome: "interrupted" },
  ];
  for (const { answersIn, outcome } of endings) {
    it(`journals the write as ${outcome} if it is answered ${answersIn} s later, and starts no other call`, async () => {
      const world = await siteWorld();
      const { site, clock } = world;
      let interruptedAt = 0;
      const begunAfter: string[] = [];
      site.account.faults.onCall(({ operation, moment }) => {
        if (moment !== "before") return;
        if (interruptedAt > 0) begunAfter.push(operation);
        if (operation !== "UpdateKeyGroup") return;
        interruptedAt = clock.now();
        operator.interruptNow(new InterruptError("SIGINT"));
      });
      site.account.faults.order({
        on: "cloudfront",
        operation: "UpdateKeyGroup",
        kind: "delay",
        seconds: answersIn,
      });
      const operator: MemoryWorld = world.operator();
      const ran = await runCommand(START, operator);
      expect(ran.exitCode).toBe(130);
      expect(ran.stderr).toMatch(
        /interrupted: waiting up to 5 s for the call in flight; interrupt again to quit at once\n(.*\n)?error: interrupted by SIGINT \[ERR_INTERRUPTED\]\nhint: keyturn rotate resume --gate demo --wait\n$/,
      );
      expect(clock.now() - interruptedAt).toBe(Math.min(answersIn, WRITE_GRACE_PERIOD));
      expect(begunAfter).toEqual([]);
      expect(operator.journal.entries.at(-1)).toMatchObject({ act: "write-group", outcome });

      // Either way, the next run continues from the state in AWS.
      const resumed = await runCommand(words("rotate resume --gate demo --wait"), world.direct());
      expect(resumed).toMatchObject({ exitCode: 0 });
      const { keyPairId } = JSON.parse(site.account.secrets.text(DEMO.secret) ?? "");
      expect([...site.account.cloudFront.state.publicKeys.keys()]).toEqual([keyPairId]);
    });
  }
});
