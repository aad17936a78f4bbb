import { epochOf } from "../../../src/rotation/group-comment.ts";
import { nextAction } from "../../../src/rotation/next-action.ts";
import type { ConfirmedRead, RotationRecord } from "../../../src/rotation/record.ts";
import { withAbort, withMode } from "../../../src/rotation/record.ts";
import { parseVersionId, versionIdOf } from "../../../src/rotation/version-id.ts";
import {
  blind,
  dated,
  defined,
  fenced,
  keepProofs,
  keepSightings,
  provenNow,
  seeing,
  withSettings,
} from "./doctored.ts";
import { MACHINE_CLOCKS, type MachineClock } from "./machine-clocks.ts";
import { RULES, type Rules } from "./rules.ts";
import type { Begin } from "./start.ts";
import { type Budget, NEW, OLD, OTHERS_MARK, type State } from "./state.ts";

export interface Mutant {
  readonly without: string;
  readonly rules: Partial<Rules>;
  readonly budget: Partial<Budget>;
  /** The longest cookie life that keyturn.yaml declares. */
  readonly life?: number;
  readonly mode?: RotationRecord["mode"];
  /** One is enough if the rule matters without a second operator, and makes the search shorter. */
  readonly operators?: number;
  /** The clocks of the operators' machines; correct if absent. */
  readonly clocks?: Begin["clocks"];
  /** Start only from states where this holds, which shortens the search. */
  readonly from?: (state: State) => boolean;
  /** The first steps of a long history; the search continues from there. */
  readonly history?: readonly RegExp[];
  /** If true, the search must find a missing end or a missing repair; otherwise a write that breaks the invariant. */
  readonly follow?: boolean;
}

export const MUTANTS: readonly Mutant[] = [
  {
    without: "R1: the way back does not ask whether the edge knows the old key",
    budget: { foreign: 1, abort: 1 },
    rules: {
      next: seeing((record, observed) => [provenNow(record, observed, "old", OLD), observed], keepProofs),
    },
  },
  {
    without: "R2: a switch back goes to the version that was current before",
    from: ({ record }) => record.newMaySign !== undefined && record.oldMayGo === undefined,
    budget: { abort: 1, crash: 1 },
    rules: {
      versionOf: (id) => {
        const own = parseVersionId(id);
        if (own?.role === "old") return "v0";
        return own?.role === "new" ? versionIdOf({ ...own, epoch: 1 }) : id;
      },
      next: (record, observed, now, run) => {
        // Rename versions in the view, so that old versions pass for this epoch's copies.
        const fresh = (role: "old" | "new") =>
          versionIdOf({ rotation: record.rotation, epoch: record.epoch, role });
        const rename = (id: string) =>
          record.epoch === 1
            ? id
            : id === "v0"
              ? fresh("old")
              : parseVersionId(id)?.role === "new"
                ? fresh("new")
                : id;
        const current = { ...observed.current, versionId: rename(observed.current.versionId) };
        const versions = observed.versions.map((each) => ({ ...each, versionId: rename(each.versionId) }));
        return nextAction(record, { ...observed, current, versions }, now, run);
      },
    },
  },
  {
    without: "R3: the old key is deleted before the record says that there is no way back",
    budget: { abort: 1, crash: 1 },
    follow: true,
    rules: {
      next: (record, observed, now, run) => {
        const next = nextAction(record, observed, now, run);
        const isNoReturn =
          "act" in next && next.act === "write-record" && next.record.noReturn !== record.noReturn;
        return isNoReturn ? nextAction(next.record, observed, now, run) : next;
      },
    },
  },
  {
    without: "R4: an observation is not started over when the record moved",
    budget: { abort: 1 },
    rules: { startsOver: false },
  },
  {
    without: "R5: the way back counts from before AWSCURRENT was seen there",
    budget: { abort: 1 },
    rules: {
      next: seeing(
        (record, observed) => [{ ...record, ...defined("backAt", dated(record.backAt, 3)) }, observed],
        keepSightings,
      ),
    },
  },
  {
    without: "R6: the wait counts from before AWSCURRENT was seen on ours",
    budget: {},
    rules: {
      next: seeing(
        (record, observed) => [
          { ...record, ...defined("switchedAt", dated(record.switchedAt, 3)) },
          observed,
        ],
        keepSightings,
      ),
    },
  },
  {
    without: "R9: AWSCURRENT is moved from wherever it is",
    from: ({ record }) => record.newMaySign !== undefined && record.oldMayGo === undefined,
    budget: { abort: 1 },
    rules: { movesFromRead: false },
  },
  {
    without: "R10: foreign versions that came and went are not looked for",
    budget: { foreign: 2 },
    rules: { next: seeing((record, observed) => [record, blind(record, observed)]) },
  },
  {
    without: "R11: a proof holds whatever happened to the group since",
    budget: { foreign: 1 },
    rules: {
      next: seeing((record, observed) => {
        const proof = record.proofs.new;
        return [proof?.provenAt === undefined ? record : provenNow(record, observed, "new", NEW), observed];
      }, keepProofs),
    },
  },
  {
    without: "R12: AWSCURRENT on an untrusted key is left there",
    budget: { foreign: 1 },
    follow: true,
    rules: {
      next: seeing((record, observed) => {
        const isTrusted = observed.groups.every(({ items }) =>
          items.includes(observed.current.keyPairId ?? ""),
        );
        return [
          record,
          isTrusted ? observed : { ...observed, current: { ...observed.current, keyPairId: OLD } },
        ];
      }),
    },
  },
  {
    without: "R13: an abort takes the new key out at once, whoever signs with it",
    budget: { abort: 1 },
    rules: {
      next: seeing(
        (record, observed) => {
          if (record.goal !== "abort") return [record, observed];
          const { newMaySign: _, ...rest } = record;
          return [rest, { ...observed, current: { ...observed.current, keyPairId: OLD } }];
        },
        (next, record) =>
          "act" in next && next.act === "write-record" && record.newMaySign !== undefined
            ? { ...next, record: { ...next.record, newMaySign: record.newMaySign } }
            : next,
      ),
    },
  },
  {
    without: "R14: only versions made after the answer count as foreign",
    budget: { foreign: 2 },
    operators: 1,
    history: [/reads the record/, /reads groups/, /puts KOLD/, /decides write-record/],
    from: ({ record, current }) => record.switchedAt === undefined && current !== "v0",
    rules: {
      next: seeing((record, observed) => {
        const late = (each: ConfirmedRead | undefined) =>
          each && { ...each, sentAt: each.at + record.settings.skew + 1 };
        return [
          {
            ...record,
            ...defined("switchedAt", late(record.switchedAt)),
            ...defined("backAt", late(record.backAt)),
          },
          observed,
        ];
      }, keepSightings),
    },
  },
  {
    without: "R15: the old id is not put back when the wait no longer holds",
    budget: { foreign: 1 },
    follow: true,
    rules: {
      next: (record, observed, now, run) => {
        if (record.oldMayGo === undefined || record.goal !== "forward")
          return nextAction(record, observed, now, run);
        const groups = observed.groups.map((group) => ({
          ...group,
          items: [...new Set([...group.items, OLD])],
        }));
        const next = nextAction(record, { ...observed, groups }, now, run);
        const isRemoval = "act" in next && next.act === "write-group" && next.remove.includes(OLD);
        return isRemoval ? nextAction(record, observed, now, run) : next;
      },
    },
  },
  {
    without: "R17: in an emergency the old id is put back like any other",
    budget: { foreign: 1 },
    mode: "compromised",
    rules: {
      next: seeing(
        (record, observed) => [
          record.switchedAt === undefined ? { ...record, mode: "normal" } : record,
          observed,
        ],
        (next, record) =>
          "act" in next && next.act === "write-record"
            ? { ...next, record: { ...next.record, mode: record.mode } }
            : next,
      ),
    },
  },
  {
    without: "R18: an abort forgets that the new key may sign",
    budget: { abort: 1, crash: 1 },
    rules: {
      turnToAbort: (record) => {
        if (record.noReturn !== undefined) return undefined;
        const { newMaySign: _, ...rest } = withAbort(record);
        return rest;
      },
    },
  },
  {
    without: "R18: a turn back to forward stays in its epoch",
    budget: { abort: 1, urgent: 1 },
    rules: {
      turnToUrgent: (record) =>
        record.noReturn === undefined && record.mode === "normal"
          ? { ...withMode(record, "compromised"), epoch: record.epoch }
          : undefined,
    },
  },
  {
    without: "an epoch belongs to a gate: any gate's in the Comment counts",
    budget: { gate: 1 },
    operators: 1,
    follow: true,
    rules: {
      epochOf: (comment, mark) => Math.max(epochOf(comment, mark), epochOf(comment, OTHERS_MARK)),
    },
  },
  {
    without: "an amendment that lengthens the wait fences what was decided under the shorter one",
    budget: { amend: 1 },
    life: 1,
    from: ({ record }) => record.oldMayGo !== undefined && record.noReturn === undefined,
    rules: {
      amend: (record, highest, now) => {
        const { epoch, switchedAt } = record;
        return { ...RULES.amend(record, highest, now), epoch, ...defined("switchedAt", switchedAt) };
      },
    },
  },
  {
    without: "the settle time",
    budget: {},
    rules: { settle: 0 },
  },
  {
    without: "the drain",
    budget: {},
    rules: { next: withSettings({ longestLife: 0 }) },
  },
  {
    without: "the signers' cache in the drain",
    budget: {},
    rules: { next: withSettings({ cacheTtl: 0 }) },
  },
  {
    without: "the fences",
    budget: { abort: 1, crash: 1 },
    rules: {
      next: seeing((record, observed) => [record, fenced(record, observed)]),
      startsOver: true,
    },
  },
  ...(Object.keys(MACHINE_CLOCKS) as MachineClock[]).map(
    (clock): Mutant => ({
      without: `AWS's time: stamps and waits go by the machine, and one's clock ${clock}`,
      budget: {},
      clocks: [clock, undefined],
      rules: { timeOf: (_date, shown) => shown },
    }),
  ),
  {
    without: "the halt where Dates contradict each other",
    budget: { misdated: 2 },
    rules: { next: seeing((record, observed) => [record, { ...observed, contradiction: undefined }]) },
  },
];

/** All rules, with the mutant's in place of the originals. */
export function rulesOf(mutant: Mutant): Rules {
  return { ...RULES, ...mutant.rules };
}
