/**
 * The epochs in a key group's Comment. Several gates may share a group, so each has its own mark and reads only that:
 * `signers of the shop [keyturn epoch 7k3m9q:3 p2x0aa:12]`. People's own text before it stays unchanged.
 */
import { createHash } from "node:crypto";
import { secretNameOf } from "../gates/secret-id.ts";

/** CloudFront's limit. */
export const LONGEST_COMMENT = 128;
const BRACKET = / ?\[keyturn epoch ((?:[0-9a-z]{6}:)?\d{1,15}(?: [0-9a-z]{6}:\d{1,15})*)\]/g;
/** As in rotation ids: no look-alike letters. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** The gate's mark, derived from its secret's ARN: region, account and name, without AWS's six-character suffix. */
export function gateMark(secretArn: string): string {
  const [, , , region, account] = secretArn.split(":");
  const digest = createHash("sha256")
    .update(`${region}/${account}/${secretNameOf(secretArn)}`)
    .digest();
  return Array.from(digest.subarray(0, 6), (byte) => ALPHABET[byte % 32]).join("");
}

/**
 * The epoch of keyturn's last write for this gate; 0 if it never wrote the group. Without a mark: an epoch written by an
 * older keyturn, for any gate.
 */
export function epochOf(comment: string, mark: string | undefined): number {
  return epochsIn(comment).get(mark ?? UNMARKED) ?? 0;
}

/** The highest epoch that may belong to this gate: its own, or one without a mark. */
export function highestEpochOf(comment: string, mark: string): number {
  return Math.max(epochOf(comment, mark), epochOf(comment, undefined));
}

/**
 * The Comment with this gate's epoch replacing an older one. Other gates' epochs stay; one without a mark is dropped,
 * since its gate adds its mark with its next write. People's text is cut to fit 128 characters.
 */
export function commentWithEpoch(comment: string, mark: string | undefined, epoch: number): string {
  const epochs = epochsIn(comment);
  epochs.delete(UNMARKED);
  const bracket = bracketOf(epochs.set(mark ?? UNMARKED, epoch));
  const room = LONGEST_COMMENT - bracket.length - 1;
  const words = wordsOf(comment);
  const kept =
    words.length <= room ? words : words.slice(0, Math.max(0, room)).replace(/[\ud800-\udbff]$/, "");
  return kept === "" ? bracket : `${kept} ${bracket}`;
}

/** How many characters too long people's text is once this gate's epoch is added to the others; 0 if it fits. */
export function excessOf(comment: string, mark: string, epoch: number): number {
  const epochs = epochsIn(comment);
  epochs.delete(UNMARKED);
  const words = wordsOf(comment);
  if (words === "") return 0;
  return Math.max(0, words.length + 1 + bracketOf(epochs.set(mark, epoch)).length - LONGEST_COMMENT);
}

const UNMARKED = "";

function epochsIn(comment: string): Map<string, number> {
  const epochs = new Map<string, number>();
  for (const [, entries = ""] of comment.matchAll(BRACKET)) {
    for (const entry of entries.split(" ")) {
      const [epoch = "0", mark = UNMARKED] = entry.split(":").reverse();
      epochs.set(mark, Math.max(Number(epoch), epochs.get(mark) ?? 0));
    }
  }
  return epochs;
}

const wordsOf = (comment: string) => comment.replaceAll(BRACKET, "");

function bracketOf(epochs: ReadonlyMap<string, number>): string {
  const entries = [...epochs].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const written = entries.map(([mark, epoch]) => (mark === UNMARKED ? String(epoch) : `${mark}:${epoch}`));
  return `[keyturn epoch ${written.join(" ")}]`;
}
