/** A rotation that was open when somebody deleted its record, found by the traces that `rotate status` reads. */
import type { Gate } from "../gates/gate.ts";
import { gateMark } from "../rotation/group-comment.ts";
import { type LostRecord, lostRecord, type Traces } from "../rotation/lost-record.ts";
import type { KeyGroup, SecretDescription, SecretVault, SecretVersionSummary } from "../seams/cloud.ts";
import type { Inventory } from "./inventory.ts";

export type LostRotation = LostRecord & { readonly open: NonNullable<LostRecord["open"]> };

/** What a snapshot has read before. */
interface Read {
  readonly inventory: Pick<Inventory, "publicKeys">;
  readonly groups: readonly KeyGroup[];
  readonly secret: {
    readonly description?: SecretDescription;
    readonly current?: { readonly versionId: string };
    readonly signing?: { readonly fingerprint: string; readonly keyPairId?: string };
  };
}

/** For a gate without a record. Undefined if no rotation was open. Lists the secret's versions only if it has traces. */
export async function findLostRotation(
  gate: Gate,
  { inventory, groups, secret }: Read,
  vault: Pick<SecretVault, "listVersions">,
): Promise<LostRotation | undefined> {
  const { description, current, signing } = secret;
  if (description === undefined || current === undefined) return undefined;
  const named = inventory.publicKeys.get(signing?.keyPairId ?? "");
  const traces: Traces = {
    gate: gate.name,
    mark: gateMark(description.arn),
    groups,
    publicKeys: [...inventory.publicKeys.values()],
    versions: Object.entries(description.stagesByVersion).map(([versionId, stages]) => ({
      versionId,
      stages,
      createdAt: 0,
    })),
    current: {
      versionId: current.versionId,
      // As in a rotation: an ID that belongs to another key counts for nothing.
      keyPairId: named?.fingerprint === signing?.fingerprint ? named?.id : undefined,
    },
  };
  if (lostRecord(traces) === undefined) return undefined;
  const versions: SecretVersionSummary[] = [];
  for await (const version of vault.listVersions(gate.secret.id)) versions.push(version);
  const lost = lostRecord({ ...traces, versions });
  return lost?.open && { ...lost, open: lost.open };
}
