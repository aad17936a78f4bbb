/**
 * The sandbox's account for your own application: keys, one key group, and a distribution with the protected paths.
 * It is a whole account, so that keys can be rotated against the application.
 */

import { writePrivateKey, writePublicKey } from "../../keys/any-key.ts";
import type { KeyType } from "../../keys/key-pair.ts";
import { readPublicKey } from "../../keys/pem.ts";
import type { KeyPairSource } from "../../seams.ts";
import type { Account } from "../account.ts";
import { distributionConfig } from "../cloudfront/distribution-seed.ts";
import type { CloudFrontState, StoredPublicKey } from "../cloudfront/state.ts";
import { itemsAt, textAt } from "../cloudfront/xml.ts";
import type { FrontPlan } from "./front-plan.ts";

export const FRONT = {
  gate: "app",
  callerReference: "keyturn-sandbox-front",
  originId: "app",
  secret: "app/cloudfront-signing-key",
  keyName: "app-signing",
  groupName: "app-signers",
  verificationHeader: "x-origin-verify",
  canary: "keyturn-canary",
} as const;

export interface FrontIds {
  readonly distributionId: string;
  readonly keyGroupId: string;
}
export interface OwnAccount extends FrontIds {
  readonly verification: string;
}

/** Creates or completes it; a saved account keeps its keys, and gets the behaviors of this start. */
export async function seedFront(
  { cloudFront, secrets }: Pick<Account, "cloudFront" | "secrets">,
  plan: FrontPlan,
  hosts: readonly string[],
  { keyPairs, keyType, verification }: { keyPairs: KeyPairSource; keyType: KeyType; verification: string },
): Promise<OwnAccount> {
  const left = leftFront(cloudFront.state);
  const keyGroupId = left?.keyGroupId ?? (await seedGroup({ cloudFront, secrets }, plan, keyPairs, keyType));
  const value = left?.verification ?? verification;
  const origin = [...plan.backends.values()][0];
  const config = distributionConfig({
    callerReference: FRONT.callerReference,
    aliases: hosts,
    comment: "in front of your application",
    origins: [
      {
        id: FRONT.originId,
        domainName: "localhost",
        customHeaders: { [FRONT.verificationHeader]: value },
        // CloudFront takes no other ports below 1024.
        httpPort: origin && origin.port >= 1024 ? origin.port : 80,
      },
    ],
    behaviors: behaviorsOf(plan, keyGroupId),
  });
  const { distributions } = cloudFront;
  const stored = left && distributions.get(left.distributionId);
  const { id } = stored ? distributions.update(stored.id, stored.etag, config) : distributions.create(config);
  return { distributionId: id, keyGroupId, verification: value };
}

async function seedGroup(
  { cloudFront, secrets }: Pick<Account, "cloudFront" | "secrets">,
  plan: FrontPlan,
  keyPairs: KeyPairSource,
  keyType: KeyType,
): Promise<string> {
  const items = plan.trust.by === "public-keys" ? plan.trust.files.map(({ id }) => id) : [];
  if (items.length === 0 || plan.addsOwnKey) {
    const pair = await keyPairs.generate(keyType);
    const { id } = cloudFront.publicKeys.create({
      callerReference: FRONT.keyName,
      name: FRONT.keyName,
      encodedKey: writePublicKey(pair.publicKey),
      comment: "the sandbox's signing key",
    });
    items.push(id);
    const content = { keyPairId: id, privateKey: writePrivateKey(pair.privateKey) };
    secrets.create(FRONT.secret, JSON.stringify(content), { description: "signs the application's cookies" });
  }
  return cloudFront.keyGroups.create({ name: FRONT.groupName, items, comment: "" }).id;
}

function behaviorsOf({ protect, originRequestPolicyId }: FrontPlan, keyGroupId: string) {
  const common = { viewerProtocolPolicy: "allow-all" as const, originRequestPolicyId };
  const trustedKeyGroups = [keyGroupId];
  const isAll = (pattern: string) => pattern === "*" || pattern === "/*";
  return [
    ...protect
      .filter((pattern) => !isAll(pattern))
      .map((pathPattern) => ({ pathPattern, trustedKeyGroups, ...common })),
    { pathPattern: "*", ...common, ...(protect.some(isAll) && { trustedKeyGroups }) },
  ];
}

/** `--public-key FILE=ID`: the account holds them under the IDs that the backend sends. */
export function stateWithKeys(
  keys: readonly { readonly pem: string; readonly id: string }[],
  empty: CloudFrontState,
  now: number,
): CloudFrontState {
  const stored = keys.map(({ pem, id }): [string, StoredPublicKey] => [
    id,
    {
      id,
      etag: "E2QWRUHAPOMQZL",
      createdAt: now,
      config: {
        callerReference: id,
        name: `given-${id}`,
        encodedKey: writePublicKey(readPublicKey(pem)),
        comment: "given with --public-key",
      },
    },
  ]);
  return { ...empty, publicKeys: new Map(stored) };
}

function leftFront(state: CloudFrontState): OwnAccount | undefined {
  const group = [...state.keyGroups.values()].find(({ config }) => config.name === FRONT.groupName);
  const distribution = [...state.distributions.values()].find(
    ({ config }) => textAt(config, "CallerReference") === FRONT.callerReference,
  );
  if (!group || !distribution) return undefined;
  const [origin] = itemsAt(distribution.config, "Origins");
  const [header] = origin ? itemsAt(origin, "CustomHeaders") : [];
  const verification = header && textAt(header, "HeaderValue");
  return verification ? { distributionId: distribution.id, keyGroupId: group.id, verification } : undefined;
}
