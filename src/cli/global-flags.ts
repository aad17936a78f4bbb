/** The flags of every command; declared once, in `global-options.ts`, and accepted before and after the words. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False after --no-color. */
  readonly color?: boolean;
  /** False after --no-pager. */
  readonly pager?: boolean;
  readonly config?: string;
  readonly gate?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}
