/** Saves what a run knows in the record, as long as there is room. */
import { isError } from "../errors.ts";
import type { Observation, ObservationSources } from "./observe.ts";
import { undoes } from "./pending-writes.ts";
import { PROOFS, type RotationRecord } from "./record.ts";
import { recordFullUntil } from "./record-room.ts";

/** False if there is no room or the record changed: the run then keeps it in memory. Throws AWS's other errors. */
export async function keepInRecord(
  next: RotationRecord,
  { registered, written }: Observation,
  { register, clock }: Pick<ObservationSources, "register" | "clock">,
): Promise<boolean> {
  // Undoing a result follows its write: just as rare, and it must not wait.
  const isUndoing = PROOFS.some((name) => {
    const proof = next.proofs[name];
    return proof !== undefined && undoes(written.proofs[name], proof);
  });
  const weight = isUndoing ? "once" : "repeated";
  if (recordFullUntil(await register.versions(), written, clock.now(), weight) !== undefined) return false;
  try {
    await register.replace(registered, next);
    return true;
  } catch (thrown) {
    if (!isError(thrown, "ERR_PRECONDITION")) throw thrown;
    return false;
  }
}
