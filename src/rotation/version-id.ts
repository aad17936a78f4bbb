/**
 * The ids of the secret versions that a rotation writes (R8). They depend only on rotation, epoch and role, so two
 * operators with different keys collide on one id: Secrets Manager refuses the second, and both continue with the first.
 * They are readable, so that a version list shows which versions are keyturn's and of which epoch.
 */

/** `draft`: the new private key before it has a key pair ID. `new`, `old`: what signers read, one copy per epoch. */
export type VersionRole = "draft" | "new" | "old";

export interface OwnVersion {
  readonly rotation: string;
  readonly epoch: number;
  readonly role: VersionRole;
}

const OWN = /^keyturn-(\d{8}-[0-9a-z]{6})-e(\d{4,})-(draft|new|old)$/;

/** At least 33 characters; a ClientRequestToken has 32 to 64. */
export function versionIdOf({ rotation, epoch, role }: OwnVersion): string {
  return `keyturn-${rotation}-e${String(epoch).padStart(4, "0")}-${role}`;
}

/** Undefined for versions that keyturn did not write. */
export function parseVersionId(versionId: string): OwnVersion | undefined {
  const parts = OWN.exec(versionId);
  if (parts === null) return undefined;
  return { rotation: parts[1] as string, epoch: Number(parts[2]), role: parts[3] as VersionRole };
}

/** The rotation's id: the day it opened and six random characters, from six bytes. */
export function rotationId(day: string, random: Uint8Array): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const suffix = Array.from(random.slice(0, 6), (byte) => alphabet[byte % 32]).join("");
  return `${day.slice(0, 10).replaceAll("-", "")}-${suffix}`;
}

/** Staging labels that pin the versions in use, so that foreign writes cannot age them out. */
export const LABEL = { new: "keyturn-new", old: "keyturn-old", next: "keyturn-next" } as const;

/** The label of one rotation's key, for signers whose key pair ID is configured outside the secret. */
export function deploymentLabel(rotation: string, role: "new" | "old"): string {
  return role === "new" ? `keyturn-${rotation}` : `keyturn-${rotation}-old`;
}

const DEPLOYED = /^keyturn-\d{8}-[0-9a-z]{6}(-old)?$/;

export function isDeploymentLabel(label: string): boolean {
  return DEPLOYED.test(label);
}
