/** Opens a rotation: creates the record, or replaces a finished one. That is the lock. */
import { ConflictError, HaltError, isError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { formatInstant } from "../time.ts";
import { movedSince, openedRecord, type PinnedState, type RotationPlan } from "./plan.ts";
import type { PlanFacts } from "./plan-facts.ts";
import type { RotationRecord } from "./record.ts";
import type { Register } from "./register.ts";
import { rotationId } from "./version-id.ts";

/** Throws ERR_HALTED with the first reason, its remedy, and how many more reasons there are. */
export function refuseUnsafePlan({ gate, mode, findings }: RotationPlan): void {
  const [first, ...others] = findings.filter(({ severity }) => severity === "error");
  if (first === undefined) return;
  const more =
    others.length === 0 ? "" : ` (and ${others.length} more: \`keyturn rotate plan --gate ${gate}\`)`;
  const urgency = mode === "normal" ? "" : ` --${mode}`;
  const elsewhere =
    first.id === "rotation-open"
      ? `keyturn rotate resume --gate ${gate}${urgency} --wait`
      : `keyturn rotate plan --gate ${gate}`;
  throw new HaltError("ERR_HALTED", `refused (${first.id}): ${first.message}${more}`, [
    ...(first.remedy === undefined ? [] : [first.remedy]),
    elsewhere,
  ]);
}

/** Throws ERR_REFUSED if the world has changed since the plan was made. */
export function refuseMoved(gate: string, pinned: PinnedState, facts: PlanFacts): void {
  const moved = movedSince(pinned, facts);
  if (moved.length === 0) return;
  const record = facts.registered?.record;
  // Usually this very plan was already started: a new plan would be refused.
  const isOpen = record !== undefined && record.finished === undefined;
  throw new ConflictError(
    "ERR_REFUSED",
    `the plan is out of date: ${[...moved, ...(isOpen ? [`rotation ${record.rotation} is open`] : [])].join("; ")}`,
    isOpen
      ? [`keyturn rotate status --gate ${gate}`, `keyturn rotate resume --gate ${gate} --wait`]
      : [`keyturn rotate plan --gate ${gate} -o new-plan.json`],
  );
}

/** Throws ERR_REFUSED if somebody else opened one first. */
export async function openRotation(
  plan: RotationPlan,
  facts: PlanFacts,
  register: Register,
  { clock, random }: Pick<World, "clock" | "random">,
  startedBy: RotationRecord["startedBy"],
): Promise<RotationRecord> {
  const at = clock.now();
  const rotation = rotationId(formatInstant(at), random.bytes(6));
  const record = openedRecord(plan, facts, { rotation, at, startedBy });
  try {
    if (facts.registered === undefined) await register.create(record);
    else await register.replace(facts.registered, record);
  } catch (thrown) {
    // If the response was lost, the rotation may still be open: its id shows that it is ours.
    const now = await register.read();
    if (now?.record.rotation === rotation) return now.record;
    if (!isError(thrown, "ERR_EXISTS", "ERR_PRECONDITION")) throw thrown;
    throw new ConflictError("ERR_REFUSED", "somebody else opened a rotation of this gate a moment ago", [
      `keyturn rotate status --gate ${plan.gate}`,
    ]);
  }
  return record;
}

/** Who opens it, if known; never for decisions. */
export async function whoStarts(
  { env, hostname }: Pick<World, "env" | "hostname">,
  caller: () => Promise<string | undefined>,
  ticket: string | undefined,
): Promise<RotationRecord["startedBy"]> {
  const arn = await caller();
  const user = env.USER ?? env.LOGNAME;
  const host = [user, await hostname()].filter((each) => each !== undefined && each !== "").join("@");
  return {
    caller: arn,
    host: host || undefined,
    ticket: ticket || undefined,
  };
}
