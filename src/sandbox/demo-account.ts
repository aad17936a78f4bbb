/** Puts the demo gate into an account: key, group, distribution and secret, unless an earlier run left them there. */

import { writePrivateKey, writePublicKey } from "../keys/any-key.ts";
import { type Fingerprint, fingerprint } from "../keys/fingerprint.ts";
import type { KeyType } from "../keys/key-pair.ts";
import { readPublicKey } from "../keys/pem.ts";
import type { KeyPairSource } from "../seams/world.ts";
import type { Account } from "./account.ts";
import type { CloudFrontState } from "./cloudfront/state.ts";
import { itemsAt, parseXml, textAt } from "./cloudfront/xml.ts";
import { DEMO, demoDistribution } from "./demo-gate.ts";
import type { OriginCustomHeader } from "./edge/origin-request.ts";
import { keyOf, type SecretsState } from "./secrets/state.ts";

export interface DemoIds {
  readonly distributionId: string;
  readonly keyGroupId: string;
}
export interface Demo extends DemoIds {
  /** What the edge sends to the origin; in the distribution's own configuration. */
  readonly verification: OriginCustomHeader;
}

export async function seedDemo(
  { cloudFront, secrets }: Pick<Account, "cloudFront" | "secrets">,
  keyPairs: KeyPairSource,
  keyType: KeyType,
  originPort: number,
  verification: OriginCustomHeader,
): Promise<Demo> {
  const left = leftDemo(cloudFront.state);
  if (left) return left;

  const pair = await keyPairs.generate(keyType);
  const key = cloudFront.publicKeys.create({
    callerReference: DEMO.keyName,
    name: DEMO.keyName,
    encodedKey: writePublicKey(pair.publicKey),
    comment: "the sandbox's first signing key",
  });
  const group = cloudFront.keyGroups.create({ name: DEMO.groupName, items: [key.id], comment: "" });
  const { root } = parseXml(demoDistribution(group.id, originPort, verification));
  const { id } = cloudFront.distributions.create(root, {}, DEMO.domainName);
  const content = { keyPairId: key.id, privateKey: writePrivateKey(pair.privateKey) };
  secrets.create(DEMO.secret, JSON.stringify(content), { description: "signs the demo gate's cookies" });
  return { distributionId: id, keyGroupId: group.id, verification };
}

/** What an earlier run left. */
function leftDemo(state: CloudFrontState): Demo | undefined {
  const { group, distribution } = partsOf(state);
  if (!group || !distribution) return undefined;
  const [origin] = itemsAt(distribution.config, "Origins");
  const [header] = origin ? itemsAt(origin, "CustomHeaders") : [];
  const value = header && textAt(header, "HeaderValue");
  if (!value) return undefined;
  const verification = { name: DEMO.verificationHeader, value };
  return { distributionId: distribution.id, keyGroupId: group.id, verification };
}

function partsOf({ distributions, keyGroups }: CloudFrontState) {
  return {
    group: [...keyGroups.values()].find(({ config }) => config.name === DEMO.groupName),
    distribution: [...distributions.values()].find(
      ({ config }) => textAt(config, "CallerReference") === DEMO.callerReference,
    ),
  };
}

/** Missing pieces of a restored gate; empty if it is complete or absent. */
export function missingOfDemo(
  cloudFront: CloudFrontState,
  secrets: Pick<SecretsState, "secrets">,
): readonly string[] {
  const { group, distribution } = partsOf(cloudFront);
  const secret = secrets.secrets.get(keyOf(DEMO.region, DEMO.secret));
  const hasKey = [...cloudFront.publicKeys.values()].some(({ config }) => config.name === DEMO.keyName);
  if (!group && !distribution && !secret && !hasKey) return [];
  return [
    ...(group ? [] : [`key group ${DEMO.groupName}`]),
    ...(distribution ? [] : [`distribution ${DEMO.domainName}`]),
    ...(secret ? [] : [`secret ${DEMO.secret}`]),
  ];
}

/** Maps a key to its key pair ID, for signers that derive it; parses each PEM once. */
export function keyPairIdLookup({ cloudFront }: Pick<Account, "cloudFront">) {
  const fingerprints = new Map<string, Fingerprint>();
  return (wanted: Fingerprint): string | undefined => {
    for (const { id, config } of cloudFront.state.publicKeys.values()) {
      const known = fingerprints.get(id) ?? fingerprint(readPublicKey(config.encodedKey));
      fingerprints.set(id, known);
      if (known === wanted) return id;
    }
    return undefined;
  };
}
