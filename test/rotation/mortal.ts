/** A process that can die before each of its calls, after each call's effect, and after each line of its journal. */
import { type MemoryWorld, type Ran, runCommand } from "../fakes/memory-world.ts";
import type { Around } from "./direct-cloud.ts";
import type { SiteWorld } from "./site-world.ts";

class Crash extends Error {}

export interface Moment {
  readonly what: string;
  /** What a process that dies here leaves behind: its writes so far, and the time. Reads leave nothing. */
  readonly leaves: string;
}

export interface Life {
  readonly ran: Ran;
  /** Every moment that it reached; the last one is its death, if it died. */
  readonly moments: readonly Moment[];
}

/** Runs `line` as an operator that dies at the given moment; every later call fails. */
export async function runUntilDeath(
  world: SiteWorld,
  line: readonly string[],
  diesAt = Number.POSITIVE_INFINITY,
): Promise<Life> {
  const moments: Moment[] = [];
  let writes = 0;
  const reach = (what: string): void => {
    if (moments.length > diesAt) throw new Crash();
    moments.push({ what, leaves: `${writes} writes, ${world.clock.now()}` });
    if (moments.length > diesAt) throw new Crash();
  };
  const around: Around = async (operation, kind, call) => {
    reach(`before ${operation}`);
    const answer = call();
    if (kind === "write") writes += 1;
    reach(`after ${operation}`);
    return answer;
  };
  const ran = await runCommand(line, mortal(world.direct(around), reach));
  return { ran, moments };
}

/** Counts its canary requests as calls, too. */
function mortal(operator: MemoryWorld, reach: (what: string) => void): MemoryWorld {
  const { journal, viewer } = operator;
  return {
    ...operator,
    viewer: {
      send: async (request, signal) => {
        reach("before a canary request");
        const answer = await viewer.send(request, signal);
        reach("after a canary request");
        return answer;
      },
    },
    journal: {
      entries: journal.entries,
      append: async (name, entry) => {
        await journal.append(name, entry);
        reach("after a line of the journal");
      },
    },
  };
}
