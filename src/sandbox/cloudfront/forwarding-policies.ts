/** Cache and origin request policies: AWS's managed ones, and the account's own. */
import { withEntry, withoutEntry } from "../state/entries.ts";
import { behaviorsOf } from "./distribution-document.ts";
import { checkForwardingPolicy, policyWithDefaults } from "./forwarding-policy-rules.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { type CloudFrontCode, refuseCloudFront } from "./refusal.ts";
import { checkIfMatch, type ResourceStore } from "./resource-store.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { textAt, type XmlElement } from "./xml.ts";

type Kind = StoredForwardingPolicy["kind"];
type Refusals = Readonly<Record<"missing" | "exists" | "inUse", CloudFrontCode>>;
const REFUSALS: Readonly<Record<Kind, Refusals>> = {
  cache: { missing: "NoSuchCachePolicy", exists: "CachePolicyAlreadyExists", inUse: "CachePolicyInUse" },
  "origin-request": {
    missing: "NoSuchOriginRequestPolicy",
    exists: "OriginRequestPolicyAlreadyExists",
    inUse: "OriginRequestPolicyInUse",
  },
};
const MEMBER = { cache: "CachePolicyId", "origin-request": "OriginRequestPolicyId" } as const;

export class ForwardingPolicies {
  readonly #kind: Kind;
  readonly #store: ResourceStore;
  constructor(kind: Kind, store: ResourceStore) {
    this.#kind = kind;
    this.#store = store;
  }

  create(config: XmlElement): StoredForwardingPolicy {
    const store = this.#store;
    this.#check(config);
    const policy: StoredForwardingPolicy = {
      id: store.options.random.uuid(),
      kind: this.#kind,
      etag: store.newETag(),
      modifiedAt: store.now,
      config: policyWithDefaults(this.#kind, config),
    };
    this.#save(policy);
    return policy;
  }

  get(id: string): StoredForwardingPolicy {
    return this.#found(id, this.#store.seen.forwardingPolicies);
  }

  list(type?: "managed" | "custom"): readonly StoredForwardingPolicy[] {
    const all = [
      ...(type === "custom" ? [] : MANAGED_POLICIES.values()),
      ...(type === "managed" ? [] : this.#store.seen.forwardingPolicies.values()),
    ];
    return all.filter(({ kind }) => kind === this.#kind);
  }

  update(id: string, ifMatch: string | undefined, config: XmlElement): StoredForwardingPolicy {
    const store = this.#store;
    const policy = this.#found(id, store.latest.forwardingPolicies);
    checkIfMatch(ifMatch, policy.etag);
    if (MANAGED_POLICIES.has(id)) refuseCloudFront("IllegalUpdate");
    this.#check(config, id);
    const updated: StoredForwardingPolicy = {
      ...policy,
      etag: store.newETag(),
      modifiedAt: store.now,
      config: policyWithDefaults(this.#kind, config),
    };
    this.#save(updated);
    return updated;
  }

  delete(id: string, ifMatch: string | undefined): void {
    const { distributions, forwardingPolicies } = this.#store.latest;
    checkIfMatch(ifMatch, this.#found(id, forwardingPolicies).etag);
    if (MANAGED_POLICIES.has(id)) refuseCloudFront("IllegalDelete");
    const behaviors = [...distributions.values()].flatMap(({ config }) => behaviorsOf(config));
    if (behaviors.some((behavior) => textAt(behavior, MEMBER[this.#kind]) === id)) {
      refuseCloudFront(REFUSALS[this.#kind].inUse);
    }
    this.#store.change({ forwardingPolicies: withoutEntry(forwardingPolicies, id) });
  }

  #found(id: string, own: ReadonlyMap<string, StoredForwardingPolicy>): StoredForwardingPolicy {
    const policy = MANAGED_POLICIES.get(id) ?? own.get(id);
    return policy?.kind === this.#kind ? policy : refuseCloudFront(REFUSALS[this.#kind].missing);
  }

  #check(config: XmlElement, ownId?: string): void {
    checkForwardingPolicy(this.#kind, config);
    const name = textAt(config, "Name");
    const all = [...MANAGED_POLICIES.values(), ...this.#store.latest.forwardingPolicies.values()];
    const others = all.filter(({ id, kind }) => kind === this.#kind && id !== ownId);
    if (others.some((other) => textAt(other.config, "Name") === name))
      refuseCloudFront(REFUSALS[this.#kind].exists);
  }

  #save(policy: StoredForwardingPolicy): void {
    const { forwardingPolicies } = this.#store.latest;
    this.#store.change({ forwardingPolicies: withEntry(forwardingPolicies, policy.id, policy) });
  }
}
