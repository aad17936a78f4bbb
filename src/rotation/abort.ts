/** An abort, fences first: one rule per step. By then the record has turned, and repairs and fences are done. */
import { close } from "./close.ts";
import { askForDeployment, pinDeployment } from "./deployment.ts";
import type { CurrentRun, NextAction } from "./next.ts";
import { prove } from "./proving.ts";
import { storeCopy } from "./repairs.ts";
import type { ActionRule } from "./rule.ts";
import {
  copyId,
  drainEnd,
  isCurrent,
  isDrained,
  isSigning,
  isTrustedEverywhere,
  mayNewHaveSigned,
  publicKeyExists,
  type Situation,
} from "./situation.ts";
import { confirmSwitch, haltOnManagedRotation, haltWhenDrainRestarted, waitForRestart } from "./switching.ts";

/** R13: if no signer can ever have held the new key, it is removed at once; otherwise signers have to be switched back. */
export const ABORT_RULES: readonly ActionRule[] = [
  haltWithoutOldKey,
  ifNewMayHaveSigned(haltOnManagedRotation),
  ifNewMayHaveSigned(oldProven),
  ifNewMayHaveSigned(switchedBack),
  ifNewMayHaveSigned(newCookiesExpired),
  newUntrusted,
  newKeyDeleted,
];

function ifNewMayHaveSigned(rule: ActionRule): ActionRule {
  return (situation, run) => (mayNewHaveSigned(situation) ? rule(situation, run) : undefined);
}

/** There is no way back to a deleted key: its viewers are already cut off, so the only way is forward. */
function haltWithoutOldKey(situation: Situation): NextAction | undefined {
  const { record, observed, oldId } = situation;
  if (record.noReturn !== undefined || publicKeyExists(situation, oldId)) return undefined;
  if (!mayNewHaveSigned(situation) && isTrustedEverywhere(situation, observed.current.keyPairId))
    return undefined;
  return {
    halt: "old-key-gone",
    step: "signer-switched-back",
    message: `somebody deleted the old public key ${oldId}: signers cannot go back to it, and its cookies are already denied`,
    remedies: [
      "move forward to the new key; viewers with a cookie of the old one are already cut off:",
      `keyturn rotate resume --gate ${record.gate} --compromised --yes-cut-off-viewers --wait`,
    ],
  };
}

/**
 * R1: by now every group holds the old id. If signers may have left it, every edge location must be proven to accept it
 * too. For signers with an external key pair ID, AWSCURRENT does not show whether they left.
 */
function oldProven(situation: Situation, run: CurrentRun): NextAction | undefined {
  const { keyPairId } = situation.record.settings;
  if (keyPairId !== "external" && isSigning(situation, situation.oldId)) return undefined;
  return prove(situation, run, {
    proof: "old",
    keyPairId: situation.oldId,
    step: "signer-switched-back",
    unproven: "trust-not-proven",
  });
}

/** To this epoch's fresh copy of the old value, even from the old version itself: a fence and the switch back in one. */
function switchedBack(situation: Situation): NextAction | undefined {
  const { record, observed } = situation;
  const step = "signer-switched-back";
  if (!isCurrent(situation, "old")) {
    return (
      storeCopy(situation, "old", step) ??
      askForDeployment(situation, "old", step) ?? {
        act: "move-current",
        step,
        why: "make the old key AWSCURRENT again",
        from: observed.current.versionId,
        to: copyId(situation, "old"),
      }
    );
  }
  return record.backAt === undefined
    ? confirmSwitch(situation, "backAt", step)
    : pinDeployment(situation, "old", step);
}

function newCookiesExpired(situation: Situation, run: CurrentRun): NextAction | undefined {
  const { record, newId } = situation;
  const restarted = haltWhenDrainRestarted(situation, run);
  if (restarted !== undefined) return restarted;
  if (!publicKeyExists(situation, newId) || isDrained(situation)) return undefined;
  const end = drainEnd(record);
  if (end === undefined) return waitForRestart(situation, "new-cookies-expired");
  return {
    waitUntil: end,
    step: "new-cookies-expired",
    waitingFor: "the last cookie of the new key to expire",
  };
}

function newUntrusted(situation: Situation): NextAction | undefined {
  const { record, observed, newId } = situation;
  const group = observed.groups.find(({ items }) => newId !== undefined && items.includes(newId));
  if (group === undefined) return undefined;
  return {
    act: "write-group",
    step: "new-untrusted",
    why: `remove ${newId} from key group ${group.name}`,
    group,
    add: [],
    remove: [newId as string],
    epoch: record.epoch,
  };
}

/** R3 applies to an abort too. */
function newKeyDeleted(situation: Situation): NextAction {
  return close(situation, {
    step: "new-key-deleted",
    keyPairId: situation.newId,
    noReturn: "record that the new key will be deleted",
    outcome: "aborted",
    closed: "close the record: aborted",
  });
}
