/** Reads what an amendment depends on and writes it by compare-and-swap, so that a stale read changes nothing. */
import { HaltError, UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type Amendable, type Amendment, planAmendment } from "./amendment.ts";
import type { DriveTools } from "./drive.ts";
import { epochOf, gateMark, highestEpochOf } from "./group-comment.ts";
import type { RotationRecord } from "./record.ts";
import type { Registered } from "./register.ts";
import { settingsOf } from "./settings.ts";
import { parseVersionId } from "./version-id.ts";

type Tools = Pick<DriveTools, "controlPlane" | "vault" | "register" | "clock">;

/** Settings given on the command line, in addition to or instead of keyturn.yaml. */
export type AmendGiven = Partial<Omit<Amendable, "canaries">> & { readonly canaries?: Amendable["canaries"] };

/** Reads only. Throws ERR_HALTED for a finished rotation, and if a distribution would be left without a canary. */
export async function makeAmendment(
  { record }: Registered,
  declared: Gate | undefined,
  given: AmendGiven,
  { controlPlane, vault, clock }: Tools,
): Promise<Amendment> {
  refuseOver(record);
  const [groups, current, attached] = await Promise.all([
    Promise.all(record.groups.map((id) => controlPlane.getKeyGroup(id))),
    vault.get(record.settings.secret.id, { stage: "AWSCURRENT" }),
    attachedTo(record, controlPlane),
  ]);
  const { mark = gateMark(current.arn) } = record;
  const highest = Math.max(
    parseVersionId(current.versionId)?.epoch ?? 0,
    ...groups.map(({ value }) => highestEpochIn(value.comment, record, mark)),
  );
  const wanted = amendableOf(record, declared, given);
  const missing = attached.find((id) => wanted.canaries[id] === undefined);
  if (missing !== undefined && record.settings.canaries[missing] !== undefined)
    throw noCanary(record, missing);
  const fixed = declared && { keyGroups: declared.keyGroups, keyPairId: declared.signer.keyPairId };
  return planAmendment(record, wanted, {
    fixed,
    highest,
    at: clock.now(),
  });
}

/** What keyturn.yaml alone would change; makes no call. Undefined if nothing, or if the rotation is finished. */
export function declaredAmendment(record: RotationRecord, declared: Gate, at: number): Amendment | undefined {
  if (record.finished !== undefined) return undefined;
  const amendment = planAmendment(record, amendableOf(record, declared, {}), { highest: 0, at });
  return amendment.changes.length === 0 ? undefined : amendment;
}

/** Throws ERR_PRECONDITION if the record changed since it was read. */
export async function writeAmendment(
  registered: Registered,
  { record }: Amendment,
  { register }: Pick<Tools, "register">,
): Promise<void> {
  await register.replace(registered, record);
}

/** For a record that predates marks, an epoch without a mark is its own. */
function highestEpochIn(comment: string, { mark: recorded }: RotationRecord, mark: string): number {
  return recorded === undefined ? highestEpochOf(comment, mark) : epochOf(comment, mark);
}

function amendableOf({ settings }: RotationRecord, declared: Gate | undefined, given: AmendGiven): Amendable {
  const base = declared === undefined ? settings : settingsOf(declared, settings.keyType);
  const { canaries, ...rest } = given;
  return { ...base, ...rest, canaries: { ...base.canaries, ...canaries } };
}

async function attachedTo(
  { groups }: RotationRecord,
  controlPlane: Tools["controlPlane"],
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const group of groups)
    for await (const id of controlPlane.listDistributionsByKeyGroup(group)) ids.add(id);
  return [...ids].sort();
}

function refuseOver(record: RotationRecord): void {
  if (record.finished === undefined) return;
  throw new HaltError("ERR_HALTED", `rotation ${record.rotation} is finished: there is nothing to amend`, [
    `keyturn rotate plan --gate ${record.gate}`,
  ]);
}

function noCanary({ gate }: RotationRecord, distribution: string): UsageError {
  return new UsageError(
    "ERR_USAGE",
    `distribution ${distribution} trusts this gate's key group but would have no canary: nothing could be proven there`,
    [`keyturn rotate amend --gate ${gate} --canary ${distribution}=https://HOST/a-protected-path`],
  );
}
