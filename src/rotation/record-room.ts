/**
 * Room in Secrets Manager: a secret keeps at most 100 versions and removes none younger than a day. So a record has a
 * budget: 40 versions a day, of which a forward rotation leaves 20 to an abort and an emergency. Source: API Reference,
 * PutSecretValue; Secrets Manager quotas.
 */
import type { Clock } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { NextAction, RotationAct, WaitUntil } from "./next.ts";
import type { Observation } from "./observe.ts";
import type { RotationRecord } from "./record.ts";
import type { Register } from "./register.ts";

/** Secrets Manager's quota of versions per secret. */
export const VERSION_LIMIT = 100;
/** Versions younger than this are never removed. */
export const VERSION_AGE: Seconds = 86_400;
/** Versions of a rotation's record per day, at most. */
const BUDGET = 40;
/** Reserved for an abort and an emergency, both of these and of Secrets Manager's quota. */
export const RESERVED_VERSIONS = 20;
/** The writes that take a rotation from any point to its end; repeatable writes leave room for them. */
const TO_THE_END = 5;
/** The record's writes in a rotation driven by scheduled resumes; a start needs at least this much room. */
export const USUAL_VERSIONS = 17;

/** `repeated`: it may happen any number of times, like proofs, repairs and restarted waits. */
export type WriteFrequency = "once" | "repeated";

type Timed = Pick<RotationRecord, "goal" | "mode" | "openedAt">;

/** When there is room for one more version of the record; undefined: now. `created`: when its versions were created. */
export function recordFullUntil(
  created: readonly EpochSeconds[],
  record: Timed,
  now: EpochSeconds,
  weight: WriteFrequency,
): EpochSeconds | undefined {
  const reserve = isUrgent(record) ? 0 : RESERVED_VERSIONS;
  const own = created.filter((at) => at >= record.openedAt);
  const ends = [
    fullUntil(own, BUDGET - reserve - (weight === "repeated" ? TO_THE_END : 0), now),
    fullUntil(created, VERSION_LIMIT - reserve, now),
  ].filter((each) => each !== undefined);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** When fewer than `limit` of them will be younger than a day; undefined: now. */
export function fullUntil(
  created: readonly EpochSeconds[],
  limit: number,
  now: EpochSeconds,
): EpochSeconds | undefined {
  const recent = created.filter((at) => at > now - VERSION_AGE).toSorted((one, other) => one - other);
  const oldest = recent[recent.length - limit];
  return oldest === undefined ? undefined : oldest + VERSION_AGE;
}

/** An abort or an emergency may use the reserve. */
const isUrgent = ({ goal, mode }: Timed) => goal === "abort" || mode !== "normal";

/** The act, or a wait if the secret that it writes has no room for one more version. */
export async function withinRoom(
  act: RotationAct,
  { registered, written, observed }: Observation,
  { register, clock }: { readonly register: Register; readonly clock: Clock },
): Promise<NextAction> {
  const { record } = registered;
  const now = clock.now();
  const wait = (until: EpochSeconds | undefined, name: string): NextAction => {
    const waitingFor = `room in ${name}: Secrets Manager keeps every version for 24 h, ${VERSION_LIMIT} at most`;
    return until === undefined ? act : ({ waitUntil: until, step: act.step, waitingFor } satisfies WaitUntil);
  };
  switch (act.act) {
    case "write-record": {
      const weight = act.record.epoch === written.epoch ? "once" : "repeated";
      const until = recordFullUntil(await register.versions(), record, now, weight);
      return wait(until, `the rotation record ${register.name}`);
    }
    case "store-key":
    case "store-copy": {
      const created = observed.versions.map(({ createdAt }) => createdAt);
      const limit = VERSION_LIMIT - (isUrgent(record) ? 0 : RESERVED_VERSIONS);
      return wait(fullUntil(created, limit, now), `secret ${record.settings.secret.id}`);
    }
    default:
      return act;
  }
}
