/** Cache and origin request policies: AWS's managed ones, and those that the account made. */
import { withEntry } from "../state/entries.ts";
import { checkPresent, type Ledger } from "./ledger.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { refuse } from "./refusal.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { textAt, type XmlElement } from "./xml.ts";

type Kind = StoredForwardingPolicy["kind"];

export class ForwardingPolicies {
  readonly #ledger: Ledger;
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  create(kind: Kind, config: XmlElement): StoredForwardingPolicy {
    const ledger = this.#ledger;
    const { forwardingPolicies } = ledger.latest;
    const name = textAt(config, "Name") ?? "";
    checkPresent("Name", name);
    const all = [...MANAGED_POLICIES.values(), ...forwardingPolicies.values()];
    if (all.some((each) => each.kind === kind && textAt(each.config, "Name") === name)) {
      refuse(kind === "cache" ? "CachePolicyAlreadyExists" : "OriginRequestPolicyAlreadyExists");
    }
    const id = ledger.options.random.uuid();
    const policy = { id, kind, config, etag: ledger.newETag(), modifiedAt: ledger.now };
    ledger.change({ forwardingPolicies: withEntry(forwardingPolicies, id, policy) });
    return policy;
  }

  get(kind: Kind, id: string): StoredForwardingPolicy {
    const policy = MANAGED_POLICIES.get(id) ?? this.#ledger.seen.forwardingPolicies.get(id);
    if (policy?.kind === kind) return policy;
    return refuse(kind === "cache" ? "NoSuchCachePolicy" : "NoSuchOriginRequestPolicy");
  }
}
