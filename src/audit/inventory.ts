/** An account's inventory: keys, key groups, distributions and the policies they use, each fetched once. */
import type { CacheBehavior, Distribution, ForwardingPolicy } from "../cloudfront/distribution.ts";
import { isError } from "../errors.ts";
import { type Fingerprint, fingerprint } from "../keys/fingerprint.ts";
import { readPublicKey } from "../keys/pem.ts";
import type { ControlPlane, KeyGroup } from "../seams/cloud.ts";
import type { EpochSeconds } from "../time.ts";
import type { ThrottledPool } from "./throttled-pool.ts";

interface SeenKey {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly createdAt: EpochSeconds;
  /** Undefined if the PEM from CloudFront cannot be parsed. */
  readonly fingerprint?: Fingerprint;
}

export interface Inventory {
  readonly takenAt: EpochSeconds;
  /** `account`: every distribution was read. `gates`: only those that gates name. */
  readonly scope: "account" | "gates";
  readonly publicKeys: ReadonlyMap<string, SeenKey>;
  readonly keyGroups: ReadonlyMap<string, KeyGroup>;
  /** Public keys used by field-level encryption; undefined unless the whole account was read. */
  readonly encryptionKeys?: ReadonlySet<string>;
  readonly distributions: ReadonlyMap<string, Distribution>;
  /** Key group id -> distributions that trust it, including unread ones. */
  readonly attachments: ReadonlyMap<string, readonly string[]>;
  /** Cache and origin request policies by id. */
  readonly policies: ReadonlyMap<string, ForwardingPolicy>;
}

export interface InventoryOptions {
  /** Undefined for the whole account. */
  readonly distributions?: readonly string[];
  /** Key groups whose distributions to look up if the whole account is not read. */
  readonly keyGroups: readonly string[];
}

/**
 * Streams the lists, then reads distributions a few at a time. Resources that the gates name but the account lacks are
 * left out; the checks report them. Throws as ControlPlane does.
 */
export async function takeInventory(
  plane: Pick<
    ControlPlane,
    | "listPublicKeys"
    | "listKeyGroups"
    | "listDistributions"
    | "listDistributionsByKeyGroup"
    | "getDistribution"
    | "listFieldEncryptionKeys"
    | "getCachePolicy"
    | "getOriginRequestPolicy"
  >,
  options: InventoryOptions,
  pool: ThrottledPool,
): Promise<Inventory> {
  const publicKeys = new Map<string, SeenKey>();
  for await (const { encodedKey, ...key } of plane.listPublicKeys()) {
    publicKeys.set(key.id, { ...key, ...fingerprintOf(encodedKey) });
  }
  const keyGroups = new Map<string, KeyGroup>();
  for await (const group of plane.listKeyGroups()) keyGroups.set(group.id, group);
  const encryptionKeys =
    options.distributions === undefined
      ? new Set(await collected(plane.listFieldEncryptionKeys()))
      : undefined;

  const distributions = new Map<string, Distribution>();
  await pool.each("distributions", options.distributions ?? idsOf(plane.listDistributions()), async (id) => {
    const found = await orMissing(plane.getDistribution(id));
    if (found !== undefined) distributions.set(id, found.value);
  });

  return {
    takenAt: pool.now(),
    scope: options.distributions === undefined ? "account" : "gates",
    publicKeys,
    keyGroups,
    encryptionKeys,
    distributions,
    attachments:
      options.distributions === undefined
        ? attachmentsIn(distributions)
        : await askAttachments(plane, options.keyGroups, pool),
    policies: await policiesOf(plane, distributions, pool),
  };
}

/** Key group id -> distributions, from all behaviors. */
function attachmentsIn(distributions: ReadonlyMap<string, Distribution>): Map<string, readonly string[]> {
  const attachments = new Map<string, string[]>();
  for (const { id, behaviors } of distributions.values()) {
    for (const groupId of new Set(behaviors.flatMap((behavior) => behavior.trustedKeyGroups))) {
      attachments.set(groupId, [...(attachments.get(groupId) ?? []), id]);
    }
  }
  return attachments;
}

async function askAttachments(
  plane: Pick<ControlPlane, "listDistributionsByKeyGroup">,
  keyGroups: readonly string[],
  pool: ThrottledPool,
): Promise<Map<string, readonly string[]>> {
  const attachments = new Map<string, readonly string[]>();
  await pool.each("key groups", keyGroups, async (groupId) => {
    const found = await orMissing(collected(plane.listDistributionsByKeyGroup(groupId)));
    if (found !== undefined) attachments.set(groupId, found);
  });
  return attachments;
}

/** Each policy once, however many behaviors use it. */
async function policiesOf(
  plane: Pick<ControlPlane, "getCachePolicy" | "getOriginRequestPolicy">,
  distributions: ReadonlyMap<string, Distribution>,
  pool: ThrottledPool,
): Promise<Map<string, ForwardingPolicy>> {
  const cache = new Set<string>();
  const origin = new Set<string>();
  for (const { behaviors } of distributions.values()) {
    for (const behavior of behaviors.filter(asksForSignature)) {
      if (behavior.cachePolicyId !== undefined) cache.add(behavior.cachePolicyId);
      if (behavior.originRequestPolicyId !== undefined) origin.add(behavior.originRequestPolicyId);
    }
  }
  const policies = new Map<string, ForwardingPolicy>();
  const keep = (read: (id: string) => Promise<ForwardingPolicy>) => async (id: string) => {
    const found = await orMissing(read(id));
    if (found !== undefined) policies.set(id, found);
  };
  await pool.each("cache policies", cache, keep(plane.getCachePolicy));
  await pool.each("origin request policies", origin, keep(plane.getOriginRequestPolicy));
  return policies;
}

export function asksForSignature(behavior: CacheBehavior): boolean {
  return behavior.trustedKeyGroups.length > 0 || behavior.trustedSigners.length > 0;
}

function fingerprintOf(encodedKey: string): { fingerprint?: Fingerprint } {
  try {
    return { fingerprint: fingerprint(readPublicKey(encodedKey)) };
  } catch (thrown) {
    // Listed without a fingerprint: one odd key must not end the audit.
    if (isError(thrown, "ERR_KEY_UNREADABLE")) return {};
    throw thrown;
  }
}

/** Undefined for what no longer exists: it may vanish between the list and the read. */
async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (isError(thrown, "ERR_NOT_FOUND")) return undefined;
    throw thrown;
  }
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* idsOf(summaries: AsyncIterable<{ readonly id: string }>): AsyncIterable<string> {
  for await (const { id } of summaries) yield id;
}
