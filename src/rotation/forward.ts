/** The ten stages, forward: one rule per stage, each silent once its stage is complete. Repairs come first. */
import { close } from "./close.ts";
import { askForDeployment } from "./deployment.ts";
import type { CurrentRun, NextAction } from "./next.ts";
import { prove } from "./proving.ts";
import { haltOnForeignKey, storeCopy } from "./repairs.ts";
import type { ActionRule } from "./rule.ts";
import {
  copyId,
  drainEnd,
  isCurrent,
  isDrained,
  publicKeyExists,
  type Situation,
  sourceOf,
  versionLabelled,
} from "./situation.ts";
import { confirmSwitch, haltOnManagedRotation, haltWhenDrainRestarted, waitForRestart } from "./switching.ts";
import { LABEL, versionIdOf } from "./version-id.ts";

export const FORWARD_RULES: readonly ActionRule[] = [
  haltOnManagedRotation,
  recordOpened,
  haltOnForeignKey,
  keyStored,
  keyUploaded,
  keyTrusted,
  trustProven,
  signerSwitched,
  oldCookiesExpired,
  oldUntrusted,
  untrustProven,
  oldKeyDeleted,
];

/** Pins the current version, so that foreign writes cannot age it out. */
function recordOpened(situation: Situation): NextAction | undefined {
  const { record } = situation;
  if (record.noReturn !== undefined) return undefined;
  const holder = versionLabelled(situation, LABEL.old);
  const source = sourceOf(situation, "old");
  if (source === undefined || holder?.versionId === source) return undefined;
  return {
    act: "pin",
    step: "record-opened",
    why: "pin the version that holds the old key",
    label: LABEL.old,
    from: holder?.versionId,
    to: source,
  };
}

/** Durable before anything public exists, so that any operator can continue. */
function keyStored(situation: Situation): NextAction | undefined {
  const { record, observed } = situation;
  if (record.new !== undefined || observed.draftFingerprint !== undefined) return undefined;
  return {
    act: "store-key",
    step: "key-stored",
    why: "create a key pair and store its private half, not yet current",
    versionId: versionIdOf({ rotation: record.rotation, epoch: record.openedEpoch, role: "draft" }),
  };
}

function keyUploaded(situation: Situation): NextAction | undefined {
  const { record, observed, newId } = situation;
  const step = "key-uploaded";
  if (newId === undefined) {
    return { act: "upload-key", step, why: "upload the public half of the stored key" };
  }
  if (record.new === undefined) {
    const fingerprint = observed.draftFingerprint as string;
    const named = { keyPairId: newId, fingerprint, versionId: copyId(situation, "new") };
    return {
      act: "write-record",
      step,
      why: `record the new key ${newId}`,
      record: { ...record, new: named },
    };
  }
  return isCurrent(situation, "new") ? undefined : storeCopy(situation, "new", step);
}

/** Read, merge, write with the ETag that was read: other ids in the group stay. */
function keyTrusted(situation: Situation): NextAction | undefined {
  const { record, observed, now } = situation;
  const newId = situation.newId as string;
  const step = "key-trusted";
  if (record.mode === "cut-now" && (record.newMaySign === undefined || record.oldMayGo === undefined)) {
    const flags = { newMaySign: record.newMaySign ?? now, oldMayGo: record.oldMayGo ?? now };
    return {
      act: "write-record",
      step,
      why: "record that the new key replaces the old one at once",
      record: { ...record, ...flags },
    };
  }
  const group = observed.groups.find(({ items }) => !items.includes(newId));
  if (group === undefined) return undefined;
  return {
    act: "write-group",
    step,
    why: `add ${newId} to key group ${group.name}`,
    group,
    add: [newId],
    remove: [],
    epoch: record.epoch,
    repair: record.proofs.new === undefined ? undefined : "group",
  };
}

/** Signers are not switched without a proof; only mode cut-now skips it. */
function trustProven(situation: Situation, run: CurrentRun): NextAction | undefined {
  const { record } = situation;
  if (record.mode === "cut-now" || isCurrent(situation, "new")) return undefined;
  return prove(situation, run, {
    proof: "new",
    keyPairId: situation.newId as string,
    step: "trust-proven",
    unproven: "trust-not-proven",
  });
}

function signerSwitched(situation: Situation): NextAction | undefined {
  const { record, observed, now } = situation;
  const step = "signer-switched";
  if (record.newMaySign === undefined) {
    const why = "record that from here on signers may have the new key";
    return { act: "write-record", step, why, record: { ...record, newMaySign: now } };
  }
  const undeployed = askForDeployment(situation, "new", step);
  if (undeployed !== undefined) return undeployed;
  if (!isCurrent(situation, "new")) {
    return {
      act: "move-current",
      step,
      why: "make the new key AWSCURRENT",
      from: observed.current.versionId,
      to: copyId(situation, "new"),
    };
  }
  return record.switchedAt === undefined ? confirmSwitch(situation, "switchedAt", step) : undefined;
}

function oldCookiesExpired(situation: Situation, run: CurrentRun): NextAction | undefined {
  const { record, now, oldId } = situation;
  const restarted = haltWhenDrainRestarted(situation, run);
  if (restarted !== undefined) return restarted;
  // Nothing to wait for once the edge no longer trusts the old key.
  if (!publicKeyExists(situation, oldId) || isDrained(situation)) return undefined;
  const end = drainEnd(record);
  if (end === undefined) return waitForRestart(situation, "old-cookies-expired");
  if (now >= end) return undefined;
  const waitingFor =
    record.mode === "normal"
      ? "the last cookie of the old key to expire"
      : "the last signer to drop the old key";
  return { waitUntil: end, step: "old-cookies-expired", waitingFor };
}

function oldUntrusted(situation: Situation): NextAction | undefined {
  const { record, observed, now, oldId } = situation;
  const step = "old-untrusted";
  if (record.oldMayGo === undefined) {
    if (observed.mintedKeyPairId === oldId) {
      return {
        halt: "old-key-still-minted",
        step,
        message: `the mint endpoint still returns ${oldId}: some signer has not picked up the new key`,
        remedies: [
          "restart the signers, or find out why they did not reread the secret",
          `keyturn rotate resume --gate ${record.gate} --wait`,
        ],
      };
    }
    return {
      act: "write-record",
      step,
      why: "record that the old key may be removed",
      record: { ...record, oldMayGo: now },
    };
  }
  const group = observed.groups.find(({ items }) => items.includes(oldId));
  if (group === undefined) return undefined;
  return {
    act: "write-group",
    step,
    why: `remove ${oldId} from key group ${group.name}`,
    group,
    add: [],
    remove: [oldId],
    epoch: record.epoch,
  };
}

function untrustProven(situation: Situation, run: CurrentRun): NextAction | undefined {
  if (situation.record.noReturn !== undefined) return undefined;
  return prove(situation, run, {
    proof: "gone",
    keyPairId: situation.oldId,
    step: "untrust-proven",
    unproven: "untrust-not-proven",
  });
}

/** R12 holds here, or a repair would have come first. */
function oldKeyDeleted(situation: Situation): NextAction {
  return close(situation, {
    step: "old-key-deleted",
    keyPairId: situation.oldId,
    noReturn: "record the point of no return",
    outcome: "rotated",
    closed: "close the record",
  });
}
