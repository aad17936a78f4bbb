/** The traffic of a rehearsal: viewers at every edge location, including the distant one, and attackers. */
import type { Viewer } from "../../seams/viewer.ts";
import type { Clock, KeyPairSource, Random } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { DEMO_USERS } from "../origin/sessions.ts";
import type { Site } from "../site.ts";
import { runAttacker } from "./attacker.ts";
import { Tally } from "./counts.ts";
import { runViewer } from "./viewer.ts";

export interface TrafficOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  /** To the edge; already trusts the sandbox's CA. */
  readonly send: Viewer["send"];
  readonly site: Pick<Site, "addresses" | "locations" | "account" | "ids" | "originLog" | "settings">;
  readonly viewers: number;
  readonly attackers: number;
}

export interface Traffic {
  readonly tally: Tally;
  /** Stops everyone, queries the origin, and resolves. Rejects with the error that stopped a viewer. */
  stop(): Promise<void>;
}

/** Between two calls of one viewer or attacker, on average. */
const VIEWER_PAUSE: Seconds = 0.25;
const ATTACKER_PAUSE: Seconds = 0.5;
/** Per response. Generous, because a busy machine is slow, not wrong. */
const PATIENCE: Seconds = 30;

export function startTraffic(options: TrafficOptions): Traffic {
  const { site, viewers, attackers, clock, random, keyPairs, send } = options;
  const tally = new Tally();
  // One each, because every sleep and request adds a listener.
  const controllers: AbortController[] = [];
  const ownSignal = () => {
    const controller = new AbortController();
    controllers.push(controller);
    return controller.signal;
  };
  const pops = site.locations.all.map(({ setting }) => setting.pop);
  const patient: Viewer["send"] = (request, signal) => send({ timeout: PATIENCE, ...request }, signal);
  const shared = { clock, random, keyPairs, send: patient, tally, site: site.addresses.site };
  const marks = Array.from({ length: attackers }, (_, index) => `attack-${index}`);
  const lives = [
    ...Array.from({ length: viewers }, (_, index) =>
      runViewer(
        {
          ...shared,
          user: DEMO_USERS[index % DEMO_USERS.length] as (typeof DEMO_USERS)[number],
          pop: pops[index % pops.length] as string,
          pause: VIEWER_PAUSE,
          // At each location some renew early; the rest use their cookies until they expire.
          renewAhead:
            (index + Math.floor(index / pops.length)) % 2 === 0 ? site.settings.cookieTtl * 0.2 : undefined,
        },
        ownSignal(),
      ),
    ),
    ...marks.map((mark) =>
      runAttacker(
        { ...shared, pops, pause: ATTACKER_PAUSE, mark, keyPairId: () => trustedId(site) },
        ownSignal(),
      ),
    ),
  ];
  // A rejection must not end the process before `stop` handles it.
  const ended = Promise.allSettled(lives);
  return {
    tally,
    async stop() {
      for (const controller of controllers) controller.abort(new Error("the rehearsal is over"));
      for (const life of await ended) if (life.status === "rejected") throw life.reason;
      for (const mark of marks) {
        const calls = site.originLog.seen(mark);
        if (calls > 0) tally.add("unauthorizedOriginCalls", calls);
      }
    },
  };
}

/** The newest key in the gate's group. */
function trustedId({ account, ids }: TrafficOptions["site"]): string {
  return account.cloudFront.state.keyGroups.get(ids.keyGroupId)?.config.items.at(-1) ?? "";
}
