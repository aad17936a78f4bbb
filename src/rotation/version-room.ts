/** Has somebody else filled the secret or the record? Secrets Manager removes no version younger than a day. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { fullUntil, RESERVED_VERSIONS, USUAL_VERSIONS, VERSION_AGE, VERSION_LIMIT } from "./record-room.ts";
import { type PlanChoices, refusalFinding } from "./refusal.ts";
import { registerName } from "./register.ts";

/** Both secrets need room for the rotation, and for an abort. */
export function versionRoomFindings(
  { at, versions, recordVersions, secret }: PlanFacts,
  { gate }: PlanChoices,
): readonly (Finding | undefined)[] {
  const full = (name: string, created: readonly EpochSeconds[]) => {
    const until = fullUntil(created, VERSION_LIMIT - RESERVED_VERSIONS - USUAL_VERSIONS, at);
    if (until === undefined) return undefined;
    const recent = created.filter((each) => each > at - VERSION_AGE).length;
    return refusalFinding(
      "version-quota",
      `secret ${name} got ${recent} versions within 24 h; Secrets Manager keeps ${VERSION_LIMIT}, so there is no room for a rotation until ${formatInstant(Math.ceil(until))}`,
      {
        remedy: `aws secretsmanager list-secret-version-ids --secret-id ${shellWord(name)} --include-deprecated`,
      },
    );
  };
  return [
    full(
      secret.name,
      versions.map(({ createdAt }) => createdAt),
    ),
    full(registerName(gate.secret.id), recordVersions ?? []),
  ];
}
