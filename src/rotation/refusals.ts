/** Conditions that a rotation refuses to start under, because it would be unsafe: each with its reason and remedy. Pure. */

import type { Finding } from "../finding.ts";
import { isSameSecret, restoreLine } from "../gates/secret-id.ts";
import { DEFAULT_QUOTA } from "../keys/account-keys.ts";
import { canNameId } from "../keys/gate-secret.ts";
import { shellWord } from "../text/shell-word.ts";
import { clockRefusals } from "./clocks.ts";
import { commentRoomFindings } from "./comment-room.ts";
import { formRefusals } from "./form-refusals.ts";
import { gateOfKeyName } from "./leftovers.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { type PlanChoices, refusalFinding, warningFinding } from "./refusal.ts";
import { unfinishedRotation } from "./unfinished.ts";
import { versionRoomFindings } from "./version-room.ts";

type Check = (facts: PlanFacts, choices: PlanChoices) => readonly (Finding | undefined)[];

/** Errors refuse; warnings and notes are reported. If a rotation is open, only that counts: it causes the rest. */
export function refusalsOf(facts: PlanFacts, choices: PlanChoices): readonly Finding[] {
  const open = unfinishedRotation(facts, choices);
  return open.length > 0
    ? open
    : CHECKS.flatMap((check) => check(facts, choices)).filter((each) => each !== undefined);
}

const CHECKS: readonly Check[] = [
  clockRefusals,
  secretState,
  formRefusals,
  signingKey,
  sharing,
  quotas,
  versionRoomFindings,
  commentRoomFindings,
  begunByHand,
  canaries,
  ownership,
];

function secretState({ secret, versions }: PlanFacts, { gate }: PlanChoices) {
  const region = secret.arn.split(":")[3];
  const lagging = secret.replicas.filter(({ status }) => status !== "InSync");
  const pending = versions.find(
    ({ stages }) => stages.includes("AWSPENDING") && !stages.includes("AWSCURRENT"),
  );
  return [
    secret.deletedAt === undefined
      ? undefined
      : refusalFinding("secret-deleted", `secret ${secret.name} is scheduled for deletion`, {
          remedy: restoreLine(secret.name),
        }),
    secret.rotationEnabled
      ? refusalFinding(
          "managed-rotation",
          `Secrets Manager's managed rotation is on for ${secret.name}: two rotations would change one key`,
          {
            remedy: `keyturn secret cancel-rotation --gate ${shellWord(gate.name)}`,
          },
        )
      : undefined,
    secret.primaryRegion !== undefined && secret.primaryRegion !== region
      ? refusalFinding(
          "secret-is-replica",
          `${secret.name} in ${region} is a replica of ${secret.primaryRegion}`,
          {
            remedy: `keyturn rotate plan --gate ${gate.name} --region ${secret.primaryRegion}`,
          },
        )
      : undefined,
    ...lagging.map(({ region: where, status }) =>
      refusalFinding(
        "replica-not-in-sync",
        `the replica in ${where} is ${status}: signers there would not get the new key`,
        {
          remedy: `keyturn secret replicate ${where} --gate ${shellWord(gate.name)}`,
        },
      ),
    ),
    pending === undefined
      ? undefined
      : warningFinding(
          "awspending-left",
          "warning",
          `version ${pending.versionId} has the label AWSPENDING: some rotation never finished`,
          {
            remedy: `keyturn secret release-labels --label AWSPENDING --gate ${shellWord(gate.name)}`,
          },
        ),
  ];
}

function signingKey({ current, groups, signing }: PlanFacts, { gate }: PlanChoices) {
  const { format } = gate.secret;
  const isNamed = current.keyPairId !== undefined || current.fingerprint === undefined;
  if (gate.signer.keyPairId === "in-secret" && format !== "json" && !(canNameId(gate.secret) && isNamed)) {
    return [
      refusalFinding("key-id-nowhere", `signers cannot read a key pair ID from this ${format} secret`, {
        remedy: "set signer.keyPairId to derived or external in keyturn.yaml",
      }),
    ];
  }
  const { keyPairId } = current;
  if (keyPairId === undefined) {
    return [
      refusalFinding("signing-key-unknown", "AWSCURRENT holds a key that matches no uploaded public key", {
        evidence: [
          `version ${current.versionId}`,
          `fingerprint ${current.fingerprint ?? "unreadable"}`,
          ...("trouble" in signing ? [signing.trouble.message] : []),
        ],
        remedy: `keyturn audit --gate ${gate.name}`,
      }),
    ];
  }
  return groups
    .filter(({ items }) => !items.includes(keyPairId))
    .map(({ name }) =>
      refusalFinding(
        "signing-key-untrusted",
        `key group ${name} does not hold ${keyPairId}, which signers use now`,
        {
          remedy: `keyturn audit --gate ${gate.name}`,
        },
      ),
    );
}

function sharing({ current, allGroups }: PlanFacts, { gate, others }: PlanChoices) {
  const outside = allGroups.filter(
    ({ id, items }) => !gate.keyGroups.includes(id) && items.some((each) => each === current.keyPairId),
  );
  // Gates may share a group, each with its own key, but two gates must not rotate one key.
  const sharers = others.filter((other) => isSameSecret(other, gate));
  return [
    ...outside.map(({ id, name }) =>
      refusalFinding(
        "key-shared",
        `key group ${name} (${id}) outside this gate holds ${current.keyPairId} too`,
        {
          remedy: `list ${id} under keyGroups of gate ${gate.name} in keyturn.yaml, or remove the key from it`,
        },
      ),
    ),
    ...sharers.map(({ name }) =>
      refusalFinding(
        "gate-shared",
        `gate ${name} shares this gate's secret, and a key can belong to one gate only`,
        {
          remedy: "declare both as one gate in keyturn.yaml",
        },
      ),
    ),
  ];
}

function quotas({ groups, publicKeys }: PlanFacts) {
  return [
    ...groups
      .filter(({ items }) => items.length >= DEFAULT_QUOTA.keysPerGroup)
      .map(({ name, items }) =>
        refusalFinding(
          "key-group-full",
          `key group ${name} holds ${items.length} of ${DEFAULT_QUOTA.keysPerGroup} keys`,
          {
            remedy: "remove a key that no longer signs anything",
          },
        ),
      ),
    publicKeys.length >= DEFAULT_QUOTA.keysPerAccount
      ? refusalFinding(
          "key-quota",
          `the account has ${publicKeys.length} of ${DEFAULT_QUOTA.keysPerAccount} public keys`,
          {
            remedy: "keyturn keys prune",
          },
        )
      : undefined,
  ];
}

/** Reported, but never adopted or removed on a guess. */
function begunByHand(facts: PlanFacts, { gate, others, keep }: PlanChoices) {
  const { groups, allGroups, publicKeys, current } = facts;
  const extra = [...new Set(groups.flatMap(({ items }) => items))].filter(
    (id) => current.keyPairId !== undefined && id !== current.keyPairId && !keep.includes(id),
  );
  const gates = [gate, ...others].map(({ name }) => name);
  // The key in use, missing from every group, is not an orphan: signing-key-untrusted reports it, and it is put back.
  const orphans = publicKeys.filter(
    ({ id, name }) =>
      id !== current.keyPairId &&
      gateOfKeyName(name, gates) === gate.name &&
      !allGroups.some(({ items }) => items.includes(id)),
  );
  return [
    ...extra.map((id) =>
      refusalFinding(
        "rotation-by-hand",
        `the key group holds ${id} besides the key in use: a manual rotation, or another signer's key`,
        {
          evidence: [
            ...groups.map(({ name, items }) => `key group ${name}: ${items.join(", ")}`),
            "--keep is for another signer's key; remove a key that no longer signs anything from the group: keyturn runbook show adopt-an-existing-gate",
          ],
          remedy: `keyturn rotate plan --gate ${gate.name} --keep ${[...keep, id].join(" ")}`,
        },
      ),
    ),
    ...orphans.map(({ id, name }) =>
      refusalFinding(
        "orphan-upload",
        `public key ${id} (${name}) is in no key group: left over from a manual rotation`,
        {
          remedy: `keyturn keys delete ${id}`,
        },
      ),
    ),
  ];
}

function canaries({ attached, baseline }: PlanFacts, { gate }: PlanChoices) {
  const missing = attached.filter((id) => gate.canaries[id] === undefined);
  const unattached = gate.distributions.filter((id) => !attached.includes(id));
  return [
    ...missing.map((id) =>
      refusalFinding(
        "no-canary",
        `distribution ${id} trusts this gate's key group but has no canary: nothing could be proven there`,
        {
          remedy: `add canaries: { ${id}: https://.../a-protected-path } to gate ${gate.name} in keyturn.yaml`,
        },
      ),
    ),
    ...unattached.map((id) =>
      warningFinding(
        "distribution-unattached",
        "warning",
        `distribution ${id} of this gate does not trust its key group`,
        {
          remedy: `keyturn audit --gate ${gate.name}`,
        },
      ),
    ),
    baseline === undefined || baseline.good
      ? undefined
      : refusalFinding(
          "canary-unproven",
          `the canary fails before anything has changed: ${baseline.complaint}`,
          {
            remedy: `keyturn probe ${shellWord(Object.values(gate.canaries)[0] ?? "")} --gate ${gate.name}`,
          },
        ),
  ];
}

function ownership(_: PlanFacts, { gate }: PlanChoices) {
  if (gate.ownership === "none") return [];
  return [
    warningFinding(
      "owned-by-iac",
      "warning",
      `${gate.ownership} owns the key group: an apply during the rotation would undo it`,
      {
        remedy:
          "until the rotation is finished, pause that pipeline or ignore changes to the group's items and comment",
      },
    ),
  ];
}
