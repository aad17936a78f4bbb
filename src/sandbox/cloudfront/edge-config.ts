/** The configuration that the control plane has published at one moment, for the edge locations. Immutable. */
import type { Distribution } from "../../cloudfront/distribution.ts";

export interface PublishedConfig {
  readonly distributions: readonly Distribution[];
  /** Key group id -> key pair ID -> SPKI PEM. */
  readonly keyGroups: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Called once per change, in order; each location applies it after its own delay. */
export type Published = (config: PublishedConfig) => void;
