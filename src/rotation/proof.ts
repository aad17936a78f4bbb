/**
 * A proof by canary triples, as a value: bound to a key and to every group's ETag (R11). It grows one triple at a time,
 * in the record, so that a scheduled resume can spread it over the settle time as well as a process that stays.
 */
import type { EpochSeconds, Seconds } from "../time.ts";
import type { ObservedGroup } from "./observed.ts";
import type { Proof, RotationRecord } from "./record.ts";
import type { Settings } from "./settings.ts";

/** What one triple per distribution said, all together. */
export interface CanaryCheckOutcome {
  readonly good: boolean;
  /** Why it was not good. */
  readonly complaint?: string;
  /** The negative control failed: unsigned or unknown was let through. Then acceptance says nothing. */
  readonly controlFailed?: boolean;
  /** Edge locations that answered as they must about the key in question, and those that did not. */
  readonly knowing?: readonly string[];
  readonly behind?: readonly string[];
  readonly locations: readonly string[];
  readonly requestIds: readonly string[];
}

type Timing = Pick<Settings, "settle" | "skew" | "triples">;

export function etagsOf(groups: readonly ObservedGroup[]): Readonly<Record<string, string>> {
  return Object.fromEntries(groups.map(({ id, etag }) => [id, etag]));
}

/** Does the proof, complete or not, speak of this key and of the groups as they are? Any other write voids it. */
export function isAbout(
  proof: Proof | undefined,
  keyPairId: string,
  groups: readonly ObservedGroup[],
): proof is Proof {
  return (
    proof !== undefined &&
    proof.keyPairId === keyPairId &&
    groups.every(({ id, etag }) => proof.etags[id] === etag) &&
    Object.keys(proof.etags).length === groups.length
  );
}

export function isProven(
  proof: Proof | undefined,
  keyPairId: string,
  groups: readonly ObservedGroup[],
): boolean {
  return isAbout(proof, keyPairId, groups) && proof.provenAt !== undefined;
}

/**
 * After keyturn's own write of a group: a proof whose key the write kept speaks of the new ETag as well, because the
 * write was conditional on the ETag that the proof names. A foreign write has no such link, so it voids the proof.
 */
export function carried(
  proofs: RotationRecord["proofs"],
  wrote: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly items: readonly string[];
  },
): RotationRecord["proofs"] {
  const entries = Object.entries(proofs).map(([name, proof]) => {
    const isKept =
      name === "gone" ? !wrote.items.includes(proof.keyPairId) : wrote.items.includes(proof.keyPairId);
    const speaks = proof.etags[wrote.id] === wrote.from && isKept;
    return [name, speaks ? { ...proof, etags: { ...proof.etags, [wrote.id]: wrote.to } } : proof] as const;
  });
  return Object.fromEntries(entries);
}

/** A key that every group has held, unchanged, for longer than the edge needs to learn: nothing is left to prove. */
export function provenByAge(
  keyPairId: string,
  groups: readonly ObservedGroup[],
  at: EpochSeconds,
  timing: Pick<Timing, "settle" | "skew">,
): Proof | undefined {
  const isSettled = groups.every(
    ({ items, modifiedAt }) => items.includes(keyPairId) && at - modifiedAt >= proofLength(timing),
  );
  if (!isSettled) return undefined;
  const bare = { keyPairId, etags: etagsOf(groups), begunAt: at, lastAt: at, provenAt: at };
  return { ...bare, good: 0, locations: [], requestIds: [] };
}

/** From the first good triple to the last: the settle time, and the skew between two operators' clocks. */
export function proofLength({ settle, skew }: Pick<Timing, "settle" | "skew">): Seconds {
  return settle + skew;
}

/**
 * When the next triple is due: spread over the settle time, the last of them when that has passed; sooner while some
 * location is known not to have learned.
 */
export function nextCheckAt({ good, goodSince, behind, lastAt }: Proof, timing: Timing): EpochSeconds {
  const spread = proofLength(timing) / Math.max(1, timing.triples - 1);
  if (good === 0 || behind !== undefined) return lastAt + Math.min(spread, 30);
  const isLast = goodSince !== undefined && good + 1 >= timing.triples;
  return isLast ? Math.max(lastAt + Math.min(spread, 1), goodSince + proofLength(timing)) : lastAt + spread;
}

/** How long triples may fail before the run halts: several times what the slowest location should need. */
function patience({ settle }: Pick<Timing, "settle">): Seconds {
  return Math.max(4 * settle, 60);
}

/** Did nothing but bad triples come for longer than that? */
export function isOverdue({ good, begunAt, lastAt }: Proof, timing: Pick<Timing, "settle">): boolean {
  return good === 0 && lastAt - begunAt > patience(timing);
}

/** The proof after one more triple, sent at `sentAt`, while every group kept its ETag. */
export function advanceProof(
  before: Proof | undefined,
  triple: {
    readonly keyPairId: string;
    readonly groups: readonly ObservedGroup[];
    /** Not sent before this, nor answered after `doneAt`. */
    readonly sentAt: EpochSeconds;
    readonly doneAt: EpochSeconds;
    readonly outcome: CanaryCheckOutcome;
  },
  timing: Timing,
): Proof {
  const { keyPairId, groups, sentAt, doneAt, outcome } = triple;
  const earlier = isAbout(before, keyPairId, groups) && before.lastAt <= doneAt ? before : undefined;
  const shared = {
    keyPairId,
    etags: etagsOf(groups),
    begunAt: earlier?.begunAt ?? sentAt,
    lastAt: sentAt,
    locations: [...new Set([...(earlier?.locations ?? []), ...outcome.locations])].sort(),
    requestIds: outcome.requestIds,
  };
  const behind = stillBehind(earlier?.behind ?? {}, triple, timing);
  const isBehind = Object.keys(behind).length > 0;
  const pending = isBehind ? { behind } : {};
  if (!outcome.good) {
    const complaint = outcome.complaint ?? "the triple failed";
    return { ...shared, ...pending, good: 0, complaint, ...controlOf(outcome) };
  }
  const good = (earlier?.good ?? 0) + 1;
  const goodSince = earlier?.good ? (earlier.goodSince ?? doneAt) : doneAt;
  const isComplete = !isBehind && good >= timing.triples && sentAt - goodSince >= proofLength(timing);
  return { ...shared, ...pending, good, goodSince, ...(isComplete ? { provenAt: sentAt } : {}) };
}

/**
 * Requests go where the network takes them, so one location may be missed by chance. One that was seen to be behind is
 * looked for until it is seen to know. Where nobody gets there any more it is let go as one that cannot be asked, once the
 * whole settle time has passed: as long as the proof takes anyway.
 */
function stillBehind(
  before: NonNullable<Proof["behind"]>,
  {
    sentAt,
    doneAt,
    outcome: { knowing = [], behind = [] },
  }: { readonly sentAt: EpochSeconds; readonly doneAt: EpochSeconds; readonly outcome: CanaryCheckOutcome },
  timing: Timing,
): NonNullable<Proof["behind"]> {
  const waitedFor = Object.entries(before).filter(
    ([location, at]) => !knowing.includes(location) && sentAt - at < proofLength(timing),
  );
  return Object.fromEntries([...waitedFor, ...behind.map((location) => [location, doneAt] as const)]);
}

function controlOf({ controlFailed }: CanaryCheckOutcome): { controlFailed?: true } {
  return controlFailed === true ? { controlFailed: true } : {};
}
