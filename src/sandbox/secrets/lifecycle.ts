/** Changes to a secret as a whole: deletion and restoration, tags, rotation settings. */
import type { EpochSeconds } from "../../time.ts";
import { refuseSecrets } from "./refusal.ts";
import { type Registry, refuseDeleted } from "./registry.ts";
import type { RotationSettings, StoredSecret, Tag } from "./state.ts";

const DAY = 86_400;
const USUAL_WINDOW = 30;
const TAGS_PER_SECRET = 50;

/** Schedules the deletion; with force, deletes at once, and succeeds even if there is nothing to delete. */
export function deleteSecret(
  registry: Registry,
  region: string,
  id: string,
  { windowInDays, isForced }: { readonly windowInDays?: number | undefined; readonly isForced: boolean },
): { readonly arn: string; readonly name: string; readonly goneAt: EpochSeconds } {
  if (isForced && windowInDays !== undefined) {
    refuseSecrets(
      "InvalidParameterException",
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const days = windowInDays ?? USUAL_WINDOW;
  if (days < 7 || days > USUAL_WINDOW) {
    refuseSecrets(
      "InvalidParameterException",
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    );
  }
  const now = registry.now;
  if (isForced && !registry.has(region, id)) {
    const prefix = `arn:aws:secretsmanager:${region}:${registry.options.accountId}:secret:`;
    const name = id.startsWith(prefix) ? id.slice(prefix.length) : id;
    return { arn: prefix + name, name, goneAt: now };
  }
  const secret = registry.findPrimary(region, id);
  if (secret.deletion !== undefined && !isForced) refuseDeleted();
  if (secret.replicas.length > 0) {
    const regions = secret.replicas.map((replica) => replica.region).join(", ");
    refuseSecrets(
      "InvalidParameterException",
      `You can't delete secret ${secret.arn} that still has replica regions [${regions}].`,
    );
  }
  const { arn, name } = secret;
  if (isForced) {
    registry.remove(secret);
    return { arn, name, goneAt: now };
  }
  const goneAt = now + days * DAY;
  registry.saveChanged({ ...secret, deletion: { orderedAt: now, goneAt } });
  return { arn, name, goneAt };
}

export function undeleteSecret(registry: Registry, region: string, id: string): StoredSecret {
  const { deletion, ...secret } = registry.findPrimary(region, id);
  // Restoring a secret that was not deleted succeeds, too.
  if (deletion !== undefined) registry.saveChanged(secret);
  return secret;
}

export function tagSecret(registry: Registry, region: string, id: string, added: readonly Tag[]): void {
  const secret = registry.findWritable(region, id);
  const kept = (secret.tags ?? []).filter((tag) => !added.some(({ key }) => key === tag.key));
  const tags = [...kept, ...added];
  if (tags.length > TAGS_PER_SECRET) {
    refuseSecrets("InvalidParameterException", `A secret can have at most ${TAGS_PER_SECRET} tags.`);
  }
  registry.saveChanged({ ...secret, tags });
}

export function untagSecret(registry: Registry, region: string, id: string, keys: readonly string[]): void {
  const secret = registry.findWritable(region, id);
  registry.saveChanged({ ...secret, tags: (secret.tags ?? []).filter(({ key }) => !keys.includes(key)) });
}

/** Switches managed rotation on. Nothing rotates: the sandbox runs no Lambda function. */
export function configureRotation(
  registry: Registry,
  region: string,
  id: string,
  settings: Pick<RotationSettings, "lambdaArn" | "rules" | "external">,
): StoredSecret {
  const secret = registry.findWritable(region, id);
  const former: Partial<RotationSettings> = secret.rotation ?? {};
  const { lambdaArn = former.lambdaArn, rules = former.rules, external = former.external } = settings;
  if (lambdaArn !== undefined && !registry.rotationFunctions.has(lambdaArn)) {
    refuseSecrets(
      "AccessDeniedException",
      "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    );
  }
  if (lambdaArn === undefined && external === undefined) {
    refuseSecrets(
      "InvalidRequestException",
      "No Lambda rotation function ARN is associated with this secret.",
    );
  }
  const rotation = { enabled: true, lambdaArn, rotatedAt: registry.now, rules, external };
  const changed: StoredSecret = { ...secret, rotation: definedOnly(rotation) };
  registry.saveChanged(changed);
  return changed;
}

export function disableRotation(registry: Registry, region: string, id: string): StoredSecret {
  const secret = registry.findWritable(region, id);
  const changed = { ...secret, rotation: { ...secret.rotation, enabled: false } };
  registry.saveChanged(changed);
  return changed;
}

/** Without the members that are undefined: the saved state is JSON, which has none. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
