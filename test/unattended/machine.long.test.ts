/**
 * Executions that are killed wherever they can be, and one that waits for a week. `KEYTURN_CRASH=all` kills at every
 * write, otherwise at some of them.
 */
import { describe, expect, it } from "vitest";
import { InterruptError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { Around } from "../rotation/direct-cloud.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";
import { Engine } from "./engine.ts";

const SHORT = { cookieTtl: 20, signerCache: 5, settle: 6 } as const;
const STEP = process.env.KEYTURN_CRASH === "all" ? 1 : 10;

function recordOf({ site }: SiteWorld) {
  return JSON.parse(site.account.secrets.text(`${DEMO.secret}.keyturn`) ?? "{}");
}

/** Around each write: what happens at the moment of that number, counted over the whole execution. */
function dying(at: number, how: "killed" | "deadline") {
  let moments = 0;
  let isDead = false;
  const arm = (engine: Engine, site: SiteWorld) => {
    engine.world = () => {
      let interrupt = () => {};
      let killed = false;
      const reach = () => {
        moments += 1;
        if (isDead || moments <= at) return;
        isDead = true;
        if (how === "deadline") interrupt();
        else killed = true;
      };
      const around: Around = async (_operation, kind, call) => {
        if (killed) throw new Error("this function is dead");
        if (kind === "write") reach();
        if (killed) throw new Error("killed before its effect");
        const answer = call();
        if (kind === "write") reach();
        if (killed) throw new Error("killed after its effect");
        return answer;
      };
      const world = site.direct(around);
      interrupt = () => world.interruptNow(new InterruptError("SIGTERM"));
      return world;
    };
  };
  return { arm, moments: () => moments, died: () => isDead };
}

async function executed(at: number, how: "killed" | "deadline") {
  const site = await siteWorld({ settings: SHORT });
  const engine = new Engine(site);
  const death = dying(at, how);
  death.arm(engine, site);
  const end = await site.clock.run(engine.execute("start"));
  return { site, engine, death, end };
}

describe("a function whose time is over", () => {
  it.each(["killed", "deadline"] as const)(
    "at any write (%s), leaves nothing that the next turn does not finish",
    async (how) => {
      const whole = await executed(Number.POSITIVE_INFINITY, how);
      const moments = whole.death.moments();
      expect(moments).toBeGreaterThan(30);
      for (let at = how === "killed" ? 0 : STEP / 2; at < moments; at += STEP) {
        const { site, engine, death, end } = await executed(Math.floor(at), how);
        const where = `${how} at ${at} of ${moments}`;
        expect(death.died(), where).toBe(true);
        expect(end.status, where).toBe("SUCCEEDED");
        expect(recordOf(site).finished?.outcome, where).toBe("rotated");
        expect(
          engine.told.map(({ Subject }) => Subject),
          where,
        ).toEqual(["[keyturn] gate demo: rotated"]);
        const { cloudFront, secrets } = site.site.account;
        expect([...cloudFront.state.publicKeys.keys()], where).toEqual([
          JSON.parse(secrets.text(DEMO.secret) ?? "{}").keyPairId,
        ]);
      }
    },
  );
});

describe("a long drain", () => {
  it("of seven days stays far below the 25,000 events of an execution", async () => {
    const site = await siteWorld({ settings: { ...SHORT, cookieTtl: 7 * 86_400 } });
    const engine = new Engine(site);
    const end = await site.clock.run(engine.execute("start"));
    expect(recordOf(site).finished.outcome).toBe("rotated");
    expect(end.events).toBeGreaterThan(1000);
    expect(end.events).toBeLessThan(20_000);
  });
});
