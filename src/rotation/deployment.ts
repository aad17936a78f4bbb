/**
 * Signers whose key pair ID is configured outside the secret: what they are told to read, and how long that stays. Each
 * rotation has a staging label of its own for them. It stays on its key after the rotation, until a later deployment is
 * confirmed: no signer ever reads a label that moves to another key, or goes away.
 */
import type { Act, Halt, Step } from "./next.ts";
import { goalRole } from "./record.ts";
import { copyId, hasVersion, holderOf, holdsKey, isCurrent, type Situation } from "./situation.ts";
import { deploymentLabel, isDeploymentLabel } from "./version-id.ts";

type Role = "new" | "old";

/** The label that signers are told to read for the key of `role`: one that the old key has from before stays theirs. */
function labelOf(situation: Situation, role: Role): string {
  const { record, observed } = situation;
  const own = deploymentLabel(record.rotation, role);
  if (role === "new") return own;
  const earlier = observed.versions
    .filter(({ versionId }) => holdsKey(situation, "old", versionId))
    .flatMap(({ stages }) => stages.filter(isDeploymentLabel));
  return earlier[0] ?? own;
}

/** The label is on a version with that key before anybody is told to read it, and put back where somebody took it away. */
export function pinDeployment(situation: Situation, role: Role, step: Step): Act | undefined {
  if (situation.record.settings.keyPairId !== "external") return undefined;
  const label = labelOf(situation, role);
  const holder = holderOf(situation, label)?.versionId;
  const to = copyId(situation, role);
  const isPinned = holder !== undefined && holdsKey(situation, role, holder);
  if (isPinned || !hasVersion(situation, to)) return undefined;
  const why = `put the label ${label} on the version with the ${role} key, for signers to read`;
  return { act: "pin", step, why, label, from: holder, to };
}

/**
 * Key and id of signers with an outside id change together, in one deployment, so that comes before AWSCURRENT moves:
 * there and back. Whoever said that it is done is believed, unless the mint endpoint shows the other id.
 */
export function askForDeployment(situation: Situation, role: Role, step: Step): Act | Halt | undefined {
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
        ? `${known}; the signers' key pair ID is configured outside the secret, so they must be deployed with it now`
        : `the mint endpoint still hands out ${other}: a signer was not deployed with ${id}`,
    remedies: [
      `deploy every signer with key pair ID ${id} and the private key of version stage ${label} of ${settings.secret.id}`,
      `keyturn rotate resume --gate ${gate} --deployed`,
      `one deployment is enough: ${label} stays on this key until signers are deployed with another one`,
    ],
  };
}

/** Labels that no signer reads any more, by the operator's recorded word: those beside the one last deployed. */
export function supersededLabels(situation: Situation): readonly string[] {
  const { record, observed } = situation;
  if (record.settings.keyPairId !== "external" || record.deployedAt === undefined) return [];
  const inUse = labelOf(situation, goalRole(record));
  return observed.versions
    .flatMap(({ stages }) => stages)
    .filter((label) => isDeploymentLabel(label) && label !== inUse);
}
