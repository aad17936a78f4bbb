/** Where trusted keys come from: an account or key files. */
import type { Verify } from "./verdict.ts";

/** Where the trusted keys come from, and what else is known there. */
export interface TrustSource {
  /** For a person: `behavior /api/* of E2EXAMPLE`. */
  readonly where: string;
  /** All available keys by id, trusted or not, to find out which one signed. */
  readonly keys: ReadonlyMap<string, Verify>;
  /** Names of the distribution that answers the URL. */
  readonly hosts: readonly string[];
  /**
   * For an ID that is not trusted: the name of the account's public key, or what else the account knows by that id:
   * `is` completes "the key pair ID is ...". Absent if not looked up.
   */
  readonly untrusted?: { readonly id: string; readonly name?: string; readonly is?: string };
}
