/**
 * Staging labels, as recorded from AWS. A label is on one version at a time. Making another version current moves
 * AWSPREVIOUS to the former one; a put also removes AWSPENDING from it; other labels stay where they are.
 */
import { refuseSecrets } from "./refusal.ts";
import type { StoredVersion } from "./state.ts";

export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
const PENDING = "AWSPENDING";
const LABELS_PER_VERSION = 20;

type Versions = readonly StoredVersion[];

export function versionWithLabel(versions: Versions, label: string): StoredVersion | undefined {
  return versions.find(({ stages }) => stages.includes(label));
}

/** Adds a version, which takes its labels from whichever versions have them. */
export function putVersion(versions: Versions, added: StoredVersion): Versions {
  const former = versionWithLabel(versions, CURRENT);
  // The first version becomes current, whatever labels were requested (API Reference, PutSecretValue).
  const stages = former === undefined ? [...added.stages, CURRENT] : added.stages;
  const isNowCurrent = stages.includes(CURRENT);
  const others = versions.map((version) =>
    without(version, isNowCurrent && version === former ? [...stages, PENDING] : stages),
  );
  const all = [...others, { ...added, stages: sorted(stages) }];
  return isNowCurrent && former !== undefined ? withLabel(all, PREVIOUS, former.id) : all;
}

/** UpdateSecretVersionStage: a compare-and-swap. `from` must be the version that has the label, or absent if none has. */
export function moveLabel(versions: Versions, label: string, from?: string, to?: string): Versions {
  const holder = versionWithLabel(versions, label);
  for (const id of [from, to]) {
    if (id !== undefined && !versions.some((version) => version.id === id)) {
      refuseSecrets(
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
      );
    }
  }
  if (from === undefined && to === undefined) {
    refuseSecrets(
      "InvalidParameterException",
      "You must specify either MoveToVersionId or RemoveFromVersionId.",
    );
  }
  if (from !== undefined && from !== holder?.id) refuseStaleFrom(label, from, holder);
  if (to === undefined) {
    if (label === CURRENT) {
      refuseSecrets(
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
      );
    }
    return withLabel(versions, label, undefined);
  }
  if (holder?.id === to) return versions;
  if (holder !== undefined && from === undefined) {
    refuseSecrets(
      "InvalidParameterException",
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  const moved = withLabel(versions, label, to);
  const all = label === CURRENT && holder !== undefined ? withLabel(moved, PREVIOUS, holder.id) : moved;
  if (all.some(({ stages }) => stages.length > LABELS_PER_VERSION)) {
    refuseSecrets(
      "LimitExceededException",
      `A version can have at most ${LABELS_PER_VERSION} staging labels.`,
    );
  }
  return all;
}

function refuseStaleFrom(label: string, from: string, holder: StoredVersion | undefined): never {
  const where =
    holder === undefined
      ? "is not attached to any version"
      : `is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId`;
  return refuseSecrets(
    "InvalidParameterException",
    `The parameter RemoveFromVersionId ${from} is not valid. Staging label ${label} ${where}.`,
  );
}

/** Moves the label to that version; without an ID, removes it everywhere. */
function withLabel(versions: Versions, label: string, id: string | undefined): Versions {
  return versions.map((version) =>
    version.id === id
      ? { ...version, stages: sorted([...version.stages, label]) }
      : without(version, [label]),
  );
}

/** Returns the same object if there is nothing to remove, because secrets can have thousands of versions. */
function without(version: StoredVersion, labels: readonly string[]): StoredVersion {
  const stages = version.stages.filter((label) => !labels.includes(label));
  return stages.length === version.stages.length ? version : { ...version, stages };
}

const sorted = (labels: readonly string[]): readonly string[] => [...new Set(labels)].toSorted();
