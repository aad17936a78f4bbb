/** A failed check: a value, not an error. Commands collect them; the report prints them; the exit code follows. */

export interface Finding {
  /** Stable kebab-case id, one per kind of fault: `key-not-trusted`. */
  readonly id: string;
  /** `error` and `warning` make the command end with 1 (`--fail-on` may move that); a `note` never does. */
  readonly severity: "error" | "warning" | "note";
  /** One sentence: what is wrong, in CloudFront's words. */
  readonly message: string;
  /** Observed directly, or inferred from observations. */
  readonly basis: "observed" | "inferred";
  /** Observations, one fact per line; never a cookie value, signature or private key. */
  readonly evidence: readonly string[];
  /** The command to type or the change to make; absent when there is nothing to do. */
  readonly remedy?: string;
  /** The setting to change, if the fix is in a distribution's code: keyturn never changes distributions. */
  readonly setting?: SettingLines;
  /** Where: a gate, route, distribution, behavior, field. */
  readonly where?: string;
}

/** Lines to compare with one's own code: each begins with a comment that names the resource. */
export interface SettingLines {
  readonly terraform: string;
  /** YAML. */
  readonly cloudFormation: string;
}
