/** Idempotent upload of a public key, recognized by its fingerprint, not its name. */
import type { KeyObject } from "node:crypto";
import { ConflictError, isError } from "../errors.ts";
import type { ControlPlane, KeyGroup } from "../seams/cloud.ts";
import {
  type AccountKey,
  type AccountKeys,
  DEFAULT_QUOTA,
  findNamed,
  readAccountKeys,
} from "./account-keys.ts";
import { writePublicKey } from "./any-key.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { changeKeyGroup } from "./key-group.ts";
import { describeKey, requireKeyType } from "./key-pair.ts";

export interface UploadPlan {
  readonly fingerprint: Fingerprint;
  readonly kind: string;
  readonly encodedKey: string;
  /** Already in the account. */
  readonly existing?: AccountKey;
  readonly name: string;
  readonly comment: string;
  /** Stable per key, so that a repeated request never creates a second key. */
  readonly callerReference: string;
  /** Groups to add the key to, except those that already have it. */
  readonly groups: readonly KeyGroup[];
}

/** Throws ERR_KEY_KIND, ERR_NOT_FOUND (group), ERR_EXISTS (the name is another key's), ERR_QUOTA (a full group). */
export function planUpload(
  publicKey: KeyObject,
  request: { readonly name?: string; readonly comment?: string; readonly groups: readonly string[] },
  account: AccountKeys,
): UploadPlan {
  requireKeyType(publicKey);
  const mark = fingerprint(publicKey);
  const existing = account.keys.find((key) => key.fingerprint === mark);
  const name =
    request.name ??
    `keyturn-${mark
      .slice("SHA256:".length)
      .replace(/[^A-Za-z0-9]/g, "")
      .slice(0, 12)}`;
  const taken = account.keys.find((key) => key.name === name);
  if (existing === undefined && taken !== undefined) {
    throw new ConflictError("ERR_EXISTS", `the name ${name} belongs to another key, ${taken.id}`, [
      "choose another one with --name",
    ]);
  }
  const groups = request.groups
    .map((group) => findNamed(account.groups, group, "key group"))
    .filter(({ items }) => existing === undefined || !items.includes(existing.id));
  return {
    fingerprint: mark,
    kind: describeKey(publicKey),
    encodedKey: writePublicKey(publicKey),
    existing,
    name: existing?.name ?? name,
    comment: request.comment ?? "",
    callerReference: `keyturn-${mark}`,
    groups,
  };
}

/** One sentence per change; empty if there is nothing to do. */
export function changesOf(plan: UploadPlan, account: AccountKeys): string[] {
  const upload =
    plan.existing === undefined
      ? [
          `upload public key ${plan.name} (${plan.kind}, ${plan.fingerprint})`,
          `make it public key ${account.keys.length + 1} of ${DEFAULT_QUOTA.keysPerAccount}, the default quota of an account`,
        ]
      : [];
  const trust = plan.groups.map(
    ({ id, name, items }) =>
      `add it to key group ${name} (${id}), which holds ${items.length} of ${DEFAULT_QUOTA.keysPerGroup}`,
  );
  return [...upload, ...trust];
}

type Plane = Pick<
  ControlPlane,
  "createPublicKey" | "listPublicKeys" | "listKeyGroups" | "getKeyGroup" | "updateKeyGroup"
>;

/** Resolves to the key pair ID. Safe to repeat. */
export async function executeUpload(plan: UploadPlan, plane: Plane): Promise<string> {
  const id = plan.existing?.id ?? (await create(plan, plane));
  for (const group of plan.groups) await trust(id, group.id, plane);
  return id;
}

async function create(plan: UploadPlan, plane: Plane): Promise<string> {
  const { name, comment, callerReference, encodedKey } = plan;
  try {
    return (await plane.createPublicKey({ name, comment, callerReference, encodedKey })).value.id;
  } catch (thrown) {
    if (!isError(thrown, "ERR_EXISTS")) throw thrown;
    // A request whose connection broke may still have taken effect.
    const made = (await readAccountKeys(plane)).keys.find((key) => key.fingerprint === plan.fingerprint);
    if (made === undefined) throw thrown;
    return made.id;
  }
}

/** Does nothing if the group already has the key. */
async function trust(keyPairId: string, groupId: string, plane: Plane): Promise<void> {
  const added = ({ items }: KeyGroup) => (items.includes(keyPairId) ? undefined : [...items, keyPairId]);
  await changeKeyGroup(groupId, added, plane);
}
