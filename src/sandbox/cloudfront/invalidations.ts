/** Invalidations: a batch of paths, InProgress until it has reached every edge location. */
import { withEntry } from "../state/entries.ts";
import { refuseCloudFront } from "./refusal.ts";
import { checkPresent, type ResourceStore } from "./resource-store.ts";
import type { StoredInvalidation } from "./state.ts";

export class Invalidations {
  readonly #store: ResourceStore;
  constructor(store: ResourceStore) {
    this.#store = store;
  }

  /** The same reference and paths return the first one; the same reference with other paths is refused (API Reference). */
  create(distributionId: string, callerReference: string, paths: readonly string[]): StoredInvalidation {
    const store = this.#store;
    const { distributions, invalidations } = store.latest;
    if (!distributions.has(distributionId)) refuseCloudFront("NoSuchDistribution");
    checkPresent("CallerReference", callerReference);
    if (paths.length === 0) refuseCloudFront("InvalidArgument", "An invalidation needs at least one path.");
    if (paths.some((path) => !path.startsWith("/"))) {
      refuseCloudFront(
        "InvalidArgument",
        "Your request contains a caller reference or a path that is not valid.",
      );
    }
    const limit = store.options.quotas.invalidationPathsInProgress;
    if (paths.length > limit) refuseCloudFront("BatchTooLarge");
    const earlier = this.#of(distributionId).find((each) => each.callerReference === callerReference);
    if (earlier !== undefined) {
      if (earlier.paths.join("\n") === paths.join("\n")) return earlier;
      refuseCloudFront(
        "InvalidArgument",
        "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.",
      );
    }
    if (this.#pathsInProgress(distributionId) + paths.length > limit)
      refuseCloudFront("TooManyInvalidationsInProgress");
    const invalidation = {
      id: store.newId("I"),
      distributionId,
      createdAt: store.now,
      callerReference,
      paths,
    };
    store.change({ invalidations: withEntry(invalidations, invalidation.id, invalidation) });
    return invalidation;
  }

  get(distributionId: string, id: string): StoredInvalidation {
    const { distributions, invalidations } = this.#store.seen;
    if (!distributions.has(distributionId)) refuseCloudFront("NoSuchDistribution");
    const invalidation = invalidations.get(id);
    return invalidation?.distributionId === distributionId
      ? invalidation
      : refuseCloudFront("NoSuchInvalidation");
  }

  list(distributionId: string): readonly StoredInvalidation[] {
    if (!this.#store.seen.distributions.has(distributionId)) refuseCloudFront("NoSuchDistribution");
    return this.#of(distributionId);
  }

  statusOf({ id, createdAt }: StoredInvalidation): "InProgress" | "Completed" {
    return this.#store.isDeployed(id, createdAt) ? "Completed" : "InProgress";
  }

  inProgress(distributionId: string): number {
    return this.#of(distributionId).filter((each) => this.statusOf(each) === "InProgress").length;
  }

  #of(distributionId: string): readonly StoredInvalidation[] {
    return [...this.#store.latest.invalidations.values()].filter(
      (each) => each.distributionId === distributionId,
    );
  }

  #pathsInProgress(distributionId: string): number {
    return this.#of(distributionId)
      .filter((each) => this.statusOf(each) === "InProgress")
      .reduce((sum, { paths }) => sum + paths.length, 0);
  }
}
