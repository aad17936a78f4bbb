/** Ways to mark text; each returns the text unchanged without colors. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  /** Commands, ids, file names: things to copy. */
  readonly code: (text: string) => string;
}
