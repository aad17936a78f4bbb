/** One run of the matrix, from plan to judgement, with the origin's log and the requests that bypass the edge. */
import type { World } from "../seams/world.ts";
import { type Bypass, probeBypass } from "./bypass.ts";
import { executeProbe, type SendOptions } from "./execute.ts";
import type { JudgedOutcome } from "./judge.ts";
import { type Keys, prepareMaterials } from "./materials.ts";
import { type OriginLogAnswer, readOriginLog } from "./origin-log.ts";
import type { ProbePlan } from "./plan.ts";
import { preparation } from "./prepare.ts";
import { judgeRun } from "./reconsider.ts";

export interface ProbeRun {
  readonly plan: ProbePlan;
  readonly judged: readonly JudgedOutcome[];
  /** Absent if there is no log to read. */
  readonly origin?: OriginLogAnswer;
  /** Absent if the origin's own address is unknown. */
  readonly bypass?: Bypass;
}

export interface OriginUrls {
  readonly counterUrl?: string | undefined;
  readonly directUrl?: string | undefined;
}

/** Every URL that may be requested from the origin itself; its plain HTTP may redirect to https. */
export const urlsOfOrigin = ({ counterUrl, directUrl }: OriginUrls): string[] =>
  [counterUrl, directUrl, directUrl?.replace(/^http:\/\/([^/:]+)(?::\d+)?/i, "https://$1")].filter(
    (url) => url !== undefined,
  );

type Needs = Pick<World, "viewer" | "clock" | "random">;

/** Rejects when interrupted; everything else that goes wrong is in the result. */
export async function runProbe(
  plan: ProbePlan,
  keys: Keys,
  { counterUrl, directUrl }: OriginUrls,
  sending: SendOptions,
  world: Needs,
): Promise<ProbeRun> {
  const now = world.clock.now();
  const materials = prepareMaterials(keys, now);
  const ready = preparation(plan, materials, now, world.random.uuid().slice(0, 8));
  const judged = judgeRun(await executeProbe(plan.requests, ready, world, sending));
  const quietly = { ...sending, answered: () => {} };
  const canSign = keys.signing !== undefined;
  return {
    plan,
    judged,
    origin:
      counterUrl === undefined
        ? undefined
        : await readOriginLog(counterUrl, judged, world.viewer, sending.network, sending.signal),
    bypass:
      directUrl === undefined
        ? undefined
        : await probeBypass(directUrl, judged, materials, canSign, world, quietly),
  };
}
