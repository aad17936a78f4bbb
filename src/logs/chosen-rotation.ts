/** Which rotation's keys and stages the logs are compared with: the gate's last, or an earlier one by ID. */
import { ConflictError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type PastRotation, readHistory } from "../rotation/history.ts";
import { secretRegister } from "../rotation/register.ts";
import type { SecretVault } from "../seams/cloud.ts";
import type { Clock } from "../seams/world.ts";
import { marksOf, type RotationMarks } from "./rotation-marks.ts";

interface GivenRotation {
  readonly oldKey?: string | undefined;
  readonly newKey?: string | undefined;
}

/** `which`: `last` (also true), an ID, or undefined: the last, if there is one. Throws ERR_NOT_FOUND. */
export async function chosenMarks(
  gate: Gate,
  vault: SecretVault,
  which: string | true | undefined,
  given: GivenRotation,
  clock: Clock,
): Promise<RotationMarks> {
  const isLast = which === undefined || which === true || which === "last";
  if (!isLast) return earlierMarks(gate, vault, which, given, clock);
  const registered = await secretRegister(vault, gate.secret.id).read();
  if (registered === undefined && which !== undefined)
    throw new ConflictError("ERR_NOT_FOUND", `gate ${gate.name} has never been rotated`, [
      "keyturn logs --since 1d",
    ]);
  return marksOf(registered?.record, given);
}

async function earlierMarks(
  gate: Gate,
  vault: SecretVault,
  id: string,
  given: GivenRotation,
  clock: Clock,
): Promise<RotationMarks> {
  const history = await readHistory(vault, gate.secret.id, clock, gate.name);
  const rotations = history?.rotations ?? [];
  const past = rotations.find(({ rotation }) => rotation === id);
  if (past === undefined) {
    const known = rotations.slice(0, 3).map(({ rotation }) => rotation);
    const which = known.length === 0 ? "it has never been rotated" : `its last are ${known.join(", ")}`;
    throw new ConflictError("ERR_NOT_FOUND", `gate ${gate.name} had no rotation ${id}: ${which}`, [
      `keyturn rotate history --gate ${gate.name}`,
    ]);
  }
  const registered = await secretRegister(vault, gate.secret.id).read();
  return registered?.record.rotation === id ? marksOf(registered.record, given) : marksOfPast(past, given);
}

/** For earlier rotations the history has start, end and keys. */
function marksOfPast(past: PastRotation, given: GivenRotation): RotationMarks {
  const { rotation, openedAt, finishedAt, outcome } = past;
  const newKey = given.newKey ?? past.new;
  return {
    rotation,
    oldKey: given.oldKey ?? past.old,
    newKey,
    stages: [
      { stage: "record-opened", at: openedAt },
      ...(finishedAt === undefined ? [] : [{ stage: outcome, at: finishedAt }]),
    ],
    from: openedAt,
    to: finishedAt,
  };
}
