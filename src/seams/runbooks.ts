/** The runbooks as a seam. Types only. */

/** The runbooks shipped with the program. */
export interface Runbooks {
  /** In alphabetical order. */
  names(): Promise<readonly string[]>;
  /** The page's Markdown. Throws ERR_RUNBOOK for an unknown name. */
  read(name: string): Promise<string>;
}
