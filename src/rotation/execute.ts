/** Performs one act through the seams. Every write is conditional on the observation; a refusal is a result, not an error. */
import type { KeyObject } from "node:crypto";
import { ConflictError, isError } from "../errors.ts";
import { writePublicKey } from "../keys/any-key.ts";
import { fingerprint, isSameKey } from "../keys/fingerprint.ts";
import { readPublicKey } from "../keys/pem.ts";
import { parseSecretValue, type SigningSecret } from "../keys/secret-value.ts";
import type { SecretValue } from "../seams/cloud.ts";
import type { Viewer } from "../seams/viewer.ts";
import type { KeyPairSource } from "../seams/world.ts";
import { type CanaryKey, keysUnderTest, sendCanaryCheck } from "./canary.ts";
import { commentWithEpoch } from "./group-comment.ts";
import { keepInRecord } from "./keep-in-record.ts";
import { publicKeyName } from "./leftovers.ts";
import type { RotationAct } from "./next.ts";
import type { Observation, ObservationSources } from "./observe.ts";
import { mustSaveAtOnce, type PendingWrites } from "./pending-writes.ts";
import { advanceProof, carryProofsOver, etagsOf, isAbout } from "./proof.ts";
import type { RotationRecord } from "./record.ts";
import { situationOf, sourceOf } from "./situation.ts";
import { LABEL, versionIdOf } from "./version-id.ts";

export interface RotationTools extends ObservationSources {
  readonly keyPairs: KeyPairSource;
  readonly viewer: Viewer;
}

/** `moved`: the world had changed, so nothing was written. `unclear`: no response; it may have been written. */
export type ActOutcome = "done" | "moved" | "unclear";

/**
 * `learn` receives what the act found out before it is in the record. Throws errors that no new observation can
 * fix: credentials, permission, quota, a key in use elsewhere.
 */
export async function execute(
  act: RotationAct,
  observation: Observation,
  tools: RotationTools,
  learn: (known: PendingWrites) => void = () => {},
): Promise<ActOutcome> {
  try {
    const known = await perform(act, observation, tools);
    if (known !== undefined) {
      learn(known);
      if (await writeNews(act, known, observation, tools))
        learn({ ...known, basis: known.proofs, repairs: [] });
    }
    return "done";
  } catch (thrown) {
    if (isError(thrown, "ERR_PRECONDITION", "ERR_EXISTS", "ERR_NOT_FOUND")) return "moved";
    if (isError(thrown, "ERR_REMOTE", "ERR_UNREACHABLE", "ERR_THROTTLED")) return "unclear";
    throw thrown;
  }
}

async function perform(
  act: RotationAct,
  observation: Observation,
  tools: RotationTools,
): Promise<PendingWrites | undefined> {
  const { record } = observation.registered;
  const { controlPlane, vault, register } = tools;
  const secretId = record.settings.secret.id;
  switch (act.act) {
    case "write-record":
      await register.replace(observation.registered, act.record);
      return undefined;
    case "store-key":
      await storeKey(act.versionId, record, tools);
      return undefined;
    case "upload-key":
      await uploadKey(record, tools);
      return undefined;
    case "store-copy":
      await storeCopy(act, observation, tools);
      return undefined;
    case "write-group":
      return writeGroup(act, observation, tools);
    case "move-current":
      await vault.moveStage(secretId, "AWSCURRENT", { from: act.from, to: act.to });
      return learned(record.proofs, act, observation, tools, observation.observed.current.createdAt);
    case "pin":
      await vault.moveStage(secretId, act.label, { from: act.from, to: act.to });
      return undefined;
    case "release":
      await vault.moveStage(secretId, act.label, { from: act.from });
      return undefined;
    case "send-triple":
      return prove(act, observation, tools);
    case "delete-key": {
      const { etag } = await controlPlane.getPublicKey(act.keyPairId);
      await controlPlane.deletePublicKey(act.keyPairId, etag);
      return undefined;
    }
  }
}

/** Conditional on the ETag; other ids in the group stay. Proofs of keys that stay are carried over. */
async function writeGroup(
  act: RotationAct & { act: "write-group" },
  observation: Observation,
  tools: RotationTools,
): Promise<PendingWrites> {
  const { record } = observation.registered;
  const { id, etag, name, comment } = act.group;
  const items = itemsAfter(act);
  const config = { name, items, comment: commentWithEpoch(comment, record.mark, act.epoch) };
  const written = await tools.controlPlane.updateKeyGroup(id, etag, config);
  const proofs = carryProofsOver(record.proofs, { id, from: etag, to: written.etag, items });
  return learned(proofs, act, observation, tools, act.group.modifiedAt);
}

/** The group's ids after the write; other ids are unchanged. */
export function itemsAfter({
  group,
  add,
  remove,
}: Pick<RotationAct & { act: "write-group" }, "group" | "add" | "remove">) {
  const all = [...group.items, ...add.filter((each) => !group.items.includes(each))];
  return all.filter((each) => !remove.includes(each));
}

/** What a write changes in the record: carried proofs, and the repair with how long the damage had lasted. */
function learned(
  proofs: RotationRecord["proofs"],
  act: RotationAct,
  { registered, written }: Observation,
  { clock }: RotationTools,
  brokenSince: number,
): PendingWrites {
  const at = clock.now();
  const repair = act.repair && { kind: act.repair, at, lasted: Math.max(0, at - brokenSince), what: act.why };
  const earlier = unwrittenRepairs(registered.record, written);
  return { proofs, basis: written.proofs, repairs: repair === undefined ? earlier : [...earlier, repair] };
}

const unwrittenRepairs = (record: RotationRecord, written: RotationRecord) =>
  record.repairs.slice(written.repairs.length);

/** Writes repairs, and results that others must know at once. Returns whether it wrote. */
async function writeNews(
  act: RotationAct,
  { proofs, repairs }: PendingWrites,
  observation: Observation,
  tools: RotationTools,
): Promise<boolean> {
  const { registered, written, observed } = observation;
  const name = act.act === "send-triple" ? act.proof : undefined;
  const proof = name && proofs[name];
  const isNew =
    proof !== undefined &&
    mustSaveAtOnce(name && written.proofs[name], proof, observed.groups, written.settings);
  if (repairs.length === 0 && !isNew) return false;
  const next = { ...registered.record, proofs, repairs: [...written.repairs, ...repairs] };
  return keepInRecord(next, observation, tools);
}

/** R8: refused if another operator stored a key first; that key is then used. */
async function storeKey(
  versionId: string,
  record: RotationRecord,
  { keyPairs, vault }: RotationTools,
): Promise<void> {
  const { settings } = record;
  const { form } = await readSigning(vault, settings, { stage: "AWSCURRENT" });
  const { privateKey } = await keyPairs.generate(settings.keyType);
  await vault.put(settings.secret.id, versionId, form.write({ privateKey }), [LABEL.new]);
}

async function uploadKey(record: RotationRecord, tools: RotationTools): Promise<void> {
  const { controlPlane, vault, register } = tools;
  const versionId = versionIdOf({ rotation: record.rotation, epoch: record.openedEpoch, role: "draft" });
  const { privateKey } = await readSigning(vault, record.settings, { versionId });
  const uploaded = await controlPlane.createPublicKey({
    callerReference: `keyturn-${record.rotation}`,
    name: publicKeyName(record),
    encodedKey: writePublicKey(privateKey),
    comment: `keyturn rotation ${record.rotation} of gate ${record.gate}`,
  });
  // If it lost a race against an abort, it deletes its own key again.
  const now = await register.read();
  if (now?.record.rotation !== record.rotation || now.record.finished !== undefined) {
    await controlPlane.deletePublicKey(uploaded.value.id, uploaded.etag);
  }
}

/** Checks the private key against the uploaded key once more before any signer can read it. */
async function storeCopy(
  act: RotationAct & { act: "store-copy" },
  observation: Observation,
  tools: RotationTools,
): Promise<void> {
  const { record } = observation.registered;
  const { controlPlane, vault } = tools;
  const { settings } = record;
  const { privateKey } = await readSigning(vault, settings, { versionId: act.source });
  const uploaded = await controlPlane.getPublicKey(act.keyPairId);
  if (!isSameKey(privateKey, readPublicKey(uploaded.value.encodedKey))) {
    throw new ConflictError(
      "ERR_REFUSED",
      `version ${act.source} holds ${fingerprint(privateKey)}, which is not the key of ${act.keyPairId}`,
      [`keyturn rotate abort --gate ${record.gate}`],
    );
  }
  const value = await rewriteCurrent(
    { privateKey, keyPairId: act.keyPairId },
    act.source,
    observation,
    vault,
  );
  await vault.put(settings.secret.id, act.versionId, value, [LABEL[act.role]]);
}

/**
 * All other fields come from the current AWSCURRENT. If that cannot be read or written, or lacks the ID that signers
 * look for, they come from the version being copied.
 */
async function rewriteCurrent(
  next: { readonly privateKey: KeyObject; readonly keyPairId: string },
  source: string,
  { registered, observed }: Observation,
  vault: RotationTools["vault"],
): Promise<SecretValue> {
  const { settings, old } = registered.record;
  const isReadThere = settings.keyPairId === "in-secret";
  const write = ({ form, privateKey }: SigningSecret) => {
    const held = fingerprint(privateKey);
    const ids = observed.publicKeys.filter((each) => each.fingerprint === held).map(({ id }) => id);
    // A draft is written before its key has an ID, so it still names the old one.
    return form.write({ ...next, formerIds: [...ids, old.keyPairId], fillsEmptyId: isReadThere });
  };
  try {
    const value = write(await readSigning(vault, settings, { stage: "AWSCURRENT" }));
    const written = parseSecretValue(value, settings.secret);
    const namesId = written.keyPairId === next.keyPairId || written.mentions.has(next.keyPairId);
    if (!isReadThere || namesId) return value;
  } catch (thrown) {
    if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
  }
  return write(await readSigning(vault, settings, { versionId: source }));
}

async function readSigning(
  vault: RotationTools["vault"],
  settings: RotationRecord["settings"],
  which: { readonly stage: string } | { readonly versionId: string },
): Promise<SigningSecret> {
  return parseSecretValue((await vault.get(settings.secret.id, which)).value, settings.secret);
}

/** A canary check counts only if every group has the same ETag before and after it (R11). */
async function prove(
  act: RotationAct & { act: "send-triple" },
  observation: Observation,
  tools: RotationTools,
): Promise<PendingWrites | undefined> {
  const { registered, written, observed } = observation;
  const { record } = registered;
  const { clock, controlPlane, vault, interrupt } = tools;
  const situation = situationOf(record, observed, clock.now());
  const canaryKey = async (role: "new" | "old"): Promise<CanaryKey> => {
    const versionId = sourceOf(situation, role) ?? record[role]?.versionId ?? "";
    const { privateKey } = await readSigning(vault, record.settings, { versionId });
    return { privateKey, keyPairId: (role === "new" ? situation.newId : situation.oldId) as string };
  };
  const tested = keysUnderTest(act.proof);
  const keys = {
    accepted: await canaryKey(tested.accepted),
    denied: tested.denied === undefined ? undefined : await canaryKey(tested.denied),
  };
  const sentAt = clock.now();
  const before = record.proofs[act.proof];
  const earlier = isAbout(before, act.keyPairId, observed.groups) ? before : undefined;
  const behind = Object.keys(earlier?.behind ?? {});
  const outcome = await sendCanaryCheck(tools, record.settings, keys, { behind, signal: interrupt });
  const after = await Promise.all(record.groups.map((id) => controlPlane.getKeyGroup(id)));
  const etags = etagsOf(observed.groups);
  if (after.some(({ value, etag }) => etags[value.id] !== etag)) return undefined;
  const doneAt = clock.latest();
  const check = { keyPairId: act.keyPairId, groups: observed.groups, sentAt, doneAt, outcome };
  const proof = advanceProof(before, check, record.settings);
  return {
    proofs: { ...record.proofs, [act.proof]: proof },
    basis: written.proofs,
    repairs: unwrittenRepairs(record, written),
  };
}
