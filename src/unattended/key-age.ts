/** How old a gate's signing key is: since its public key was created in CloudFront. */
import { isError } from "../errors.ts";
import { makePlan } from "../rotation/plan-session.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { RotationSession, SessionFlags, SessionWorld } from "../rotation/session.ts";
import type { Seconds } from "../time.ts";

/** From the record, with one read. Undefined if that key is gone: somebody else replaced it. */
export async function recordedKeyAge(
  { cloud, tools }: Pick<RotationSession, "cloud" | "tools">,
  record: RotationRecord,
): Promise<Seconds | undefined> {
  const id = record.finished?.outcome === "rotated" ? record.new?.keyPairId : record.old.keyPairId;
  try {
    const { value } = await cloud.controlPlane.getPublicKey(id ?? record.old.keyPairId);
    return Math.max(0, tools.clock.now() - value.createdAt);
  } catch (thrown) {
    if (!isError(thrown, "ERR_NOT_FOUND")) throw thrown;
    return undefined;
  }
}

/**
 * From the secret, as a plan reads it, for gates that keyturn never rotated. Undefined if the key is not uploaded.
 */
export async function presentKeyAge(flags: SessionFlags, world: SessionWorld): Promise<Seconds | undefined> {
  const { facts, plan } = await makePlan(flags, world);
  const key = facts.publicKeys.find(({ id }) => id === plan.old.keyPairId);
  return key === undefined ? undefined : Math.max(0, facts.at - key.createdAt);
}
