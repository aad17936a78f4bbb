/**
 * A proof by canary checks, as a value: bound to a key and to every group's ETag (R11). It grows check by check, in the
 * record, so that scheduled resumes can spread it over the settle time just as a long-running process can.
 */
import type { EpochSeconds, Seconds } from "../time.ts";
import type { ObservedGroup } from "./observed.ts";
import type { Proof, RotationRecord } from "./record.ts";
import type { Settings } from "./settings.ts";

/** The combined result of one canary check per distribution. */
export interface CanaryCheckOutcome {
  readonly good: boolean;
  /** Why it failed. */
  readonly complaint?: string;
  /** A negative control failed: an unsigned request or unknown id passed. Acceptance then proves nothing. */
  readonly controlFailed?: boolean;
  /** Edge locations that treated the key correctly, and those that did not. */
  readonly knowing?: readonly string[];
  readonly behind?: readonly string[];
  readonly locations: readonly string[];
  readonly requestIds: readonly string[];
}

type Timing = Pick<Settings, "settle" | "skew" | "triples">;

export function etagsOf(groups: readonly ObservedGroup[]): Readonly<Record<string, string>> {
  return Object.fromEntries(groups.map(({ id, etag }) => [id, etag]));
}

/** Does the proof, complete or not, apply to this key and the groups as they are now? Any other write voids it. */
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
 * After keyturn's own write to a group: a proof whose key stayed also applies to the new ETag, because the write was
 * conditional on the proof's ETag. A foreign write has no such link and voids the proof.
 */
export function carryProofsOver(
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

/** A key that every group has held, unchanged, for longer than the edge needs to learn: nothing to prove. */
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

/** From the first good canary check to the last: the settle time plus the skew between two operators' clocks. */
export function proofLength({ settle, skew }: Pick<Timing, "settle" | "skew">): Seconds {
  return settle + skew;
}

/**
 * When the next canary check is due: spread over the settle time, the last one at its end; sooner while a location is
 * known to be behind.
 */
export function nextCheckAt({ good, goodSince, behind, lastAt }: Proof, timing: Timing): EpochSeconds {
  const spread = proofLength(timing) / Math.max(1, timing.triples - 1);
  if (good === 0 || behind !== undefined) return lastAt + Math.min(spread, 30);
  const isLast = goodSince !== undefined && good + 1 >= timing.triples;
  return isLast ? Math.max(lastAt + Math.min(spread, 1), goodSince + proofLength(timing)) : lastAt + spread;
}

/** How long canary checks may fail before the run halts: several times what the slowest location should need. */
function patience({ settle }: Pick<Timing, "settle">): Seconds {
  return Math.max(4 * settle, 60);
}

/** Have all canary checks failed for longer than that? */
export function isOverdue({ good, begunAt, lastAt }: Proof, timing: Pick<Timing, "settle">): boolean {
  return good === 0 && lastAt - begunAt > patience(timing);
}

/** The proof after one more canary check, sent at `sentAt`, while every group kept its ETag. */
export function advanceProof(
  before: Proof | undefined,
  triple: {
    readonly keyPairId: string;
    readonly groups: readonly ObservedGroup[];
    /** Sent no earlier than this, and answered no later than `doneAt`. */
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
  const pending = isBehind ? behind : undefined;
  if (!outcome.good) {
    const complaint = outcome.complaint ?? "the canary check failed";
    const controlFailed = outcome.controlFailed ? true : undefined;
    return { ...shared, behind: pending, good: 0, complaint, controlFailed };
  }
  const good = (earlier?.good ?? 0) + 1;
  const goodSince = earlier?.good ? (earlier.goodSince ?? doneAt) : doneAt;
  const isComplete = !isBehind && good >= timing.triples && sentAt - goodSince >= proofLength(timing);
  return { ...shared, behind: pending, good, goodSince, provenAt: isComplete ? sentAt : undefined };
}

/**
 * Requests go where the network takes them, so a location may be missed by chance. One that was behind is retried
 * until it has the change. If it is not reached again, it is dropped after the whole settle time, as a location that
 * cannot be tested; the proof takes that long anyway.
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
