/** Finds a gate's record with or without keyturn.yaml: resuming needs only AWS access. */
import { isError, type KeyturnError, UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { chooseGate, findGates, type GateChoice } from "../gates/open.ts";
import { restoreLine } from "../gates/secret-id.ts";
import type { SecretVault } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";
import { secretRegister } from "./register.ts";

/** Where a rotation is stored. */
export interface GateLocation {
  readonly gate: string;
  readonly secretId: string;
  /** Absent without keyturn.yaml. */
  readonly declared?: Gate;
}

type Needs = Pick<World, "files" | "env" | "cwd">;
const SUFFIX = ".keyturn";

/** The gate in keyturn.yaml, before any call to AWS; undefined without that file. */
export async function declaredGate(choice: GateChoice, world: Needs): Promise<Gate | undefined> {
  const file = await findGates(choice, world);
  return file && chooseGate(file, choice.gate ?? (world.env.KEYTURN_GATE || undefined));
}

/** A record marked for deletion: nobody can read it or continue its rotation until it is restored. */
export interface DeletedRecord {
  /** The secret that holds it. */
  readonly record: string;
  readonly deletedAt: EpochSeconds;
  /** The gate's own secret still exists, so its rotation may be open. Otherwise the whole gate was decommissioned. */
  readonly isInUse: boolean;
}

export interface RecordedGates {
  /** Sorted by the gate's name. */
  readonly places: readonly GateLocation[];
  /** Sorted by name. */
  readonly deleted: readonly DeletedRecord[];
  /** Records that somebody overwrote. They no longer name their gate, so they are listed by its secret. */
  readonly unreadable: readonly { readonly secretId: string; readonly error: KeyturnError }[];
}

/** Every gate that has a record in this account and region. */
export async function findRecordedGates(vault: SecretVault): Promise<RecordedGates> {
  const deletedAt = new Map<string, EpochSeconds | undefined>();
  for await (const secret of vault.list()) deletedAt.set(secret.name, secret.deletedAt);
  const places: GateLocation[] = [];
  const deleted: DeletedRecord[] = [];
  const unreadable: { secretId: string; error: KeyturnError }[] = [];
  for (const [record, at] of deletedAt) {
    if (!record.endsWith(SUFFIX)) continue;
    const secretId = record.slice(0, -SUFFIX.length);
    if (at !== undefined) {
      const isInUse = deletedAt.has(secretId) && deletedAt.get(secretId) === undefined;
      deleted.push({ record, deletedAt: at, isInUse });
      continue;
    }
    try {
      const registered = await secretRegister(vault, secretId).read();
      if (registered !== undefined) places.push({ gate: registered.record.gate, secretId });
    } catch (thrown) {
      if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
      unreadable.push({ secretId, error: thrown });
    }
  }
  return {
    places: places.sort((one, other) => (one.gate < other.gate ? -1 : 1)),
    deleted: deleted.sort((one, other) => (one.record < other.record ? -1 : 1)),
    unreadable,
  };
}

/** By name or unique prefix; without a name the only one. Throws ERR_GATE. */
export async function locate(
  declared: Gate | undefined,
  name: string | undefined,
  vault: SecretVault,
): Promise<GateLocation> {
  if (declared !== undefined) return { gate: declared.name, secretId: declared.secret.id, declared };
  const { places, deleted, unreadable } = await findRecordedGates(vault);
  const exact = places.find(({ gate }) => gate === name);
  if (exact !== undefined) return exact;
  const matching = name === undefined ? places : places.filter(({ gate }) => gate.startsWith(name));
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  const known = places.map(({ gate }) => gate).join(", ");
  throw new UsageError(
    "ERR_GATE",
    known === ""
      ? "no gate of this account and region has a rotation record, and there is no keyturn.yaml"
      : `which gate: ${known}?`,
    [
      known === ""
        ? "add --config FILE, or --region and --profile of the gate"
        : `add --gate ${places[0]?.gate}`,
      ...unreadable.flatMap(({ error }) => error.hints),
      ...(deleted.length === 0 ? [] : ["or, if a record is marked for deletion, restore it:"]),
      ...deleted.map((each) => restoreLine(each.record)),
    ],
  );
}
