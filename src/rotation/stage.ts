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

/** A stage names what is true once it is over: `key-trusted` is under way until every group holds the new id. */
export type Stage = (typeof STAGES)[number];

export function isStage(text: string): text is Stage {
  return (STAGES as readonly string[]).includes(text);
}

/** Does `stage` come after `other`? */
export function isAfter(stage: Stage, other: Stage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(other);
}

/** One line for people: what happens in the stage. */
export const STAGE_MEANING: Readonly<Record<Stage, string>> = {
  "record-opened": "open the record: from here on nobody else can rotate this gate",
  "key-stored": "make the new key pair and store its private half, labelled, not current",
  "key-uploaded": "upload the public half; store the version that signers will read",
  "key-trusted": "add the new key to every key group, beside the old one",
  "trust-proven": "prove with real requests that the edge accepts the new key",
  "signer-switched": "make the new key AWSCURRENT, so that signers mint with it",
  "old-cookies-expired": "wait until nothing signed with the old key is valid any more",
  "old-untrusted": "remove the old key from every key group",
  "untrust-proven": "prove with real requests that the edge denies the old key",
  "old-key-deleted": "delete the old public key, release the labels, close the record",
};
