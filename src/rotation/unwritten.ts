/**
 * What a run knows and the record does not say yet: proofs in the making, proofs carried over a write, repairs. Secrets
 * Manager keeps at most 100 versions of a day, so what can be made again is written only when it changes what anybody
 * else would do, when the run ends, or together with the next write of the record.
 */
import type { Observation } from "./observe.ts";
import type { ObservedGroup } from "./observed.ts";
import { isAbout, isOverdue } from "./proof.ts";
import { PROOFS, type Proof, type Repair, type RotationRecord } from "./record.ts";

export interface Unwritten {
  readonly proofs: RotationRecord["proofs"];
  /** What the record said of each when this run last advanced it. */
  readonly basis: RotationRecord["proofs"];
  /** Repairs that the record does not list yet. */
  readonly repairs: readonly Repair[];
}

export const NOTHING: Unwritten = { proofs: {}, basis: {}, repairs: [] };

/** The observation as this run sees it: `registered.record` also says what the run knows, `written` does not. */
export function withUnwritten(seen: Observation, known: Unwritten): Observation {
  const { registered, observed } = seen;
  const record = recordWith(seen.written, known, observed.groups);
  return { ...seen, registered: { ...registered, record } };
}

export function recordWith(
  written: RotationRecord,
  known: Unwritten,
  groups: readonly ObservedGroup[],
): RotationRecord {
  if (known === NOTHING || written.finished !== undefined) return written;
  const proofs = PROOFS.flatMap((name) => {
    const proof = merged(written.proofs[name], known.proofs[name], known.basis[name], groups);
    return proof === undefined ? [] : [[name, proof] as const];
  });
  return { ...written, proofs: Object.fromEntries(proofs), repairs: [...written.repairs, ...known.repairs] };
}

/** Two operators may prove at the same time: whatever speaks against the key counts, whoever saw it. */
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

/** Must others know at once? The first result of a proof, one that undoes what is written, and what halts. */
export function isNews(
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

/** A bad result after good ones that the record counts: the next run must not count on from there. */
export function undoes(written: Proof | undefined, proof: Proof): boolean {
  return written !== undefined && written.good > 0 && proof.good === 0;
}

/** Is there something that a later run would otherwise have to make again? */
export function isWorthKeeping(seen: Observation): boolean {
  const { written, registered, observed } = seen;
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
