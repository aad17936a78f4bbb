/** A rotation's plan: what each stage does and checks, how long it takes, who is affected, what an abort means. Pure. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { DEFAULT_QUOTA } from "../keys/account-keys.ts";
import type { KeyType } from "../keys/key-pair.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "../time.ts";
import { gateMark, highestEpochOf } from "./group-comment.ts";
import type { Mode } from "./mode.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { proofLength, provenByAge } from "./proof.ts";
import type { RotationRecord } from "./record.ts";
import type { PlanChoices } from "./refusal.ts";
import { refusalsOf } from "./refusals.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { STAGES, type Stage } from "./stage.ts";
import { parseVersionId } from "./version-id.ts";

export interface PlannedStage {
  readonly stage: Stage;
  readonly changes: string;
  readonly checks: string;
  /** Undefined if the stage lasts until a person acts. */
  readonly takes?: Seconds;
  readonly affects: string;
  readonly abort: string;
}

/** What `rotate start plan.json` compares with the world. */
export interface PinnedState {
  readonly groups: readonly {
    readonly id: string;
    readonly etag: string;
    readonly items: readonly string[];
  }[];
  readonly currentVersionId: string;
  /** The record's version, if there is one. */
  readonly record?: string;
}

export interface RotationPlan {
  readonly version: 1;
  readonly gate: string;
  readonly madeAt: EpochSeconds;
  readonly mode: Mode;
  readonly account: string;
  readonly where: string;
  readonly secret: string;
  readonly old: { readonly keyPairId: string; readonly fingerprint: string; readonly keyType?: KeyType };
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    readonly items: readonly string[];
  }[];
  readonly distributions: readonly string[];
  readonly quota: { readonly publicKeys: number; readonly of: number };
  readonly pinned: PinnedState;
  readonly settings: Settings;
  readonly keep: readonly string[];
  readonly leavesStale?: readonly string[];
  readonly stages: readonly PlannedStage[];
  readonly findings: readonly Finding[];
}

export interface PlanRequest extends PlanChoices {
  readonly mode: Mode;
  readonly where: string;
}

export function planRotation(facts: PlanFacts, request: PlanRequest): RotationPlan {
  const { gate, mode, keyType, where, keep, leavesStale } = request;
  const settings = settingsOf(gate, keyType);
  return {
    version: 1,
    gate: gate.name,
    madeAt: facts.at,
    mode,
    account: facts.secret.arn.split(":")[4] ?? "unknown",
    where,
    secret: facts.secret.arn,
    old: {
      keyPairId: facts.current.keyPairId ?? "unknown",
      fingerprint: facts.current.fingerprint ?? "unreadable",
      keyType: "keyType" in facts.signing ? facts.signing.keyType : undefined,
    },
    groups: facts.groups.map(({ id, name, items }) => ({ id, name, items })),
    distributions: facts.attached,
    quota: { publicKeys: facts.publicKeys.length, of: DEFAULT_QUOTA.keysPerAccount },
    pinned: pinnedOf(facts),
    settings,
    keep,
    leavesStale: leavesStale.length > 0 ? leavesStale : undefined,
    stages: STAGES.map((stage) => plannedStage(stage, gate, mode, settings)),
    findings: refusalsOf(facts, request),
  };
}

function pinnedOf({ groups, current, registered }: PlanFacts): PinnedState {
  return {
    groups: groups.map(({ id, etag, items }) => ({ id, etag, items })),
    currentVersionId: current.versionId,
    record: registered?.versionId,
  };
}

/** What changed since the plan was made, one fact per line; empty if nothing did. */
export function movedSince(pinned: PinnedState, facts: PlanFacts): readonly string[] {
  const now = pinnedOf(facts);
  const moved = pinned.groups.flatMap(({ id, etag, items }) => {
    const group = now.groups.find((each) => each.id === id);
    if (group?.etag === etag) return [];
    return [
      `key group ${id} changed: held ${items.join(", ")}, holds ${group?.items.join(", ") ?? "nothing: it is gone"}`,
    ];
  });
  if (pinned.currentVersionId !== now.currentVersionId) {
    moved.push(`AWSCURRENT moved from ${pinned.currentVersionId} to ${now.currentVersionId}`);
  }
  if (pinned.record !== now.record)
    moved.push("the rotation record changed: somebody has rotated this gate since");
  return moved;
}

/** From the first write to the last, if known. */
export function planLength(stages: readonly PlannedStage[]): Seconds | undefined {
  let total = 0;
  for (const { takes } of stages) {
    if (takes === undefined) return undefined;
    total += takes;
  }
  return total;
}

/** The record of a rotation opened with this plan. */
export function openedRecord(
  plan: RotationPlan,
  facts: PlanFacts,
  by: {
    readonly rotation: string;
    readonly at: EpochSeconds;
    readonly startedBy: RotationRecord["startedBy"];
  },
): RotationRecord {
  const epoch = lastEpoch(facts) + 1;
  const old = provenByAge(plan.old.keyPairId, facts.groups, by.at, plan.settings);
  return {
    version: 1,
    gate: plan.gate,
    rotation: by.rotation,
    goal: "forward",
    mode: plan.mode,
    epoch,
    openedEpoch: epoch,
    openedAt: by.at,
    startedBy: by.startedBy,
    old: {
      keyPairId: plan.old.keyPairId,
      fingerprint: plan.old.fingerprint,
      versionId: facts.current.versionId,
    },
    groups: plan.groups.map(({ id }) => id),
    mark: gateMark(facts.secret.arn),
    distributions: plan.distributions,
    proofs: old === undefined ? {} : { old },
    repairs: [],
    settings: plan.settings,
    leavesStale: plan.leavesStale,
  };
}

/**
 * R7: the epoch continues. If the record is gone, because somebody deleted it or renamed the secret, the groups'
 * Comments and AWSCURRENT still show it; a rotation that began below them could never be observed (R4).
 */
function lastEpoch({ registered, groups, current, secret }: PlanFacts): number {
  const comments = groups.map(({ comment }) => highestEpochOf(comment, gateMark(secret.arn)));
  return Math.max(registered?.record.epoch ?? 0, parseVersionId(current.versionId)?.epoch ?? 0, ...comments);
}

/**
 * How many viewers mint again at once, in the only measure that a gate knows: everyone with a valid cookie minted it
 * within the longest life. Spread over the time that the edge takes to learn.
 */
export function remintPeak({ longestLife, settle }: Pick<Settings, "longestLife" | "settle">): string {
  return `as many mints as usual in ${formatDuration(longestLife)}, within ${formatDuration(settle)}`;
}

const NOBODY = "nobody";
const DROP = "immediate: the new key is removed again; nobody notices";

function plannedStage(stage: Stage, gate: Gate, mode: Mode, settings: Settings): PlannedStage {
  const proof = proofLength(settings);
  const { cacheTtl, longestLife, skew } = settings;
  const life = mode === "normal" ? longestLife : 0;
  const drain = mode === "cut-now" ? 0 : cacheTtl === "until-restart" ? undefined : cacheTtl + life + skew;
  const first = settings.keyPairId === "external" ? "deploy signers with the old key pair ID, " : "";
  const back = `${first}switch back, then wait as long again until the new key's cookies expire; nobody is cut off`;
  const proven = `${back}; the old key is proven first`;
  const groups = gate.keyGroups.length === 1 ? "the key group" : `${gate.keyGroups.length} key groups`;
  const urgent = mode === "normal" ? undefined : "refused: never return to a compromised key";
  const row = (
    changes: string,
    checks: string,
    takes: Seconds | undefined,
    affects: string,
    abort: string,
  ): PlannedStage => ({
    stage,
    changes,
    checks,
    takes,
    affects,
    abort,
  });
  const cutOff = `every viewer with a cookie of the old key, until they mint again: ${remintPeak(settings)}`;
  const stale =
    cacheTtl === "until-restart" ? "until signers are restarted" : `for up to ${formatDuration(cacheTtl)}`;
  const switched =
    mode === "normal"
      ? `nobody: viewers mint with the new key when their cookie expires, over ${formatDuration(longestLife)}; no extra mints`
      : NOBODY;
  switch (stage) {
    case "record-opened":
      return row("open the record; pin AWSCURRENT", "nothing changed since the plan", 0, NOBODY, DROP);
    case "key-stored":
      return row(
        "a version with the new private key, not current",
        "stored durably before anything is public",
        0,
        NOBODY,
        DROP,
      );
    case "key-uploaded":
      return row("a public key", "the private key matches it", 0, NOBODY, DROP);
    case "key-trusted":
      return mode === "cut-now"
        ? row(
            `${groups}: the new id instead of the old one`,
            "If-Match",
            0,
            `${cutOff}; cookies that signers still mint with the old key are denied too, ${stale}`,
            urgent ?? back,
          )
        : row(`${groups}: the new id beside the others`, "If-Match", 0, NOBODY, DROP);
    case "trust-proven":
      return mode === "cut-now"
        ? row("nothing", "skipped", 0, NOBODY, urgent ?? DROP)
        : row("nothing", `${settings.triples} canary checks per distribution, in a row`, proof, NOBODY, DROP);
    case "signer-switched":
      return row(
        "AWSCURRENT: the new key",
        "a valid proof; key groups read again",
        settings.keyPairId === "external" ? undefined : 0,
        switched,
        urgent ?? back,
      );
    case "old-cookies-expired":
      return row("nothing", "no change by others in group or secret", drain, NOBODY, urgent ?? back);
    case "old-untrusted":
      return row(
        `${groups}: the old id removed`,
        "the full wait, before and after the write",
        0,
        mode === "normal" ? NOBODY : cutOff,
        urgent ?? proven,
      );
    case "untrust-proven":
      return row("nothing", "the edge denies the old key with InvalidKey", proof, NOBODY, urgent ?? proven);
    case "old-key-deleted":
      return row(
        "the old public key and the labels",
        "AWSCURRENT and groups hold the new key",
        0,
        NOBODY,
        "refused: undoing this takes a new rotation",
      );
  }
}
