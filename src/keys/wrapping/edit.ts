/** Replaces one range of a text. Everything outside keeps its bytes. */
export interface TextEdit {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly text: string;
}

/** Applies every edit. Edits must not overlap; their order does not matter. */
export function spliced(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, text: next } of edits.toSorted((one, other) => one.from - other.from)) {
    result += text.slice(at, from) + next;
    at = to;
  }
  return result + text.slice(at);
}
