/** After the end: the next run cleans up what an operator who lost a race left behind. */
import type { NextAction } from "./next.ts";
import type { ActionRule } from "./rule.ts";
import { type Situation, versionLabelled } from "./situation.ts";
import { LABEL, parseVersionId } from "./version-id.ts";

export const LEFTOVER_RULES: readonly ActionRule[] = [releaseLateLabels, deleteLateKey, finished];

function releaseLateLabels(situation: Situation): NextAction | undefined {
  const { record } = situation;
  for (const label of [LABEL.new, LABEL.old]) {
    const holder = versionLabelled(situation, label);
    if (holder === undefined) continue;
    const isOurs =
      parseVersionId(holder.versionId)?.rotation === record.rotation ||
      holder.versionId === record.old.versionId;
    if (isOurs) {
      return {
        act: "release",
        step: lastStep(situation),
        why: `release the label ${label}, left by a late write`,
        label,
        from: holder.versionId,
      };
    }
  }
  return undefined;
}

/** Only an aborted rotation can leave a key: a late upload, found by its name. */
function deleteLateKey(situation: Situation): NextAction | undefined {
  const { record, observed } = situation;
  if (record.finished?.outcome !== "aborted") return undefined;
  const late = observed.publicKeys.find(({ name }) => name === publicKeyName(record));
  if (late === undefined || observed.groups.some(({ items }) => items.includes(late.id))) return undefined;
  return {
    act: "delete-key",
    step: lastStep(situation),
    why: `delete public key ${late.id}, left by a late upload`,
    keyPairId: late.id,
  };
}

function finished(situation: Situation): NextAction {
  return { finished: situation.record.finished?.outcome ?? "rotated", step: lastStep(situation) };
}

function lastStep({ record }: Situation) {
  return record.finished?.outcome === "aborted" ? ("new-key-deleted" as const) : ("old-key-deleted" as const);
}

/** The name of the rotation's public key in CloudFront. */
export function publicKeyName({
  gate,
  rotation,
}: {
  readonly gate: string;
  readonly rotation: string;
}): string {
  return inKeyName(`${gate}-${rotation}`);
}

const inKeyName = (text: string) => text.replaceAll(/[^A-Za-z0-9_-]/g, "-");

/** Such a name ends with the rotation's id. */
const OF_ROTATION = /^(.+)-(\d{8}-[0-9a-z]{6})$/;

/** The rotation that gave a public key this name; undefined for a name given by hand. */
export function rotationOfKeyName(name: string): string | undefined {
  return OF_ROTATION.exec(name)?.[2];
}

/**
 * Which of these gates a public key's name refers to. A rotation's key names its gate exactly, known here or not; in a
 * name given by hand the longest gate name wins, so that `app` does not claim the keys of `app-eu`.
 */
export function gateOfKeyName(name: string, gates: readonly string[]): string | undefined {
  const [, exact] = OF_ROTATION.exec(name) ?? [];
  if (exact !== undefined) return gates.find((gate) => inKeyName(gate) === exact);
  return gates
    .filter((gate) => name.startsWith(`${inKeyName(gate)}-`))
    .toSorted((one, other) => other.length - one.length)[0];
}
