/** Commands that end an outage if no rotation is open to repair it. Each is conditional on what was read. Pure. */
import { shellWord } from "../text/shell-word.ts";
import type { Observed } from "./observed.ts";
import type { RotationRecord } from "./record.ts";
import { holdsKey, situationOf } from "./situation.ts";

/** Refused if AWSCURRENT moved since it was read. */
export function setCurrentCommandLine(gate: string, from: string, to: string): string {
  return `keyturn secret set-current ${to} --from ${from} --gate ${shellWord(gate)}`;
}

/** For a finished rotation whose key no longer signs or is no longer trusted. Empty if neither can be put back. */
export function restoreCommands(record: RotationRecord, observed: Observed): readonly string[] {
  const { current, groups, publicKeys, versions } = observed;
  const role = record.finished?.outcome === "aborted" ? "old" : "new";
  const own = record[role]?.keyPairId;
  if (own === undefined || !publicKeys.some(({ id }) => id === own)) return [];
  const lacking = groups.filter(({ items }) => !items.includes(own));
  const lines =
    lacking.length === 0
      ? []
      : [`keyturn keys trust ${own} --group ${lacking.map(({ id }) => id).join(" ")}`];
  if (current.keyPairId === own) return lines;
  const situation = situationOf(record, observed, observed.at);
  const version = versions.findLast(
    ({ versionId }) => holdsKey(situation, role, versionId) && !versionId.endsWith("-draft"),
  );
  if (version === undefined) return lines;
  return [...lines, setCurrentCommandLine(record.gate, current.versionId, version.versionId)];
}
