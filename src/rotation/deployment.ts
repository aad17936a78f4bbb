/**
 * Signers whose key pair ID is configured outside the secret: which staging label they read, and how long it lives. Each
 * rotation has its own label for them. It stays on its key after the rotation, until a later deployment is confirmed, so
 * no signer ever reads a label that moves to another key or disappears.
 */
import type { Halt, RotationAct, RotationStep } from "./next.ts";
import { goalRole } from "./record.ts";
import { copyId, hasVersion, holdsKey, isCurrent, type Situation, versionLabelled } from "./situation.ts";
import { deploymentLabel, isDeploymentLabel } from "./version-id.ts";

type Role = "new" | "old";

/** The label that signers read for the key of `role`: the old key keeps the label it already has. */
function labelOf(situation: Situation, role: Role): string {
  const { record, observed } = situation;
  const own = deploymentLabel(record.rotation, role);
  if (role === "new") return own;
  const earlier = observed.versions
    .filter(({ versionId }) => holdsKey(situation, "old", versionId))
    .flatMap(({ stages }) => stages.filter(isDeploymentLabel));
  return earlier[0] ?? own;
}

/** Puts the label on a version with that key before anyone is told to read it, and again if somebody removed it. */
export function pinDeployment(situation: Situation, role: Role, step: RotationStep): RotationAct | undefined {
  if (situation.record.settings.keyPairId !== "external") return undefined;
  const label = labelOf(situation, role);
  const holder = versionLabelled(situation, label)?.versionId;
  const to = copyId(situation, role);
  const isPinned = holder !== undefined && holdsKey(situation, role, holder);
  if (isPinned || !hasVersion(situation, to)) return undefined;
  const why = `put the label ${label} on the version with the ${role} key, for signers to read`;
  return { act: "pin", step, why, label, from: holder, to };
}

/**
 * Signers with an external id change key and id together, in one deployment, which comes before AWSCURRENT moves, in
 * either direction. The operator's word that it is done counts, unless the mint endpoint shows the other id.
 */
export function askForDeployment(
  situation: Situation,
  role: Role,
  step: RotationStep,
): RotationAct | Halt | undefined {
  const { record, observed, newId, oldId } = situation;
  const { gate, mode, settings, deployedAt } = record;
  if (settings.keyPairId !== "external") return undefined;
  const pin = pinDeployment(situation, role, step);
  if (pin !== undefined) return pin;
  const [id, other] = role === "new" ? [newId, oldId] : [oldId, newId];
  const isBelied = observed.mintedKeyPairId === other && !isCurrent(situation, role);
  if (deployedAt !== undefined && !isBelied) return undefined;
  const label = labelOf(situation, role);
  const known = role === "new" && mode === "cut-now" ? `the key groups hold ${id}` : `the edge accepts ${id}`;
  return {
    halt: "external-deployment",
    step,
    message:
      deployedAt === undefined
        ? `${known}; signers get their key pair ID from outside the secret, so deploy them with the new ID now`
        : `the mint endpoint still returns ${other}: some signer was not deployed with ${id}`,
    remedies: [
      `deploy every signer with key pair ID ${id} and the private key of version stage ${label} of ${settings.secret.id}`,
      `keyturn rotate resume --gate ${gate} --deployed --wait`,
      `one deployment is enough: ${label} stays on this key until signers are deployed with another`,
    ],
  };
}

/** Labels that no signer reads any more, according to the operator: all but the one last deployed. */
export function supersededLabels(situation: Situation): readonly string[] {
  const { record, observed } = situation;
  if (record.settings.keyPairId !== "external" || record.deployedAt === undefined) return [];
  const inUse = labelOf(situation, goalRole(record));
  return observed.versions
    .flatMap(({ stages }) => stages)
    .filter((label) => isDeploymentLabel(label) && label !== inUse);
}
