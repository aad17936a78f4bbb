/** Trust read from the account: a URL's distribution, its behavior, its key groups and their keys. */
import { createPublicKey } from "node:crypto";
import type { CacheBehavior, Distribution } from "../cloudfront/distribution.ts";
import { isError } from "../errors.ts";
import { isKeyPairId } from "../keys/key-pair-id.ts";
import type { ControlPlane } from "../seams/cloud.ts";
import { behaviorFor, distributionFor } from "./behavior.ts";
import type { TrustSource } from "./trust-source.ts";
import { verifierOf } from "./trusted-key.ts";
import type { Trust, Verify } from "./verdict.ts";

export interface FoundTrust {
  readonly trust: Trust | "unknown";
  readonly source?: TrustSource;
  /** The host, if no distribution serves it. */
  readonly noDistribution?: string;
}
/** Limits the search to a gate. */
export interface SearchScope {
  readonly distributions: readonly string[];
  readonly keyGroups: readonly string[];
}
type Reads = Pick<
  ControlPlane,
  | "listDistributions"
  | "getDistribution"
  | "getKeyGroup"
  | "getPublicKey"
  | "listKeyGroups"
  | "listPublicKeys"
>;

/** Reads each distribution, group and key once, however many URLs. Throws what the reads throw. */
export class AccountTrust {
  readonly #reads: Reads;
  readonly #within: SearchScope | undefined;
  readonly #groups = new Map<string, Promise<ReadonlyMap<string, Verify>>>();
  readonly #distributions = new Map<string, Promise<Distribution>>();
  #all: Promise<Distribution[]> | undefined;

  constructor(reads: Reads, within?: SearchScope) {
    this.#reads = reads;
    this.#within = within;
  }

  /** `keyPairId` comes from the request: if it is not trusted, looks it up in the account. */
  async of(url: string | undefined, keyPairId: string | undefined): Promise<FoundTrust> {
    const [host = "", path = "/"] = url === undefined ? [] : hostAndPath(url);
    const distribution = host === "" ? undefined : await this.#distributionOf(host);
    if (distribution === undefined) {
      if (this.#within === undefined) return { trust: "unknown", noDistribution: host || undefined };
      return this.#found(this.#within.keyGroups, "the gate's key groups", [], keyPairId);
    }
    const behavior = behaviorFor(distribution, path);
    const where = `behavior ${behavior?.pathPattern ?? "*"} of ${distribution.id}`;
    const hosts = [distribution.domainName, ...distribution.aliases];
    if (behavior === undefined || !asksForSignature(behavior)) {
      return { trust: undefined, source: { where, keys: new Map(), hosts } };
    }
    // Only legacy account key pairs, whose keys no API shows.
    if (behavior.trustedKeyGroups.length === 0)
      return { trust: "unknown", source: { where, keys: new Map(), hosts } };
    return this.#found(behavior.trustedKeyGroups, where, hosts, keyPairId);
  }

  async #found(
    groups: readonly string[],
    where: string,
    hosts: readonly string[],
    keyPairId: string | undefined,
  ): Promise<FoundTrust> {
    const members = await Promise.all(groups.map((id) => this.#keysOf(id)));
    const keys = new Map(members.flatMap((each) => [...each]));
    // A value that is not an id may be a private key: keep it out of the account's logs.
    if (keyPairId === undefined || keys.has(keyPairId) || !isKeyPairId(keyPairId))
      return { trust: keys, source: { where, keys, hosts } };
    const untrusted = await this.#describe(keyPairId);
    return { trust: keys, source: { where, keys, hosts, untrusted } };
  }

  #distributionOf(host: string): Promise<Distribution | undefined> {
    return this.#within === undefined ? this.#searched(host) : this.#ofGate(host, this.#within);
  }

  async #ofGate(host: string, { distributions }: SearchScope): Promise<Distribution | undefined> {
    this.#all ??= Promise.all(distributions.map((id) => this.#distribution(id)));
    return distributionFor(await this.#all, host);
  }

  async #searched(host: string): Promise<Distribution | undefined> {
    const summaries = [];
    for await (const summary of this.#reads.listDistributions()) summaries.push(summary);
    const found = distributionFor(summaries, host);
    return found === undefined ? undefined : this.#distribution(found.id);
  }

  #distribution(id: string): Promise<Distribution> {
    const known = this.#distributions.get(id) ?? this.#reads.getDistribution(id).then(({ value }) => value);
    this.#distributions.set(id, known);
    return known;
  }

  #keysOf(groupId: string): Promise<ReadonlyMap<string, Verify>> {
    const known = this.#groups.get(groupId) ?? this.#readGroup(groupId);
    this.#groups.set(groupId, known);
    return known;
  }

  async #readGroup(groupId: string): Promise<ReadonlyMap<string, Verify>> {
    const { value: group } = await this.#reads.getKeyGroup(groupId);
    const keys = await Promise.all(group.items.map((id) => this.#reads.getPublicKey(id)));
    return new Map(keys.map(({ value }) => [value.id, verifierOf(createPublicKey(value.encodedKey))]));
  }

  async #describe(id: string): Promise<NonNullable<TrustSource["untrusted"]>> {
    try {
      const { value } = await this.#reads.getPublicKey(id);
      return { id, name: value.name };
    } catch (thrown) {
      // CloudFront refuses some ids without looking them up.
      if (!isError(thrown, "ERR_NOT_FOUND", "ERR_REFUSED")) throw thrown;
    }
    const is = await this.#otherThing(id).catch((thrown: unknown) => {
      // Some credentials may read keys but not list them: then nothing more is known.
      if (isError(thrown, "ERR_ACCESS_DENIED")) return undefined;
      throw thrown;
    });
    return { id, is };
  }

  /** People mix up ids and names: finds what else in the account has this one. */
  async #otherThing(id: string): Promise<string | undefined> {
    for await (const group of this.#reads.listKeyGroups()) {
      const isNamed = group.name === id;
      if (group.id === id || isNamed)
        return `${isNamed ? "the name" : "the id"} of the key group ${isNamed ? group.id : `"${group.name}"`}, not of a public key in it: ${group.items.join(", ") || "none"}`;
    }
    for await (const key of this.#reads.listPublicKeys()) {
      if (key.name === id) return `the name of the public key ${key.id}; give its id`;
    }
    for await (const { id: distribution } of this.#reads.listDistributions()) {
      if (distribution === id) return "the id of a distribution of the account, not of a public key";
    }
    return undefined;
  }
}

const asksForSignature = ({ trustedKeyGroups, trustedSigners }: CacheBehavior): boolean =>
  trustedKeyGroups.length + trustedSigners.length > 0;

function hostAndPath(url: string): [host: string, path: string] {
  const [, host = "", path = ""] = /^[^:]+:\/\/([^/?#]*)([^?#]*)/.exec(url) ?? [];
  return [host, path === "" ? "/" : path];
}
