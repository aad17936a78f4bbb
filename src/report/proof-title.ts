/** What each proof of a rotation proves. */
import type { ProofName } from "../rotation/record.ts";

export const PROOF_TITLE: Readonly<Record<ProofName, string>> = {
  new: "the edge accepts the new key",
  old: "the edge accepts the old key",
  gone: "the edge denies the old key",
};
