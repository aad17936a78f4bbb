/** Which public keys may go: those that nothing uses, for longer than an upload and its rotation step can be apart. */
import type { AccountKey } from "../keys/account-keys.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "../time.ts";
import { type KeyUse, type Mention, usesOf } from "./key-uses.ts";

/** A younger key may belong to a rotation that has not written down yet what it uploaded. */
const MINIMUM_AGE: Seconds = 3600;

export interface Judged {
  readonly key: AccountKey;
  readonly uses: readonly KeyUse[];
  /** Undefined: it may go. */
  readonly kept?: string;
}

/** The oldest first. */
export function planPrune(
  keys: readonly AccountKey[],
  mentions: readonly Mention[],
  now: EpochSeconds,
): Judged[] {
  return keys
    .toSorted((one, other) => one.createdAt - other.createdAt || one.name.localeCompare(other.name, "en"))
    .map((key): Judged => {
      const uses = usesOf(key, mentions);
      const age = now - key.createdAt;
      const kept =
        uses.length > 0
          ? `used by ${uses.map(({ by }) => by).join("; ")}`
          : age < MINIMUM_AGE
            ? `uploaded ${formatDuration(age)} ago; keys younger than ${formatDuration(MINIMUM_AGE)} stay`
            : undefined;
      return { key, uses, ...(kept === undefined ? {} : { kept }) };
    });
}
