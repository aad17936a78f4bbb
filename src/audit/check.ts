/** A check: one kind of fault, looked for by one small pure function. The tables in `checks/` are all there is. */
import type { Finding } from "../finding.ts";

export interface CheckResult {
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What was seen, one fact a line. */
  readonly evidence: readonly string[];
  readonly remedy?: string;
  /** Where inside the gate: a route, a distribution, a field. */
  readonly where?: string;
  /** Concluded rather than seen: where the documentation is silent, or the API does not tell. */
  readonly inferred?: true;
  /** Tells this case of the check as a note; the check's own severity otherwise. */
  readonly severity?: "note";
}

export interface Check<Seen> {
  readonly id: string;
  readonly severity: Finding["severity"];
  /** What this finding means for viewers or operators; `audit --checks` lists it. */
  readonly what: string;
  readonly look: (seen: Seen) => Iterable<CheckResult>;
}

export function findingsOf<Seen>(checks: readonly Check<Seen>[], seen: Seen, subject?: string): Finding[] {
  return checks.flatMap(({ id, severity, look }) =>
    [...look(seen)].map(({ inferred, where, ...result }): Finding => {
      const place = [subject, where].filter((part) => part !== undefined).join(", ");
      return {
        id,
        severity,
        basis: inferred ? "inferred" : "observed",
        ...result,
        ...(place !== "" && { where: place }),
      };
    }),
  );
}
