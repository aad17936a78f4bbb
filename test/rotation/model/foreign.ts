/** What a third party does to group and secret. */
import { parseVersionId } from "../../../src/rotation/version-id.ts";
import { changed, withCurrent, withGroup } from "./changes.ts";
import { NEW, OLD, STRANGER, type State } from "./state.ts";
import type { Step } from "./steps.ts";

/** What a third party does: takes one of our ids out, puts one in, or writes the secret. */
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
