/** The ten stages of a rotation, in the order in which they complete. `next-action.ts` holds the guards. */

export const STAGES = [
  "record-opened",
  "key-stored",
  "key-uploaded",
  "key-trusted",
  "trust-proven",
  "signer-switched",
  "old-cookies-expired",
  "old-untrusted",
  "untrust-proven",
  "old-key-deleted",
] as const;

/** A stage is named after what is true once it is complete: `key-trusted` lasts until every group holds the new id. */
export type Stage = (typeof STAGES)[number];

export function isStage(text: string): text is Stage {
  return (STAGES as readonly string[]).includes(text);
}

/** Does `stage` come after `other`? */
export function isAfter(stage: Stage, other: Stage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(other);
}
