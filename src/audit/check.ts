/** A check: one small pure function that looks for one kind of fault. The tables in `checks/` list all of them. */
import type { Finding, SettingLines } from "../finding.ts";

export interface CheckResult {
  /** One sentence: what is wrong. */
  readonly message: string;
  /** The evidence, one fact per line. */
  readonly evidence: readonly string[];
  readonly remedy?: string;
  /** The setting to change, as lines for the distribution's code. */
  readonly setting?: SettingLines;
  /** Location within the gate: a route, a distribution, a field. */
  readonly where?: string;
  /** Inferred rather than observed: the documentation is silent or the API does not show it. */
  readonly inferred?: boolean;
  /** Downgrades this case to a note; otherwise the check's own severity applies. */
  readonly severity?: "note";
}

export interface Check<Seen> {
  readonly id: string;
  readonly severity: Finding["severity"];
  /** What this finding means for viewers or operators; `audit --checks` lists it. */
  readonly what: string;
  readonly look: (seen: Seen) => Iterable<CheckResult>;
}

export function runChecks<Seen>(checks: readonly Check<Seen>[], seen: Seen, subject?: string): Finding[] {
  return checks.flatMap(({ id, severity, look }) =>
    [...look(seen)].map(({ inferred, where, ...result }): Finding => {
      const place = [subject, where].filter((part) => part !== undefined).join(", ");
      return {
        id,
        severity,
        basis: inferred ? "inferred" : "observed",
        ...result,
        where: place || undefined,
      };
    }),
  );
}
