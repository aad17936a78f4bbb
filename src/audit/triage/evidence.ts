/**
 * What triage found out about one gate from the account, the edge and the rotation record; each source can fail on
 * its own.
 */
import type { KeyturnError } from "../../errors.ts";
import type { Finding } from "../../finding.ts";
import type { Gate } from "../../gates/gate.ts";
import type { JudgedOutcome } from "../../probe/judge.ts";
import type { OriginEvidence } from "../../probe/past-the-edge.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import type { EpochSeconds } from "../../time.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";

/** Where a fact about a gate comes from. */
export type EvidenceSource = "account" | "edge" | "rotation";

/** Why a source gave no answer: an error, or the time is up. */
export interface SourceFailure {
  readonly source: EvidenceSource;
  readonly message: string;
  /** The edge was read: only the test account did not get in. */
  readonly step?: "login";
  /** What to type about it, if anything is known. */
  readonly hint?: string;
}

export interface EdgeEvidence {
  /** Three canary requests per route: unsigned, unknown key pair ID, and the gate's own key. */
  readonly judged: readonly JudgedOutcome[];
  readonly findings: readonly Finding[];
}

/** A rotation that a deployed state machine runs. */
export interface Execution {
  readonly name: string;
  readonly state: "running" | "failed";
  readonly since: EpochSeconds;
}

export interface GateEvidence {
  readonly gate: Gate;
  /** From keyturn.yaml, so that commands may name it with --gate. */
  readonly isDeclared: boolean;
  readonly account?: { readonly snapshot: GateSnapshot; readonly findings: readonly Finding[] };
  readonly edge?: EdgeEvidence;
  /** Absent if keyturn.yaml has no origin.url. */
  readonly origin?: OriginEvidence;
  /** Whether a test account should log in; absent if the gate names no endpoints. */
  readonly mintTried?: boolean;
  /** Its results from login to logout; absent if it could not log in. */
  readonly mint?: readonly Finding[];
  /** Only while a rotation is open. */
  readonly rotation?: RotationStatus;
  /** Absent if nothing is deployed. */
  readonly executions?: readonly Execution[];
  readonly silences: readonly SourceFailure[];
}

export function sourceFailureOf(
  source: EvidenceSource,
  { message, hints, code }: KeyturnError,
): SourceFailure {
  const hint = hints.find((each) => /^(keyturn|aws) /.test(each));
  const step = code === "ERR_LOGIN_REFUSED" ? "login" : undefined;
  return { source, message: `${message} [${code}]`, step, hint };
}
