/** What a text or file is that was given where a key belongs. */

export interface KeyInputKind {
  /** Completes "this is ...". */
  readonly is: string;
  /** `KEYFILE` is a placeholder for the file. */
  readonly hints: readonly string[];
}
export type WantedHalf = "private" | "public";
