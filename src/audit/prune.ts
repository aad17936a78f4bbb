/** Public keys that can be deleted: unused, and older than the longest gap between an upload and its record. */
import type { AccountKey } from "../keys/account-keys.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "../time.ts";
import { type KeyMention, type KeyUse, usesOf } from "./key-uses.ts";

/** A younger key may belong to a rotation that has not recorded its upload yet. */
const MINIMUM_AGE: Seconds = 3600;

export interface PruneCandidate {
  readonly key: AccountKey;
  readonly uses: readonly KeyUse[];
  /** Undefined if it can be deleted. */
  readonly kept?: string;
}

/** The oldest first. */
export function planPrune(
  keys: readonly AccountKey[],
  mentions: readonly KeyMention[],
  now: EpochSeconds,
): PruneCandidate[] {
  return keys
    .toSorted((one, other) => one.createdAt - other.createdAt || one.name.localeCompare(other.name, "en"))
    .map((key): PruneCandidate => {
      const uses = usesOf(key, mentions);
      const age = now - key.createdAt;
      const kept =
        uses.length > 0
          ? `used by ${uses.map(({ by }) => by).join("; ")}`
          : age < MINIMUM_AGE
            ? `uploaded ${formatDuration(age)} ago; keys younger than ${formatDuration(MINIMUM_AGE)} are kept`
            : undefined;
      return { key, uses, kept };
    });
}
