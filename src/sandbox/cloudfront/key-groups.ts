/** Key groups of one account: names unique, one to five keys, replaced whole by an update. */
import type { KeyGroupConfig } from "../../seams/cloud.ts";
import { withEntry, withoutEntry } from "../state/entries.ts";
import { trustedKeyGroupIds } from "./distribution-document.ts";
import { refuseCloudFront } from "./refusal.ts";
import { checkIfMatch, checkLength, checkPresent, type ResourceStore } from "./resource-store.ts";
import type { CloudFrontState, StoredDistribution, StoredKeyGroup } from "./state.ts";

export class KeyGroups {
  readonly #store: ResourceStore;
  constructor(store: ResourceStore) {
    this.#store = store;
  }

  create(config: KeyGroupConfig): StoredKeyGroup {
    const store = this.#store;
    this.#check(config);
    const { keyGroups } = store.latest;
    if (keyGroups.size >= store.options.quotas.keyGroups) refuseCloudFront("TooManyKeyGroups");
    const group = {
      id: store.options.random.uuid(),
      etag: store.newETag(),
      modifiedAt: store.now,
      config,
    };
    store.change({ keyGroups: withEntry(keyGroups, group.id, group) });
    return group;
  }

  get(id: string): StoredKeyGroup {
    return this.#store.seen.keyGroups.get(id) ?? refuseCloudFront("NoSuchResource");
  }

  list(): readonly StoredKeyGroup[] {
    return [...this.#store.seen.keyGroups.values()];
  }

  update(id: string, ifMatch: string | undefined, config: KeyGroupConfig): StoredKeyGroup {
    const store = this.#store;
    const { keyGroups } = store.latest;
    const group = keyGroups.get(id) ?? refuseCloudFront("NoSuchResource");
    checkIfMatch(ifMatch, group.etag);
    this.#check(config, id);
    const updated = { ...group, etag: store.newETag(), modifiedAt: store.now, config };
    store.change({ keyGroups: withEntry(keyGroups, id, updated) });
    return updated;
  }

  delete(id: string, ifMatch: string | undefined): void {
    const state = this.#store.latest;
    const group = state.keyGroups.get(id) ?? refuseCloudFront("NoSuchResource");
    checkIfMatch(ifMatch, group.etag);
    if (distributionsTrusting(state, id).length > 0) refuseCloudFront("ResourceInUse");
    this.#store.change({ keyGroups: withoutEntry(state.keyGroups, id) });
  }

  distributionIds(id: string): readonly string[] {
    const state = this.#store.seen;
    if (!state.keyGroups.has(id)) refuseCloudFront("NoSuchResource");
    return distributionsTrusting(state, id).map((distribution) => distribution.id);
  }

  #check(config: KeyGroupConfig, ownId?: string): void {
    const { keyGroups, publicKeys } = this.#store.latest;
    checkPresent("Name", config.name);
    checkLength("Name", config.name);
    checkLength("Comment", config.comment);
    if (config.items.length === 0) {
      refuseCloudFront("InvalidArgument", "A key group must contain at least one public key.");
    }
    if (config.items.length > this.#store.options.quotas.publicKeysPerGroup) {
      refuseCloudFront("TooManyPublicKeysInKeyGroup");
    }
    for (const [index, id] of config.items.entries()) {
      // Undocumented; of the errors that the API declares for a group, only InvalidArgument fits.
      if (!publicKeys.has(id)) refuseCloudFront("InvalidArgument", `The public key ${id} does not exist.`);
      if (config.items.indexOf(id) !== index) {
        refuseCloudFront("InvalidArgument", `The public key ${id} is listed more than once.`);
      }
    }
    for (const other of keyGroups.values()) {
      if (other.id !== ownId && other.config.name === config.name) refuseCloudFront("KeyGroupAlreadyExists");
    }
  }
}

/** Distributions with the group on any of their behaviors, enabled or not. */
export function distributionsTrusting(
  state: CloudFrontState,
  keyGroupId: string,
): readonly StoredDistribution[] {
  return [...state.distributions.values()].filter(({ config }) =>
    trustedKeyGroupIds(config).includes(keyGroupId),
  );
}
