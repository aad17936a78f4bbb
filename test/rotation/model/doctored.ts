/** Views of record and observation with one fact changed, and code that keeps that change out of the written record. */
import { commentWithEpoch } from "../../../src/rotation/group-comment.ts";
import type { CurrentRun, NextAction } from "../../../src/rotation/next.ts";
import { nextAction } from "../../../src/rotation/next-action.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import type { ConfirmedRead, RotationRecord } from "../../../src/rotation/record.ts";
import { parseVersionId } from "../../../src/rotation/version-id.ts";
import type { Rules } from "./rules.ts";

type NextOf = Rules["next"];

/** Applies the same rules to a changed view of record and observation; the record that is written stays unchanged. */
export function seeing(
  view: (record: RotationRecord, observed: Observed) => readonly [RotationRecord, Observed],
  after: (next: NextAction, record: RotationRecord, observed: Observed, now: number) => NextAction = (next) =>
    next,
): NextOf {
  return (record: RotationRecord, observed: Observed, now: number, run: CurrentRun) =>
    after(nextAction(...view(record, observed), now, run), record, observed, now);
}

export const withSettings = (change: Partial<RotationRecord["settings"]>): NextOf =>
  seeing(
    (record, observed) => [{ ...record, settings: { ...record.settings, ...change } }, observed],
    (next, record) =>
      "act" in next && next.act === "write-record"
        ? { ...next, record: { ...next.record, settings: record.settings } }
        : next,
  );

export const dated = (sighting: ConfirmedRead | undefined, back: number): ConfirmedRead | undefined =>
  sighting && { ...sighting, at: sighting.at - back };

export const provenNow = (
  record: RotationRecord,
  observed: Observed,
  name: "old" | "new",
  key: string,
): RotationRecord => ({
  ...record,
  proofs: {
    ...record.proofs,
    [name]: {
      keyPairId: key,
      etags: Object.fromEntries(observed.groups.map(({ id, etag }) => [id, etag])),
      begunAt: 0,
      lastAt: 0,
      provenAt: 1,
      good: 1,
      locations: [],
      requestIds: [],
    },
  },
});

/** A record written from a changed view would contain that change, so put the proofs back. */
export const keepProofs = (next: NextAction, record: RotationRecord): NextAction =>
  "act" in next && next.act === "write-record"
    ? { ...next, record: { ...next.record, proofs: record.proofs } }
    : next;

export const fenced = (record: RotationRecord, observed: Observed): Observed => ({
  ...observed,
  groups: observed.groups.map((group) => ({
    ...group,
    comment: commentWithEpoch(group.comment, record.mark, record.epoch),
  })),
});

export function keepSightings(next: NextAction, record: RotationRecord): NextAction {
  if (!("act" in next) || next.act !== "write-record") return next;
  const kept = (name: "switchedAt" | "backAt") =>
    next.record[name] !== undefined && record[name] !== undefined ? defined(name, record[name]) : {};
  return { ...next, record: { ...next.record, ...kept("switchedAt"), ...kept("backAt") } };
}

export function defined<Name extends string, T>(name: Name, value: T | undefined): { [Key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: T });
}

/** Hides foreign versions that were current in between, as if only AWSCURRENT counted. */
export function blind(record: RotationRecord, observed: Observed): Observed {
  const isOurs = parseVersionId(observed.current.versionId)?.rotation === record.rotation;
  return isOurs
    ? { ...observed, versions: observed.versions.filter(({ versionId }) => !versionId.startsWith("foreign")) }
    : observed;
}
