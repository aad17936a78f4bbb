/** What the control plane has published at one moment, as the edge locations will come to know it. Immutable. */
import type { Distribution } from "../../cloudfront/distribution.ts";

export interface PublishedConfig {
  readonly distributions: readonly Distribution[];
  /** Key group id -> key pair ID -> SPKI PEM. */
  readonly keyGroups: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Told once per change, in order; each location applies it after its own delay. */
export type Published = (config: PublishedConfig) => void;
