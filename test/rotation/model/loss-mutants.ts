/** What happens without the rules for public keys that somebody deletes and records that somebody loses. */
import { nextAction } from "../../../src/rotation/next-action.ts";
import type { Mutant } from "./mutants.ts";
import { RULES } from "./rules.ts";
import { NEW, OLD } from "./state.ts";

export const LOSS_MUTANTS: readonly Mutant[] = [
  {
    without: "a key that is uploaded again begins an epoch",
    budget: { deletion: 1 },
    operators: 1,
    rules: {
      next: (record, observed, now, run) => {
        const next = nextAction(record, observed, now, run);
        const isRepeated =
          "act" in next &&
          next.act === "write-record" &&
          record.new !== undefined &&
          next.record.new === undefined;
        return isRepeated ? { ...next, record: { ...next.record, epoch: record.epoch } } : next;
      },
    },
  },
  {
    without: "a new key that is gone is uploaded again",
    budget: { deletion: 1 },
    operators: 1,
    follow: true,
    rules: {
      next: (record, observed, now, run) => {
        const publicKeys = [...observed.publicKeys, { id: NEW, fingerprint: NEW, name: NEW }];
        return nextAction(record, { ...observed, publicKeys }, now, run);
      },
    },
  },
  {
    without: "an abort halts where its old key is gone",
    budget: { deletion: 1, abort: 1 },
    operators: 1,
    follow: true,
    rules: {
      next: (record, observed, now, run) => {
        const isGone = record.goal === "abort" && observed.publicKeys.every(({ id }) => id !== OLD);
        const publicKeys = isGone
          ? [...observed.publicKeys, { id: OLD, fingerprint: OLD, name: OLD }]
          : observed.publicKeys;
        return nextAction(record, { ...observed, publicKeys }, now, run);
      },
    },
  },
  {
    without: "a rebuilt record begins an epoch",
    budget: { loss: 1, abort: 1 },
    from: ({ record, groups }) =>
      record.newMaySign === undefined && groups.every(({ items }) => items.includes(NEW)),
    // An abort's write is in flight when the record is lost; the rebuilt record goes forward again.
    history: [
      /operator 0 aborts/,
      /operator 0 at once: write-group .*abort-fenced/,
      /operator 1 reads the record/,
      /operator 1 reads groups/,
      /operator 1 decides write-group 0 .*-KNEW/,
      /somebody deletes the record/,
    ],
    rules: { rebuild: (lost, traced) => RULES.rebuild({ ...lost, epoch: lost.epoch - 1 }, traced) },
  },
  {
    without: "R17: in an emergency a rebuilt record says so again",
    budget: { loss: 1 },
    operators: 1,
    mode: "compromised",
    from: ({ record, groups }) =>
      record.noReturn === undefined && groups.every(({ items }) => !items.includes(OLD)),
    rules: { rebuild: (lost, traced) => RULES.rebuild(lost, { ...traced, mode: "normal" }) },
  },
  {
    without: "a rebuilt record in cut-now takes it that old is giving way to new",
    budget: { loss: 1, abort: 1 },
    mode: "cut-now",
    from: ({ record, current }) => record.oldMayGo !== undefined && current === "v0",
    rules: {
      rebuild: (lost, traced) => ({
        ...RULES.rebuild(lost, { ...traced, mode: "normal" }),
        mode: traced.mode,
      }),
    },
  },
  {
    without: "a rebuilt record takes it that signers may hold the new key",
    budget: { loss: 1, abort: 2 },
    operators: 1,
    rules: {
      rebuild: (lost, traced) => {
        const { newMaySign: _, ...record } = RULES.rebuild(lost, traced);
        return record;
      },
    },
  },
];
