/** What `keyturn explain` tells about one id. */

export interface Page {
  /** Absent: the table that defines the finding has the sentence. */
  readonly means?: string;
  /** How it is told from its neighbours. */
  readonly apart: string;
  readonly fix?: string;
  /** Name of a file in `runbooks/`, without `.md`. */
  readonly runbook?: string;
}

export type Pages = Readonly<Record<string, Page>>;
