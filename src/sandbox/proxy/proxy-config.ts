/**
 * What the edge in front of an application enforces: a distribution, trusted keys, policies, and perhaps a private
 * key.
 */
import { createHash, type KeyObject } from "node:crypto";
import type { OriginLimits } from "../../cloudfront/distribution.ts";
import { writePublicKey } from "../../keys/any-key.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import type { KeyPair, SigningKey } from "../../keys/key-pair.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import { MANAGED_POLICIES } from "../cloudfront/managed-policies.ts";
import { projectPolicy } from "../cloudfront/policy-projection.ts";
import type { PolicyLookup } from "./forwarding-rules.ts";

export interface ProxyConfig {
  readonly published: PublishedConfig;
  readonly policies: PolicyLookup;
  /** Headers that CloudFront adds for this origin. An unknown value is replaced by the sandbox's own. */
  readonly customHeaders: (
    originId: string,
  ) => readonly { readonly name: string; readonly value: string | undefined }[];
  readonly limits: (originId: string) => OriginLimits;
  /** The sandbox's own key, for a backend to sign with. */
  readonly ownKey?: SigningKey;
  /** For a person, one line each. */
  readonly notes: readonly string[];
}

const MANAGED = new Map([...MANAGED_POLICIES].map(([id, stored]) => [id, projectPolicy(stored)]));
export const managedPolicies: PolicyLookup = (id) => MANAGED.get(id);

const ID_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789";

/** For a key that is not deployed: an ID that looks like CloudFront's and stays the same at every start. */
export function placeholderKeyPairId(key: KeyObject): string {
  const digest = createHash("sha256").update(fingerprint(key)).digest();
  return `K${[...digest.subarray(0, 13)].map((byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("")}`;
}

/** Also trusts the sandbox's own key, in every key group that a behavior uses. */
export function withOwnKey(config: ProxyConfig, pair: KeyPair): ProxyConfig {
  const keyPairId = placeholderKeyPairId(pair.publicKey);
  const pem = writePublicKey(pair.publicKey);
  const used = config.published.distributions.flatMap(({ behaviors }) =>
    behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups),
  );
  const groups = [...new Set([...config.published.keyGroups.keys(), ...used])];
  return {
    ...config,
    published: {
      ...config.published,
      keyGroups: new Map(
        groups.map((id) => [id, new Map([...(config.published.keyGroups.get(id) ?? []), [keyPairId, pem]])]),
      ),
    },
    ownKey: { keyPairId, privateKey: pair.privateKey },
  };
}
