/** One run of the matrix from plan to judgement. */
import type { World } from "../seams.ts";
import { executeProbe, type Sending } from "./execute.ts";
import { type Judged, judge } from "./judge.ts";
import { type Keys, prepareMaterials } from "./materials.ts";
import { askOrigin, type OriginAnswer } from "./origin-log.ts";
import type { ProbePlan } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { reconsider } from "./reconsider.ts";

export interface ProbeRun {
  readonly plan: ProbePlan;
  readonly judged: readonly Judged[];
  /** Absent where there is no log to ask. */
  readonly origin?: OriginAnswer;
}

type Needs = Pick<World, "viewer" | "clock" | "random">;

/** Rejects when interrupted; everything else that goes wrong is in the result. */
export async function runProbe(
  plan: ProbePlan,
  keys: Keys,
  counterUrl: string | undefined,
  sending: Sending,
  world: Needs,
): Promise<ProbeRun> {
  const now = world.clock.now();
  const prepared = prepare(plan, prepareMaterials(keys, now), now, world.random.uuid().slice(0, 8));
  const outcomes = await executeProbe(prepared, world, sending);
  const judged = reconsider(outcomes.map((outcome) => ({ ...outcome, judgement: judge(outcome) })));
  if (counterUrl === undefined) return { plan, judged };
  return {
    plan,
    judged,
    origin: await askOrigin(counterUrl, judged, world.viewer, sending.network, sending.signal),
  };
}
