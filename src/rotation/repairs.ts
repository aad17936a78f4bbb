/** Repairs: fix what a third party broke, or a drain that no longer holds, before any progress or waiting. */
import type { CurrentRun, Halt, NextAction, RotationAct, RotationStep } from "./next.ts";
import { goalRole, withClockRestarted, withUploadRepeated } from "./record.ts";
import { setCurrentCommandLine } from "./restore-commands.ts";
import type { ActionRule } from "./rule.ts";
import {
  confirmedReadOf,
  copyId,
  foreignSince,
  hasVersion,
  isCurrent,
  isSigning,
  isTrustedEverywhere,
  isUndisturbed,
  neededIds,
  publicKeyExists,
  type Situation,
  sourceOf,
  unfenced,
} from "./situation.ts";

export const REPAIR_RULES: readonly ActionRule[] = [
  moveOffStrangersKey,
  mergeBackNeededIds,
  moveOffUntrustedKey,
  uploadAgain,
  restartClock,
  haltWhenRepairedAgain,
  fenceGroups,
];

/** The stage that a repair is listed under: the one it disturbs. */
function stepOf({ record }: Situation): RotationStep {
  if (record.goal === "abort") return record.backAt === undefined ? "abort-fenced" : "new-cookies-expired";
  if (record.newMaySign === undefined) return "key-trusted";
  return record.switchedAt === undefined ? "signer-switched" : "old-cookies-expired";
}

/** A group lacks an id that a signer or an unexpired cookie may use: merge it back, in the fence write if one is due (R16). */
function mergeBackNeededIds(situation: Situation): NextAction | undefined {
  const { record, observed, oldId } = situation;
  const needed = neededIds(situation);
  for (const group of observed.groups) {
    const missing = needed.filter((id) => !group.items.includes(id));
    if (missing.length === 0) continue;
    // cut-now: one update replaces old by new, so that the group never lacks both.
    const isCut = record.mode === "cut-now" && record.goal === "forward" && record.oldMayGo !== undefined;
    const isOurDoing = missing.every((id) =>
      id === oldId
        ? record.oldMayGo !== undefined
        : record.new === undefined || (isCut && record.switchedAt === undefined),
    );
    return {
      act: "write-group",
      step: isCut ? "key-trusted" : stepOf(situation),
      why: isOurDoing
        ? `put ${missing.join(" and ")} into key group ${group.name}`
        : `put ${missing.join(" and ")} back into key group ${group.name}: somebody removed it`,
      group,
      add: missing,
      remove: isCut ? [oldId] : [],
      epoch: record.epoch,
      repair: isOurDoing ? undefined : "group",
    };
  }
  return undefined;
}

/** R12: with AWSCURRENT on a key that is neither ours nor trusted, every new cookie is dead: fix that before the groups. */
function moveOffStrangersKey(situation: Situation): NextAction | undefined {
  const isOurs = isSigning(situation, situation.newId) || isSigning(situation, situation.oldId);
  return isOurs || trustedRole(situation) === undefined ? undefined : moveOffUntrustedKey(situation);
}

/** R12, R17: if no group trusts, or can trust, AWSCURRENT's key, move AWSCURRENT at once to a trusted one. */
function moveOffUntrustedKey(situation: Situation): NextAction | undefined {
  const { record, observed } = situation;
  if (isTrustedEverywhere(situation, observed.current.keyPairId)) return undefined;
  const role = trustedRole(situation);
  if (role === undefined) return uploadAgain(situation) ?? haltWithoutTrustedKey(situation);
  if (role === "new" && record.newMaySign === undefined) {
    return {
      act: "write-record",
      step: "signer-switched",
      why: "record that signers may have the new key",
      record: { ...record, newMaySign: situation.now },
    };
  }
  // In cut-now the groups come first and the switch follows: that is the plan, not a repair.
  const isPlanned =
    record.mode === "cut-now" && record.switchedAt === undefined && isSigning(situation, situation.oldId);
  return (
    storeCopy(situation, role, stepOf(situation)) ?? {
      act: "move-current",
      step: stepOf(situation),
      why: isPlanned
        ? "make the new key AWSCURRENT"
        : `move AWSCURRENT from ${observed.current.versionId} to the ${role} key: the key groups do not trust the current one`,
      from: observed.current.versionId,
      to: copyId(situation, role),
      repair: isPlanned ? undefined : "signing-key",
    }
  );
}

/** The key that a repair may move AWSCURRENT to: the goal's if proven, otherwise the other if every group trusts it. */
function trustedRole(situation: Situation): "new" | "old" | undefined {
  const { record, newId, oldId } = situation;
  const isNewTrusted = publicKeyExists(situation, newId) && isTrustedEverywhere(situation, newId);
  const isOldTrusted = publicKeyExists(situation, oldId) && isTrustedEverywhere(situation, oldId);
  const prefersNew =
    record.goal === "forward" &&
    record.newMaySign !== undefined &&
    (record.switchedAt !== undefined || !isOldTrusted);
  if (prefersNew && isNewTrusted) return "new";
  // In cut-now the old key may leave the groups at any moment: a write that moves AWSCURRENT to it could succeed after
  // that.
  const isUnleft =
    record.mode === "normal" || (record.mode === "compromised" && record.newMaySign === undefined);
  const mayGoBack = record.goal === "abort" || (isUnleft && record.oldMayGo === undefined);
  if (isOldTrusted && mayGoBack) return "old";
  return isNewTrusted ? "new" : undefined;
}

/** Nothing to move to yet: later stages may bring a trusted key; halt only if nothing can be done. */
function haltWithoutTrustedKey(situation: Situation): Halt | undefined {
  const { record, newId, oldId } = situation;
  if (publicKeyExists(situation, oldId) || publicKeyExists(situation, newId) || record.new === undefined)
    return undefined;
  return {
    halt: "no-trusted-key",
    step: stepOf(situation),
    message:
      "AWSCURRENT holds a key that the key groups do not trust, and both of the rotation's public keys are gone",
    remedies:
      record.goal === "abort" && record.noReturn === undefined
        ? [
            "viewers are being denied; move forward, which uploads the new key again:",
            `keyturn rotate resume --gate ${record.gate} --compromised --yes-cut-off-viewers --wait`,
          ]
        : [
            "viewers are being denied: put a trusted key into the secret, or upload this one",
            `keyturn keys list --gate ${record.gate}`,
          ],
  };
}

/** Somebody deleted the new public key: its private half is still in the secret, so upload it again. */
function uploadAgain(situation: Situation): NextAction | undefined {
  const { record, newId, now } = situation;
  if (record.goal !== "forward" || record.new === undefined || publicKeyExists(situation, newId))
    return undefined;
  const what = `upload the new key again: somebody deleted its public key ${newId}`;
  return {
    act: "write-record",
    step: "key-uploaded",
    why: what,
    record: withUploadRepeated(record, { kind: "group", at: now, what }),
  };
}

/** R10, R14: AWSCURRENT left our copy, or a foreign version appeared since the confirmed read. */
function restartClock(situation: Situation): NextAction | undefined {
  const { record, observed, now } = situation;
  const sighting = confirmedReadOf(record);
  if (sighting === undefined || isUndisturbed(situation)) return undefined;
  const foreign = foreignSince(situation, sighting);
  const since = Math.min(...foreign.map((each) => each.createdAt), now);
  const what = isCurrent(situation, goalRole(record))
    ? `foreign version ${foreign[0]?.versionId} appeared after the switch`
    : `AWSCURRENT was moved to ${observed.current.versionId}`;
  return {
    act: "write-record",
    step: stepOf(situation),
    why: `${what}: signers may have read it, so the wait starts again`,
    record: withClockRestarted(record, { kind: "drain", at: now, lasted: now - since, what }),
  };
}

/** The second repair of one kind halts: somebody's automation keeps interfering. By now the damage is repaired. */
function haltWhenRepairedAgain(situation: Situation, run: CurrentRun): Halt | undefined {
  const { record } = situation;
  const untold = record.repairs.slice(run.told);
  const again = untold.find(({ kind }) => record.repairs.filter((each) => each.kind === kind).length >= 2);
  if (again === undefined) return undefined;
  return {
    halt: "repaired-again",
    step: stepOf(situation),
    message: `repaired a second time: ${again.what}; somebody's automation also writes here, and each time viewers are denied`,
    remedies: [
      record.settings.ownership === "none"
        ? "find and stop what writes the key group or the secret: CloudTrail names the caller (UpdateKeyGroup, PutSecretValue)"
        : `pause the ${record.settings.ownership} pipeline that owns the key group, or give it the ids that the rotation needs`,
      `keyturn rotate resume --gate ${record.gate} --wait`,
    ],
  };
}

/** After the goal turned or a clock restarted, writes every group once, so that in-flight writes to it must fail. */
function fenceGroups(situation: Situation): NextAction | undefined {
  const { record } = situation;
  if (record.epoch === record.openedEpoch) return undefined;
  const group = unfenced(situation)[0];
  if (group === undefined) return undefined;
  return {
    act: "write-group",
    step: stepOf(situation),
    why: `fence key group ${group.name}: from here on, writes of an earlier epoch fail`,
    group,
    add: [],
    remove: [],
    epoch: record.epoch,
  };
}

/** Stores this epoch's copy of a key, unless it exists. Shared by repairs, switch and switch back. */
export function storeCopy(
  situation: Situation,
  role: "new" | "old",
  step: RotationStep,
): RotationAct | Halt | undefined {
  const versionId = copyId(situation, role);
  if (hasVersion(situation, versionId)) return undefined;
  const source = sourceOf(situation, role);
  const keyPairId = role === "new" ? situation.newId : situation.oldId;
  if (source === undefined || keyPairId === undefined) return keyLost(situation, role, step);
  return {
    act: "store-copy",
    step,
    why: `store the version that signers will read, with the ${role} key`,
    role,
    versionId,
    source,
    keyPairId,
  };
}

function keyLost({ record }: Situation, role: "new" | "old", step: RotationStep): Halt {
  return {
    halt: "new-key-lost",
    step,
    message: `no version of the secret holds the ${role} key any more: somebody removed the versions that keyturn stored`,
    remedies:
      role === "new"
        ? [`keyturn rotate abort --gate ${record.gate}`]
        : [`keyturn rotate status --gate ${record.gate}`],
  };
}

/** AWSCURRENT on a key that is neither the old nor the new one, before any switch. */
export function haltOnForeignKey(situation: Situation): Halt | undefined {
  const { record, observed, newId, oldId } = situation;
  const isOurs = isSigning(situation, newId) || isSigning(situation, oldId);
  if (record.newMaySign !== undefined || isOurs) return undefined;
  if (!isTrustedEverywhere(situation, observed.current.keyPairId)) return undefined;
  return {
    halt: "foreign-signing-key",
    step: "record-opened",
    message: `AWSCURRENT (${observed.current.versionId}) holds key ${observed.current.keyPairId ?? "with an unknown id"}, which is neither the old nor the new key: somebody else is rotating this gate`,
    remedies: [
      "to continue this rotation, make the old key AWSCURRENT again, then resume:",
      setCurrentCommandLine(record.gate, observed.current.versionId, record.old.versionId),
      "to keep their key, abort this rotation; AWSCURRENT stays on their key:",
      `keyturn rotate abort --gate ${record.gate}`,
    ],
  };
}
