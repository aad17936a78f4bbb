/**
 * Executions killed at any moment, one whose every turn is killed, and one that waits for a week. `KEYTURN_CRASH=all`
 * kills at every call; without it, some are skipped.
 */
import { describe, expect, it } from "vitest";
import { InterruptError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { Around } from "../rotation/direct-cloud.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";
import { Engine } from "./engine.ts";

const SHORT = { cookieTtl: 20, signerCache: 5, settle: 6 } as const;
/** Tries every tenth moment around writes; around all calls there are a dozen times as many moments. */
const STEP = process.env.KEYTURN_CRASH === "all" ? 1 : 10;
const STEPS = { write: STEP, call: STEP === 1 ? 1 : 97 } as const;

function recordOf({ site }: SiteWorld) {
  return JSON.parse(site.account.secrets.text(`${DEMO.secret}.keyturn`) ?? "{}");
}

/**
 * Kills or interrupts the function at one moment. There is one before and one after each write or call of the
 * execution.
 */
function dying(at: number, how: "killed" | "deadline", around: keyof typeof STEPS) {
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
      const dies: Around = async (_operation, kind, call) => {
        if (killed) throw new Error("this function is dead");
        const counts = around === "call" || kind === "write";
        if (counts) reach();
        if (killed) throw new Error("killed before its effect");
        const answer = call();
        if (counts) reach();
        if (killed) throw new Error("killed after its effect");
        return answer;
      };
      const world = site.direct(dies);
      interrupt = () => world.interruptNow(new InterruptError("SIGTERM"));
      return world;
    };
  };
  return { arm, moments: () => moments, died: () => isDead };
}

async function executed(at: number, how: "killed" | "deadline", around: keyof typeof STEPS) {
  const site = await siteWorld({ settings: SHORT });
  const engine = new Engine(site);
  const death = dying(at, how, around);
  death.arm(engine, site);
  const end = await site.clock.run(engine.execute("start"));
  return { site, engine, death, end };
}

describe("a function that is killed or runs out of time", () => {
  it.each([
    ["write", "killed"],
    ["write", "deadline"],
    ["call", "killed"],
    ["call", "deadline"],
  ] as const)(
    "stopped at any %s (%s), leaves only work that the next turn can finish",
    async (around, how) => {
      const step = STEPS[around];
      const whole = await executed(Number.POSITIVE_INFINITY, how, around);
      const moments = whole.death.moments();
      expect(moments).toBeGreaterThan(around === "write" ? 30 : 300);
      for (let at = how === "killed" ? 0 : step / 2; at < moments; at += step) {
        const { site, engine, death, end } = await executed(Math.floor(at), how, around);
        const where = `${how} at ${around} ${at} of ${moments}`;
        expect(death.died(), where).toBe(true);
        expect(end.status, where).toBe("SUCCEEDED");
        expect(recordOf(site).finished?.outcome, where).toBe("rotated");
        expect(
          engine.notifications.map(({ Subject }) => Subject),
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

// After a single write it would never make progress: replacing the record takes two.
describe("a function whose every turn is killed", () => {
  it.each([2, 3, 7])("after %i writes, still finishes through the hourly ticks", async (writes) => {
    const site = await siteWorld({ settings: SHORT });
    const engine = new Engine(site);
    engine.world = () => {
      let left: number = writes;
      const dies: Around = async (_operation, kind, call) => {
        if (left === 0) throw new Error("this function is dead");
        const answer = call();
        if (kind === "write") left -= 1;
        if (left === 0) throw new Error("killed after its effect");
        return answer;
      };
      return site.direct(dies);
    };
    let executions = 0;
    do {
      await site.clock.run(engine.execute(executions === 0 ? "start" : "tick"));
      await site.clock.run(site.clock.sleep(3600));
      executions += 1;
    } while (recordOf(site).finished === undefined && executions < 60);
    expect(recordOf(site).finished?.outcome).toBe("rotated");
    expect(executions).toBeLessThanOrEqual(2);
    const { cloudFront, secrets } = site.site.account;
    expect([...cloudFront.state.publicKeys.keys()]).toEqual([
      JSON.parse(secrets.text(DEMO.secret) ?? "{}").keyPairId,
    ]);
  });
});

describe("a long drain", () => {
  it("of seven days stays far below an execution's limit of 25,000 events", async () => {
    const site = await siteWorld({ settings: { ...SHORT, cookieTtl: 7 * 86_400 } });
    const engine = new Engine(site);
    const end = await site.clock.run(engine.execute("start"));
    expect(recordOf(site).finished.outcome).toBe("rotated");
    expect(end.events).toBeGreaterThan(1000);
    expect(end.events).toBeLessThan(20_000);
  });
});
