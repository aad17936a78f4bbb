/** What `next-action.ts` may return: act, wait, halt, finished. Values; `execute.ts` performs the acts. */
import type { EpochSeconds } from "../time.ts";
import type { ObservedGroup } from "./observed.ts";
import type { ProofName, Repair, RotationRecord } from "./record.ts";
import type { Stage } from "./stage.ts";
import type { VersionRole } from "./version-id.ts";

/** An abort's steps, after the record has turned. */
export const ABORT_STEPS = [
  "abort-fenced",
  "signer-switched-back",
  "new-cookies-expired",
  "new-untrusted",
  "new-key-deleted",
] as const;
type AbortStep = (typeof ABORT_STEPS)[number];
export type RotationStep = Stage | AbortStep;

/** One write, or one canary check. Each is conditional on the observation. */
export type RotationAct = {
  readonly step: RotationStep;
  readonly why: string;
  readonly repair?: Repair["kind"];
} & (
  | { readonly act: "write-record"; readonly record: RotationRecord }
  | { readonly act: "store-key"; readonly versionId: string }
  | { readonly act: "upload-key" }
  /** Stores what signers will read: the key of `source`, its key pair ID, the other fields of AWSCURRENT. */
  | {
      readonly act: "store-copy";
      readonly role: Exclude<VersionRole, "draft">;
      readonly versionId: string;
      readonly source: string;
      readonly keyPairId: string;
    }
  | {
      readonly act: "write-group";
      readonly group: ObservedGroup;
      readonly add: readonly string[];
      readonly remove: readonly string[];
      readonly epoch: number;
    }
  | { readonly act: "move-current"; readonly from: string; readonly to: string }
  | { readonly act: "pin"; readonly label: string; readonly from?: string; readonly to: string }
  | { readonly act: "release"; readonly label: string; readonly from: string }
  | { readonly act: "send-triple"; readonly proof: ProofName; readonly keyPairId: string }
  | { readonly act: "delete-key"; readonly keyPairId: string }
);

/** Each ends a run with exit code 7, under its own name. */
export const HALT_REASONS = [
  "foreign-signing-key",
  "no-trusted-key",
  "new-key-lost",
  "old-key-gone",
  "managed-rotation",
  "canary-not-protected",
  "trust-not-proven",
  "untrust-not-proven",
  "external-deployment",
  "replica-failed",
  "signers-not-restarted",
  "old-key-still-minted",
  "drain-restarted",
  "repaired-again",
  "clocks-disagree",
] as const;
export type HaltReason = (typeof HALT_REASONS)[number];

export interface Halt {
  readonly halt: HaltReason;
  readonly step: RotationStep;
  /** What happened and what it means: one or two sentences. */
  readonly message: string;
  /** What to do or type, in order. */
  readonly remedies: readonly string[];
}
export interface WaitUntil {
  readonly waitUntil: EpochSeconds;
  readonly step: RotationStep;
  /** Completes "waiting for …". */
  readonly waitingFor: string;
}
export interface Finished {
  readonly finished: "rotated" | "aborted";
  readonly step: RotationStep;
}
export type NextAction = RotationAct | WaitUntil | Halt | Finished;

/** What the present run knows beyond the record. */
export interface CurrentRun {
  /** The proofs for which it sent a canary check: an earlier failure is retried once before it halts again. */
  readonly tried: readonly ProofName[];
  /** How many repairs the record held at the start: those were already reported. */
  readonly told: number;
}
