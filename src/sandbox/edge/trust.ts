/** What a published configuration trusts, made once per configuration: the edge asks for it with every request. */
import type { CacheBehavior, Distribution } from "../../edge/distribution.ts";
import type { Trust, Verify } from "../../edge/verdict.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import { isProtected } from "./lookalikes.ts";

/** Distributions with the lookalikes applied, and a trust per behavior. */
export interface EdgeView {
  readonly distributions: readonly Distribution[];
  trust(behavior: CacheBehavior): Trust;
}

export function edgeView(
  config: PublishedConfig,
  configure: (distribution: Distribution) => Distribution,
  verifier: (pem: string) => Verify,
): EdgeView {
  const trusts = new Map<CacheBehavior, Trust>();
  return {
    distributions: config.distributions.filter(({ enabled }) => enabled).map(configure),
    trust(behavior) {
      if (!trusts.has(behavior)) trusts.set(behavior, trustOf(behavior, config, verifier));
      return trusts.get(behavior);
    },
  };
}

/** A group that was deleted, or legacy signers alone: the behavior stays protected and trusts nothing. */
function trustOf(behavior: CacheBehavior, config: PublishedConfig, verifier: (pem: string) => Verify): Trust {
  if (!isProtected(behavior)) return undefined;
  const trust = new Map<string, Verify>();
  for (const groupId of behavior.trustedKeyGroups) {
    for (const [keyPairId, pem] of config.keyGroups.get(groupId) ?? []) trust.set(keyPairId, verifier(pem));
  }
  return trust;
}
