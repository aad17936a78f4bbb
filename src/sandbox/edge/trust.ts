/** What a published configuration trusts, made once per configuration: the edge asks for it with every request. */
import { createPublicKey } from "node:crypto";
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { distributionFor } from "../../edge/behavior.ts";
import { verifierOf } from "../../edge/trusted-key.ts";
import type { Trust, Verify } from "../../edge/verdict.ts";
import { BoundedCache } from "../bounded-cache.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import { isProtected } from "./lookalikes.ts";

/** Distributions with the lookalikes applied, and a trust per behavior. */
export interface EdgeView {
  /** The one that answers a Host header. */
  distribution(host: string): Distribution | undefined;
  trust(behavior: CacheBehavior): Trust;
}

/** Host headers remembered; a wildcard alias has any number. */
const HOSTS = 1000;

export function edgeView(
  config: PublishedConfig,
  configure: (distribution: Distribution) => Distribution,
): EdgeView {
  const distributions = config.distributions.filter(({ enabled }) => enabled).map(configure);
  const byHost = new BoundedCache<string, Distribution>(HOSTS);
  const trusts = new Map<CacheBehavior, Trust>();
  return {
    distribution(host) {
      const known = byHost.get(host) ?? distributionFor(distributions, host);
      if (known) byHost.set(host, known);
      return known;
    },
    trust(behavior) {
      if (!trusts.has(behavior)) trusts.set(behavior, trustOf(behavior, config));
      return trusts.get(behavior);
    },
  };
}

/** A group that was deleted, or legacy signers alone: the behavior stays protected and trusts nothing. */
function trustOf(behavior: CacheBehavior, config: PublishedConfig): Trust {
  if (!isProtected(behavior)) return undefined;
  const trust = new Map<string, Verify>();
  for (const groupId of behavior.trustedKeyGroups) {
    for (const [keyPairId, pem] of config.keyGroups.get(groupId) ?? []) {
      trust.set(keyPairId, verifierOf(createPublicKey(pem)));
    }
  }
  return trust;
}
