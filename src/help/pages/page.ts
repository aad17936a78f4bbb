/** What `keyturn explain` prints about one id. */

export interface ExplainPage {
  /** If absent, the sentence is in the table that defines the finding. */
  readonly means?: string;
  /** How it differs from similar ids. */
  readonly apart: string;
  readonly fix?: string;
  /** Name of a file in `runbooks/`, without `.md`. */
  readonly runbook?: string;
}

export type ExplainPages = Readonly<Record<string, ExplainPage>>;
