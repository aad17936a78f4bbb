/** What was given in place of a key. */

export interface KeyInputKind {
  /** Completes "this is ...". */
  readonly is: string;
  /** `KEYFILE` is a placeholder for the file. */
  readonly hints: readonly string[];
}
export type WantedHalf = "private" | "public";
