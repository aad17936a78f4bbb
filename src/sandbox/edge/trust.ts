/** What a published configuration trusts. Computed once per configuration, because every request needs it. */
import { createPublicKey } from "node:crypto";
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { distributionFor } from "../../edge/behavior.ts";
import { verifierOf } from "../../edge/trusted-key.ts";
import type { Trust, Verify } from "../../edge/verdict.ts";
import { BoundedCache } from "../bounded-cache.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import type { Switches } from "../switches.ts";
import { configured, isProtected, type LookalikeId } from "./lookalikes.ts";

/** Distributions with the lookalikes applied, and a trust per behavior. */
export interface EdgeView {
  /** The distribution for a Host header. */
  distribution(host: string): Distribution | undefined;
  trust(behavior: CacheBehavior): Trust;
}

/** A view per published configuration, made anew when a lookalike is switched. */
export function edgeViews(
  switches: Pick<Switches<LookalikeId>, "on" | "revision">,
): (config: PublishedConfig) => EdgeView {
  const views = new WeakMap<PublishedConfig, { readonly revision: number; readonly view: EdgeView }>();
  return (config) => {
    const known = views.get(config);
    if (known?.revision === switches.revision) return known.view;
    const view = edgeView(config, (distribution) => configured(distribution, switches.on));
    views.set(config, { revision: switches.revision, view });
    return view;
  };
}

/** Host headers remembered; a wildcard alias has any number. */
const HOSTS = 1000;

function edgeView(
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
