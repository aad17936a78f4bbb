/**
 * The sandbox's account for your own application: keys, one key group, and a distribution with the protected paths.
 * It is a whole account, so that keys can be rotated against the application.
 */

import { writePrivateKey, writePublicKey } from "../../keys/any-key.ts";
import type { KeyType } from "../../keys/key-pair.ts";
import { readPublicKey } from "../../keys/pem.ts";
import type { KeyPairSource } from "../../seams/world.ts";
import type { Account } from "../account.ts";
import { distributionConfig } from "../cloudfront/distribution-seed.ts";
import type { CloudFrontState, StoredPublicKey } from "../cloudfront/state.ts";
import { itemsAt, textAt } from "../cloudfront/xml.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

export const APP_GATE = {
  gate: "app",
  callerReference: "keyturn-sandbox-front",
  originId: "app",
  secret: "app/cloudfront-signing-key",
  keyName: "app-signing",
  groupName: "app-signers",
  verificationHeader: "x-origin-verify",
  canary: "keyturn-canary",
} as const;

export interface AppGateIds {
  readonly distributionId: string;
  readonly keyGroupId: string;
}
export interface AppAccount extends AppGateIds {
  readonly verification: string;
}

/** Creates or completes it; a saved account keeps its keys, and gets the behaviors of this start. */
export async function seedAppAccount(
  { cloudFront, secrets }: Pick<Account, "cloudFront" | "secrets">,
  plan: ProxyPlan,
  hosts: readonly string[],
  { keyPairs, keyType, verification }: { keyPairs: KeyPairSource; keyType: KeyType; verification: string },
): Promise<AppAccount> {
  const left = findAppAccount(cloudFront.state);
  const keyGroupId =
    left?.keyGroupId ?? (await seedKeyGroup({ cloudFront, secrets }, plan, keyPairs, keyType));
  const value = left?.verification ?? verification;
  const origin = [...plan.backends.values()][0];
  const config = distributionConfig({
    callerReference: APP_GATE.callerReference,
    aliases: hosts,
    comment: "in front of your application",
    origins: [
      {
        id: APP_GATE.originId,
        domainName: "localhost",
        customHeaders: { [APP_GATE.verificationHeader]: value },
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

async function seedKeyGroup(
  { cloudFront, secrets }: Pick<Account, "cloudFront" | "secrets">,
  plan: ProxyPlan,
  keyPairs: KeyPairSource,
  keyType: KeyType,
): Promise<string> {
  const items = plan.trust.by === "public-keys" ? plan.trust.files.map(({ id }) => id) : [];
  if (items.length === 0 || plan.addsOwnKey) {
    const pair = await keyPairs.generate(keyType);
    const { id } = cloudFront.publicKeys.create({
      callerReference: APP_GATE.keyName,
      name: APP_GATE.keyName,
      encodedKey: writePublicKey(pair.publicKey),
      comment: "the sandbox's signing key",
    });
    items.push(id);
    const content = { keyPairId: id, privateKey: writePrivateKey(pair.privateKey) };
    secrets.create(APP_GATE.secret, JSON.stringify(content), {
      description: "signs the application's cookies",
    });
  }
  return cloudFront.keyGroups.create({ name: APP_GATE.groupName, items, comment: "" }).id;
}

function behaviorsOf({ protect, originRequestPolicyId }: ProxyPlan, keyGroupId: string) {
  const common = { viewerProtocolPolicy: "allow-all" as const, originRequestPolicyId };
  const trustedKeyGroups = [keyGroupId];
  const isAll = (pattern: string) => pattern === "*" || pattern === "/*";
  return [
    ...protect
      .filter((pattern) => !isAll(pattern))
      .map((pathPattern) => ({ pathPattern, trustedKeyGroups, ...common })),
    { pathPattern: "*", ...common, trustedKeyGroups: protect.some(isAll) ? trustedKeyGroups : undefined },
  ];
}

/** `--public-key FILE=ID`: the account holds them under the IDs that the backend sends. */
export function stateWithPublicKeys(
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

function findAppAccount(state: CloudFrontState): AppAccount | undefined {
  const group = [...state.keyGroups.values()].find(({ config }) => config.name === APP_GATE.groupName);
  const distribution = [...state.distributions.values()].find(
    ({ config }) => textAt(config, "CallerReference") === APP_GATE.callerReference,
  );
  if (!group || !distribution) return undefined;
  const [origin] = itemsAt(distribution.config, "Origins");
  const [header] = origin ? itemsAt(origin, "CustomHeaders") : [];
  const verification = header && textAt(header, "HeaderValue");
  return verification ? { distributionId: distribution.id, keyGroupId: group.id, verification } : undefined;
}
