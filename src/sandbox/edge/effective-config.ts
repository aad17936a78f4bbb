/** What a published configuration trusts. Computed once per configuration, because every request needs it. */
import { createPublicKey } from "node:crypto";
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { distributionFor } from "../../edge/behavior.ts";
import { verifierOf } from "../../edge/trusted-key.ts";
import type { Trust, Verify } from "../../edge/verdict.ts";
import { BoundedCache } from "../bounded-cache.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import type { Switches } from "../switches.ts";
import { type EdgeFaultId, isProtected, withEdgeFaults } from "./edge-faults.ts";

/** Distributions with the edge faults applied, and the trusted keys of each behavior. */
export interface EffectiveConfig {
  /** The distribution for a Host header. */
  distribution(host: string): Distribution | undefined;
  trust(behavior: CacheBehavior): Trust;
}

/** One for each published configuration, made anew when a fault is switched. */
export function effectiveConfigs(
  switches: Pick<Switches<EdgeFaultId>, "on" | "revision">,
): (config: PublishedConfig) => EffectiveConfig {
  const cache = new WeakMap<
    PublishedConfig,
    { readonly revision: number; readonly effective: EffectiveConfig }
  >();
  return (config) => {
    const known = cache.get(config);
    if (known?.revision === switches.revision) return known.effective;
    const effective = effectiveConfig(config, (distribution) => withEdgeFaults(distribution, switches.on));
    cache.set(config, { revision: switches.revision, effective });
    return effective;
  };
}

/** Host headers remembered; a wildcard alias has any number. */
const HOSTS = 1000;

function effectiveConfig(
  config: PublishedConfig,
  configure: (distribution: Distribution) => Distribution,
): EffectiveConfig {
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
