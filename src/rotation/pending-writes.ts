/**
 * What a run knows but has not written to the record: unfinished proofs, proofs carried over a write, repairs. Secrets
 * Manager keeps at most 100 versions, none removed within a day, so reproducible facts are written only if they change
 * what others would do, when the run ends, or with the next write of the record.
 */
import type { Observation } from "./observe.ts";
import type { ObservedGroup } from "./observed.ts";
import { isAbout, isOverdue } from "./proof.ts";
import { PROOFS, type Proof, type Repair, type RotationRecord } from "./record.ts";

export interface PendingWrites {
  readonly proofs: RotationRecord["proofs"];
  /** The record's version of each when this run last advanced it. */
  readonly basis: RotationRecord["proofs"];
  /** Repairs not yet in the record. */
  readonly repairs: readonly Repair[];
}

export const NO_PENDING_WRITES: PendingWrites = { proofs: {}, basis: {}, repairs: [] };

/** The observation as this run sees it: `registered.record` includes what the run knows, `written` does not. */
export function withPendingWrites(observation: Observation, known: PendingWrites): Observation {
  const { registered, observed } = observation;
  const record = recordWith(observation.written, known, observed.groups);
  return { ...observation, registered: { ...registered, record } };
}

export function recordWith(
  written: RotationRecord,
  known: PendingWrites,
  groups: readonly ObservedGroup[],
): RotationRecord {
  if (known === NO_PENDING_WRITES || written.finished !== undefined) return written;
  const proofs = PROOFS.flatMap((name) => {
    const proof = merged(written.proofs[name], known.proofs[name], known.basis[name], groups);
    return proof === undefined ? [] : [[name, proof] as const];
  });
  return { ...written, proofs: Object.fromEntries(proofs), repairs: [...written.repairs, ...known.repairs] };
}

/** Two operators may prove at the same time: evidence against the key counts, whoever saw it. */
function merged(
  written: Proof | undefined,
  own: Proof | undefined,
  basis: Proof | undefined,
  groups: readonly ObservedGroup[],
): Proof | undefined {
  if (own === undefined || !isAbout(own, own.keyPairId, groups)) return written;
  if (!isAbout(written, own.keyPairId, groups) || isSame(written, basis)) return own;
  if (written.provenAt !== undefined) return written;
  const isRefuted = written.good === 0 && written.lastAt >= (own.goodSince ?? own.lastAt);
  if (isRefuted || (written.lastAt > own.lastAt && own.provenAt === undefined)) return written;
  const behind = { ...written.behind, ...own.behind };
  return own.provenAt !== undefined || Object.keys(behind).length === 0 ? own : { ...own, behind };
}

/** Must others know at once? A proof's first result, one that undoes a written result, and one that halts. */
export function mustSaveAtOnce(
  written: Proof | undefined,
  proof: Proof,
  groups: readonly ObservedGroup[],
  settings: RotationRecord["settings"],
): boolean {
  if (!isAbout(written, proof.keyPairId, groups)) return true;
  if (undoes(written, proof) || (proof.controlFailed && !written.controlFailed)) return true;
  if (isOverdue(proof, settings) && !isOverdue(written, settings)) return true;
  return Object.keys(proof.behind ?? {}).some((location) => written.behind?.[location] === undefined);
}

/** A bad result after good ones in the record: the next run must not continue that count. */
export function undoes(written: Proof | undefined, proof: Proof): boolean {
  return written !== undefined && written.good > 0 && proof.good === 0;
}

/** Is there anything that a later run would otherwise have to redo? */
export function isWorthKeeping(observation: Observation): boolean {
  const { written, registered, observed } = observation;
  const { record } = registered;
  if (written.finished !== undefined) return false;
  if (record.repairs.length > written.repairs.length) return true;
  return PROOFS.some((name) => {
    const proof = record.proofs[name];
    if (proof === undefined || isSame(proof, written.proofs[name])) return false;
    return (
      isAbout(proof, proof.keyPairId, observed.groups) && (proof.good > 0 || proof.provenAt !== undefined)
    );
  });
}

function isSame(one: Proof | undefined, other: Proof | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
