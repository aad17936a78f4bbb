/** CloudFront's control plane of one account, in memory: reports what it publishes; independent of HTTP. */
import type { Seconds } from "../../time.ts";
import type { Staleness } from "../state/timeline.ts";
import { projectDistribution } from "./distribution-projection.ts";
import { Distributions } from "./distributions.ts";
import type { Published, PublishedConfig } from "./edge-config.ts";
import { ForwardingPolicies } from "./forwarding-policies.ts";
import { Invalidations } from "./invalidations.ts";
import { KeyGroups } from "./key-groups.ts";
import { PublicKeys } from "./public-keys.ts";
import {
  CLOUDFRONT_QUOTAS,
  type CloudFrontQuotas,
  ResourceStore,
  type ResourceStoreOptions,
} from "./resource-store.ts";
import {
  type CloudFrontState,
  EMPTY_CLOUDFRONT,
  type FieldEncryptionProfile,
  type StoredDistribution,
} from "./state.ts";

export interface CloudFrontOptions
  extends Pick<ResourceStoreOptions, "clock" | "random" | "accountId">,
    Partial<Pick<ResourceStoreOptions, "allowAnyRsaSize" | "deployTime">> {
  readonly quotas?: Partial<CloudFrontQuotas>;
  readonly initial?: CloudFrontState;
  /** Called after every change, with the state to save. */
  readonly changed?: (state: CloudFrontState) => void;
}

/** For an account without its own edge locations: the response to a change never says Deployed. */
const DEPLOY_TIME: Seconds = 5;

export class CloudFrontModel {
  readonly publicKeys: PublicKeys;
  readonly keyGroups: KeyGroups;
  readonly distributions: Distributions;
  readonly invalidations: Invalidations;
  readonly cachePolicies: ForwardingPolicies;
  readonly originRequestPolicies: ForwardingPolicies;
  readonly #store: ResourceStore;
  readonly #listeners = new Set<Published>();

  constructor({ quotas, initial = EMPTY_CLOUDFRONT, changed = () => {}, ...options }: CloudFrontOptions) {
    const { allowAnyRsaSize = false, deployTime = DEPLOY_TIME } = options;
    const complete: ResourceStoreOptions = {
      ...options,
      allowAnyRsaSize,
      deployTime,
      quotas: { ...CLOUDFRONT_QUOTAS, ...quotas },
    };
    this.#store = new ResourceStore(complete, initial, (state, before) => {
      changed(state);
      if (state.keyGroups === before.keyGroups && state.distributions === before.distributions) return;
      // Projecting a large account for every change is expensive, and useless without an edge.
      if (this.#listeners.size === 0) return;
      const published = this.published();
      for (const listener of this.#listeners) listener(published);
    });
    this.publicKeys = new PublicKeys(this.#store);
    this.keyGroups = new KeyGroups(this.#store);
    this.distributions = new Distributions(this.#store);
    this.invalidations = new Invalidations(this.#store);
    this.cachePolicies = new ForwardingPolicies("cache", this.#store);
    this.originRequestPolicies = new ForwardingPolicies("origin-request", this.#store);
  }

  /** Everything at this moment, however stale the reads are. */
  get state(): CloudFrontState {
    return this.#store.latest;
  }

  /** They keep public keys in use even if no key group has them. */
  get fieldEncryptionProfiles(): readonly FieldEncryptionProfile[] {
    return this.#store.fieldEncryptionProfiles;
  }
  set fieldEncryptionProfiles(profiles: readonly FieldEncryptionProfile[]) {
    this.#store.fieldEncryptionProfiles = profiles;
  }

  /** Marks everything as Deployed and Completed: the state before any client connects. */
  settle(): void {
    this.#store.settle();
  }

  /** The state that one read returns. */
  get seen(): CloudFrontState {
    return this.#store.seen;
  }

  /** Makes reads return an older state from now on: `{ length: 30, share: 1 }`. Writes always work on the newest. */
  set staleness(staleness: Staleness) {
    this.#store.timeline.staleness = staleness;
  }
  get staleness(): Staleness {
    return this.#store.timeline.staleness;
  }

  /** Changes what reads return for each distribution: switched-on configuration faults, which are never stored. */
  showDistributions(overlay: (stored: StoredDistribution) => StoredDistribution): void {
    this.#store.overlay = overlay;
  }

  /** The configuration published to the edge locations. */
  published(): PublishedConfig {
    const { distributions, keyGroups, publicKeys } = this.#store.latest;
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

  /** Calls the listener with what is published now, and after each change. Returns a function that stops it. */
  onPublished(listener: Published): () => void {
    this.#listeners.add(listener);
    listener(this.published());
    return () => this.#listeners.delete(listener);
  }
}
