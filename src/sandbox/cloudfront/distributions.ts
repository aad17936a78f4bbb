/** Distributions of one account: documents that keep unknown members, and are InProgress for a while after a change. */
import { withEntry, withoutEntry } from "../state/entries.ts";
import { withDefaults } from "./distribution-defaults.ts";
import { isTrue } from "./distribution-document.ts";
import { checkDistribution } from "./distribution-rules.ts";
import { refuseCloudFront } from "./refusal.ts";
import { checkIfMatch, checkPresent, type ResourceStore } from "./resource-store.ts";
import type { StoredDistribution } from "./state.ts";
import { textAt, type XmlElement } from "./xml.ts";

export type Tags = Readonly<Record<string, string>>;

export class Distributions {
  readonly #store: ResourceStore;
  constructor(store: ResourceStore) {
    this.#store = store;
  }

  /** CloudFront chooses the domain name, `d` + thirteen characters; a sandbox seeds names that resolve. */
  create(config: XmlElement, tags: Tags = {}, domainName?: string): StoredDistribution {
    const store = this.#store;
    const { distributions } = store.latest;
    checkDistribution(config, store.latest, store.options.quotas);
    const reference = textAt(config, "CallerReference") as string;
    checkPresent("CallerReference", reference);
    for (const other of distributions.values()) {
      if (textAt(other.config, "CallerReference") !== reference) continue;
      refuseCloudFront(
        "DistributionAlreadyExists",
        `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${other.id}`,
      );
    }
    const id = store.newId("E");
    const distribution: StoredDistribution = {
      id,
      etag: store.newETag(),
      arn: `arn:aws:cloudfront::${store.options.accountId}:distribution/${id}`,
      domainName: domainName ?? `${store.newId("D").toLowerCase()}.cloudfront.net`,
      modifiedAt: store.now,
      config: withDefaults(config),
      tags,
    };
    store.change({ distributions: withEntry(distributions, id, distribution) });
    return distribution;
  }

  get(id: string): StoredDistribution {
    return this.#store.seen.distributions.get(id) ?? refuseCloudFront("NoSuchDistribution");
  }

  list(): readonly StoredDistribution[] {
    return [...this.#store.seen.distributions.values()];
  }

  update(id: string, ifMatch: string | undefined, config: XmlElement): StoredDistribution {
    const store = this.#store;
    const { distributions } = store.latest;
    const distribution = distributions.get(id) ?? refuseCloudFront("NoSuchDistribution");
    checkIfMatch(ifMatch, distribution.etag);
    checkDistribution(config, store.latest, store.options.quotas, id);
    if (textAt(config, "CallerReference") !== textAt(distribution.config, "CallerReference")) {
      refuseCloudFront("IllegalUpdate", "The caller reference of a distribution cannot be changed.");
    }
    const updated = {
      ...distribution,
      etag: store.newETag(),
      modifiedAt: store.now,
      config: withDefaults(config),
    };
    store.change({ distributions: withEntry(distributions, id, updated) });
    return updated;
  }

  delete(id: string, ifMatch: string | undefined): void {
    const { distributions, invalidations } = this.#store.latest;
    const distribution = distributions.get(id) ?? refuseCloudFront("NoSuchDistribution");
    checkIfMatch(ifMatch, distribution.etag);
    if (isTrue(textAt(distribution.config, "Enabled")) || this.statusOf(distribution) !== "Deployed") {
      refuseCloudFront("DistributionNotDisabled");
    }
    const others = [...invalidations].filter(([, { distributionId }]) => distributionId !== id);
    this.#store.change({ distributions: withoutEntry(distributions, id), invalidations: new Map(others) });
  }

  /** Depends only on the clock: InProgress from a change until it has reached every edge location. */
  statusOf({ etag, modifiedAt }: StoredDistribution): "InProgress" | "Deployed" {
    return this.#store.isDeployed(etag, modifiedAt) ? "Deployed" : "InProgress";
  }

  tagsOf(arn: string): Tags {
    return this.#byArn(arn, this.#store.seen.distributions.values()).tags;
  }

  tag(arn: string, change: (tags: Tags) => Tags): void {
    const { distributions } = this.#store.latest;
    const distribution = this.#byArn(arn, distributions.values());
    const tagged = { ...distribution, tags: change(distribution.tags) };
    this.#store.change({ distributions: withEntry(distributions, tagged.id, tagged) });
  }

  #byArn(arn: string, among: Iterable<StoredDistribution>): StoredDistribution {
    if (!/^arn:aws:cloudfront::\d{12}:distribution\/\w+$/.test(arn)) {
      refuseCloudFront("InvalidArgument", "The parameter Resource is not the ARN of a distribution.");
    }
    for (const distribution of among) if (distribution.arn === arn) return distribution;
    return refuseCloudFront("NoSuchResource");
  }
}
