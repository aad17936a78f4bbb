/** CloudFront's control plane of one account, in memory: it tells what it published, and knows nothing of HTTP. */
import type { Staleness } from "../state/timeline.ts";
import { projectDistribution } from "./distribution-projection.ts";
import { Distributions } from "./distributions.ts";
import type { Published, PublishedConfig } from "./edge-config.ts";
import type { FieldEncryptionProfile } from "./field-encryption-operations.ts";
import { ForwardingPolicies } from "./forwarding-policies.ts";
import { Invalidations } from "./invalidations.ts";
import { KeyGroups } from "./key-groups.ts";
import { CLOUDFRONT_QUOTAS, type CloudFrontQuotas, Ledger, type LedgerOptions } from "./ledger.ts";
import { PublicKeys } from "./public-keys.ts";
import { type CloudFrontState, EMPTY_CLOUDFRONT, type StoredDistribution } from "./state.ts";

export interface CloudFrontOptions
  extends Pick<LedgerOptions, "clock" | "random" | "accountId">,
    Partial<Pick<LedgerOptions, "allowAnyRsaSize" | "deployTime">> {
  readonly quotas?: Partial<CloudFrontQuotas>;
  readonly initial?: CloudFrontState;
  /** Told after every change, with what there is to save. */
  readonly changed?: (state: CloudFrontState) => void;
}

export class CloudFrontModel {
  readonly publicKeys: PublicKeys;
  readonly keyGroups: KeyGroups;
  readonly distributions: Distributions;
  readonly invalidations: Invalidations;
  readonly forwardingPolicies: ForwardingPolicies;
  readonly #ledger: Ledger;
  readonly #listeners = new Set<Published>();

  constructor({ quotas, initial = EMPTY_CLOUDFRONT, changed = () => {}, ...options }: CloudFrontOptions) {
    const complete: LedgerOptions = {
      allowAnyRsaSize: false,
      deployTime: 0,
      ...options,
      quotas: { ...CLOUDFRONT_QUOTAS, ...quotas },
    };
    this.#ledger = new Ledger(complete, initial, (state, before) => {
      changed(state);
      if (state.keyGroups === before.keyGroups && state.distributions === before.distributions) return;
      // A large account without an edge need not be projected anew for every change.
      if (this.#listeners.size === 0) return;
      const published = this.published();
      for (const listener of this.#listeners) listener(published);
    });
    this.publicKeys = new PublicKeys(this.#ledger);
    this.keyGroups = new KeyGroups(this.#ledger);
    this.distributions = new Distributions(this.#ledger);
    this.invalidations = new Invalidations(this.#ledger);
    this.forwardingPolicies = new ForwardingPolicies(this.#ledger);
  }

  /** Everything at this moment, however stale the reads are. */
  get state(): CloudFrontState {
    return this.#ledger.latest;
  }

  /** Whose public keys are in use without being in a key group. */
  get fieldEncryptionProfiles(): readonly FieldEncryptionProfile[] {
    return this.#ledger.fieldEncryptionProfiles;
  }
  set fieldEncryptionProfiles(profiles: readonly FieldEncryptionProfile[]) {
    this.#ledger.fieldEncryptionProfiles = profiles;
  }

  /** What one read is shown. */
  get seen(): CloudFrontState {
    return this.#ledger.seen;
  }

  /** Shows reads an older state from now on: `{ length: 30, share: 1 }`. Writes always work on the newest. */
  set staleness(staleness: Staleness) {
    this.#ledger.timeline.staleness = staleness;
  }
  get staleness(): Staleness {
    return this.#ledger.timeline.staleness;
  }

  /** Shows reads each distribution as this makes it: faults of configuration that are switched on, never written. */
  showDistributions(overlay: (stored: StoredDistribution) => StoredDistribution): void {
    this.#ledger.overlay = overlay;
  }

  /** What the edge locations will come to know. */
  published(): PublishedConfig {
    const { distributions, keyGroups, publicKeys } = this.#ledger.latest;
    return {
      distributions: [...distributions.values()].map((each) =>
        projectDistribution(each, keyGroups, this.distributions.statusOf(each)),
      ),
      keyGroups: new Map(
        [...keyGroups.values()].map(({ id, config }) => [
          id,
          new Map(config.items.map((keyId) => [keyId, publicKeys.get(keyId)?.config.encodedKey ?? ""])),
        ]),
      ),
    };
  }

  /** Calls the listener with what is published now, and after each change. Returns the way to stop it. */
  onPublished(listener: Published): () => void {
    this.#listeners.add(listener);
    listener(this.published());
    return () => this.#listeners.delete(listener);
  }
}
