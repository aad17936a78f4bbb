/** What no write of keyturn may do, whatever happened before it. Judged by the world's history, not by the record. */
import type { RotationAct } from "../../../src/rotation/next.ts";
import type { RotationRecord } from "../../../src/rotation/record.ts";
import {
  AGAIN,
  isInUse,
  isTrustedAtEdges,
  isTrustedNow,
  type Key,
  keyOfCurrent,
  NEW,
  OLD,
  OWN,
  STRANGER,
  type State,
  TIMES,
} from "./state.ts";

/** Why the write from `before` to `after` locks viewers out; undefined if it does not. */
export function violation(
  before: State,
  after: State,
  act: RotationAct,
  basis: RotationRecord,
): string | undefined {
  return (
    removesInUse(before, after) ??
    switchesTooEarly(before, after) ??
    finishesWrong(after, act) ??
    resurrects(before, after, basis)
  );
}

/** A key that a signer or an unexpired cookie may use is removed from a group, or deleted. */
function removesInUse(before: State, after: State): string | undefined {
  for (const key of [...OWN, STRANGER] as const) {
    const lost = after.groups.findIndex(
      ({ items }, at) => !items.includes(key) && before.groups[at]?.items.includes(key),
    );
    const isDeleted = before.keys.includes(key) && !after.keys.includes(key);
    if (lost < 0 && !isDeleted) continue;
    const life = lifeOf(before, key);
    if (life !== undefined && isInUse(before, key, life)) return `${key} is taken away while it is in use`;
  }
  return undefined;
}

/**
 * In an emergency the old key's cookies are cut off on purpose; its signers are still waited for, except in cut-now.
 */
function lifeOf({ record }: State, key: Key): number | undefined {
  if (key !== OLD || record.goal !== "forward" || record.mode === "normal") return TIMES.longestLife;
  return record.mode === "cut-now" ? undefined : 0;
}

/** AWSCURRENT moves from a key that every edge location knows to one that some do not. */
function switchesTooEarly(before: State, after: State): string | undefined {
  if (before.current === after.current) return undefined;
  const from = keyOfCurrent(before);
  const to = keyOfCurrent(after);
  if (from === to || isTrustedAtEdges(after, to)) return undefined;
  const wasBroken = !isTrustedAtEdges(before, from) || isCompromised(before, from);
  if (wasBroken && isTrustedNow(after, to)) return undefined;
  return `AWSCURRENT moves from ${from} to ${to}, which not every edge location trusts`;
}

/**
 * Whether AWSCURRENT moves away from the key on purpose. cut-now moves away from whatever key signs, without a proof of
 * the new one.
 */
function isCompromised({ record }: State, key: Key): boolean {
  const isLeft = key === OLD || (key === STRANGER && record.mode === "cut-now");
  return isLeft && record.mode !== "normal" && record.goal === "forward" && record.oldMayGo !== undefined;
}

/**
 * R12: a record is finished only if AWSCURRENT holds the goal's key and every group trusts it. Exception: an abort
 * before any signer could have the new key has nothing to switch back, and leaves a trusted key that somebody else made
 * current.
 */
function finishesWrong(after: State, act: RotationAct): string | undefined {
  if (act.act !== "write-record" || act.record.finished === undefined || after.record.finished === undefined)
    return undefined;
  const goals: readonly Key[] = act.record.goal === "forward" ? [NEW, AGAIN] : [OLD];
  const current = keyOfCurrent(after);
  const isTheirs = current === STRANGER && act.record.goal === "abort" && act.record.newMaySign === undefined;
  const isOn = (goals.includes(current) || isTheirs) && isTrustedNow(after, current);
  return isOn ? undefined : `finished with AWSCURRENT on ${current}`;
}

/** R17: never back to a compromised key; a write decided before the mode changed may still land. */
function resurrects(before: State, after: State, basis: RotationRecord): string | undefined {
  const { goal } = basis;
  const mode = before.declaredMode ?? basis.mode;
  if (mode === "normal" || goal !== "forward") return undefined;
  const isBack = after.groups.some(
    ({ items }, at) => items.includes(OLD) && !before.groups[at]?.items.includes(OLD),
  );
  return isBack ? "the compromised key is put back" : undefined;
}

/** What needs a repair now: AWSCURRENT on an untrusted key, or a group without a key in use. */
export function damage(state: State): string | undefined {
  if (state.record.finished !== undefined) return undefined;
  const current = keyOfCurrent(state);
  if (!isTrustedNow(state, current)) return `AWSCURRENT on ${current}, which is not trusted`;
  for (const key of OWN) {
    const isGivenUp = key === OLD && state.record.mode !== "normal" && state.record.goal === "forward";
    if (!isGivenUp && state.keys.includes(key) && isInUse(state, key) && !isTrustedNow(state, key))
      return `a group lacks ${key}`;
  }
  return undefined;
}
