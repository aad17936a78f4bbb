/** What a third party does to group and secret. */
import { parseVersionId } from "../../../src/rotation/version-id.ts";
import { changed, withCurrent, withGroup } from "./changes.ts";
import { NEW, OLD, OWN, STRANGER, type State } from "./state.ts";
import type { Step } from "./steps.ts";

const OTHERS_KEY = "KOTHER";

/** A third party removes one of our IDs, adds one, or writes the secret. */
export function foreignSteps(state: State): readonly Step[] {
  const budget = { ...state.budget, foreign: state.budget.foreign - 1 };
  const mark = (next: State, what: string): Step => ({
    what: `somebody ${what}`,
    state: { ...next, budget, foreign: state.foreign + 1 },
  });
  const steps: Step[] = [];
  state.groups.forEach((group, at) => {
    for (const key of [OLD, NEW]) {
      if (!group.items.includes(key) || group.items.length === 1) continue;
      const items = group.items.filter((each) => each !== key);
      steps.push(
        mark(
          withGroup(state, at, { ...group, items, etag: group.etag + 1 }),
          `takes ${key} out of group ${at}`,
        ),
      );
    }
  });
  for (const key of [OLD, NEW, STRANGER] as const) {
    if (key === NEW && state.record.new === undefined) continue;
    const id = `foreign-${state.foreign}`;
    const put = changed(state, { versions: [...state.versions, { id, key, at: state.now }] });
    steps.push(mark(withCurrent(put, id), `puts ${key} into the secret`));
  }
  const own = state.versions.findLast(({ id }) => parseVersionId(id)?.epoch === state.record.epoch);
  if (own !== undefined && state.current.startsWith("foreign")) {
    steps.push(mark(withCurrent(state, own.id), "moves AWSCURRENT back to keyturn's version"));
  }
  return steps;
}

/** Somebody rotates by hand, correctly: every group trusts their key before it signs. */
export function rotatedByHand(state: State): Step {
  const id = `foreign-${state.foreign}`;
  const trusting = state.groups.reduce(
    (now, group, at) =>
      withGroup(now, at, { ...group, items: [...group.items, STRANGER], etag: group.etag + 1 }),
    changed(state, { keys: [...state.keys, STRANGER] }),
  );
  const put = changed(trusting, { versions: [...state.versions, { id, key: STRANGER, at: state.now }] });
  const budget = { ...state.budget, hand: state.budget.hand - 1 };
  return {
    what: "somebody rotates by hand",
    state: { ...withCurrent(put, id), budget, foreign: state.foreign + 1 },
  };
}

/**
 * Another gate that shares the group is rotated by keyturn too: it adds its key, and writes an epoch far above ours.
 */
export function otherGateSteps(state: State): readonly Step[] {
  const budget = { ...state.budget, gate: state.budget.gate - 1 };
  return state.groups.map((group, at) => {
    const items = group.items.includes(OTHERS_KEY) ? group.items : [...group.items, OTHERS_KEY];
    const written = { ...group, items, other: (group.other ?? 8) + 1, etag: group.etag + 1 };
    return {
      what: `the other gate writes group ${at}`,
      state: { ...withGroup(state, at, written), budget },
    };
  });
}

/** Somebody takes one of the rotation's keys for a leftover, removes it from every group, then deletes it. */
export function deletionSteps(state: State): readonly Step[] {
  const budget = { ...state.budget, deletion: state.budget.deletion - 1 };
  return OWN.filter((key) => state.keys.includes(key)).flatMap((key) => {
    // A group must not become empty.
    if (state.groups.some(({ items }) => items.length === 1 && items.includes(key))) return [];
    const without = state.groups.reduce((now, group, at) => {
      const items = group.items.filter((each) => each !== key);
      if (items.length === group.items.length) return now;
      return withGroup(now, at, { ...group, items, etag: group.etag + 1 });
    }, state);
    const deleted = changed(without, { keys: state.keys.filter((each) => each !== key) });
    return [
      {
        what: `somebody deletes the public key ${key}`,
        state: { ...deleted, budget, foreign: state.foreign + 1 },
      },
    ];
  });
}
