/** The faults of second-list.md as code, each with findings of which at least one is expected. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { type Faults, makeGroup, pair, pkcs8, uploadKey } from "./account.ts";
import { editDistribution, FAULTS, type Fault } from "./faults.ts";

const LIST = readFileSync(new URL("./second-list.md", import.meta.url), "utf8");
/** Number -> what is wrong, in the words of the list. */
export const TITLES = new Map(
  [...LIST.matchAll(/^\| (\d+) +\| (.+?) +\| .+ \|$/gm)].map(([, number, fault]) => [Number(number), fault]),
);

/** A fault from the first list. */
function first(id: string): Fault {
  const found = FAULTS.find((fault) => fault.id === id);
  if (found === undefined) throw new Error(`no fault ${id}`);
  return found;
}

const patternOf = (from: string, to: string): Faults => ({
  config: (config) => {
    const item = config.CacheBehaviors?.Items?.find(({ PathPattern }) => PathPattern === from);
    if (item) item.PathPattern = to;
  },
});

/** Number in the list -> the fault, and findings of which at least one is expected. */
export const SECOND_LIST: Readonly<Record<number, readonly [Faults, ...says: string[]]>> = {
  1: [patternOf("/api/*", "/API/*"), "route-unprotected"],
  2: [
    {
      ...patternOf("/private/*", "/private/v2/*"),
      gate: first("route-partly-covered").gate ?? ((gate) => gate),
    },
    "route-partly-covered",
    "route-unprotected",
  ],
  3: [first("route-shadowed"), "route-shadowed"],
  4: [first("foreign-key-group-trusted"), "foreign-key-group-trusted"],
  5: [first("trusted-signers"), "trusted-signers"],
  6: [
    {
      secret: (content) => ({ ...content, privateKey: pkcs8(pair(2).privateKey) }),
      after: ({ cloudFront }) => uploadKey(cloudFront, pair(2).publicKey, "another"),
    },
    "key-mismatch",
  ],
  7: [first("key-pair-id-unknown"), "key-pair-id-unknown"],
  8: [
    {
      after: async ({ cloudFront, secrets }) => {
        const keyPairId = await uploadKey(cloudFront, pair(2).publicKey, "nowhere");
        const value = { keyPairId, privateKey: pkcs8(pair(2).privateKey) };
        await secrets.send(
          new PutSecretValueCommand({ SecretId: "web/signing-key", SecretString: JSON.stringify(value) }),
        );
      },
    },
    "key-not-trusted",
  ],
  9: [
    {
      secret: (content) => ({
        ...content,
        privateKey: pkcs8(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey),
      }),
    },
    "key-kind-unusable",
  ],
  10: [{ secret: ({ privateKey }) => ({ key: privateKey }) }, "secret-unreadable"],
  11: [
    { secret: (content) => ({ ...content, privateKey: String(content.privateKey).replaceAll("\n", "") }) },
    "secret-unreadable",
    "private-key-mangled",
  ],
  12: [first("secret-being-deleted"), "secret-being-deleted"],
  13: [first("managed-rotation-on"), "managed-rotation-on"],
  14: [first("replica-out-of-sync"), "replica-out-of-sync"],
  15: [
    {
      after: async ({ account, secrets, keyId, clock }) => {
        const { registry } = account.secrets;
        registry.replicationLag = 3600;
        const value = { keyPairId: keyId, privateKey: pkcs8(pair(0).privateKey), edited: true };
        await secrets.send(
          new PutSecretValueCommand({ SecretId: "web/signing-key", SecretString: JSON.stringify(value) }),
        );
        await clock.advance(10);
        // AWS reports InSync, but the region still returns the older version.
        account.faults.onCall(({ operation, moment }) => {
          if (operation === "DescribeSecret") registry.replicationLag = moment === "before" ? 0 : 3600;
        });
      },
    },
    "replica-other-version",
  ],
  16: [first("rotation-labels-left"), "rotation-labels-left"],
  17: [first("secret-written-by-hand"), "secret-written-by-hand"],
  18: [first("key-left-in-group"), "key-left-in-group"],
  19: [{ after: ({ clock }) => clock.advance(400 * 86_400) }, "key-too-old"],
  20: [first("public-key-unused"), "public-key-unused"],
  21: [
    {
      after: async ({ cloudFront }) => {
        for (let index = 0; index < 9; index += 1) {
          const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
          await uploadKey(cloudFront, publicKey, `spare-${index}`);
        }
      },
    },
    "key-quota",
  ],
  22: [first("key-group-full"), "key-group-full"],
  23: [first("key-group-used-outside"), "key-group-used-outside"],
  24: [first("secret-in-several-gates"), "secret-in-several-gates"],
  25: [first("http-allowed"), "http-allowed"],
  26: [first("method-not-allowed"), "method-not-allowed"],
  27: [first("error-page-masks-denial"), "error-page-masks-denial"],
  28: [first("cookies-forwarded"), "cookies-forwarded"],
  29: [first("cookies-in-cache-key"), "cookies-in-cache-key"],
  30: [
    {
      config: (config) => {
        for (const item of config.CacheBehaviors?.Items ?? []) {
          delete item.CachePolicyId;
          item.ForwardedValues = { QueryString: false, Cookies: { Forward: "all" } };
        }
      },
    },
    "cookies-forwarded",
  ],
  31: [
    {
      gate: (gate) => ({ ...gate, signedUrls: { maxTtl: 60 } }),
      config: (config) => {
        for (const item of config.CacheBehaviors?.Items ?? []) {
          item.CachePolicyId = "4cc15a8a-d715-48a4-82b8-cc0b614638fe";
        }
      },
    },
    "signing-query-forwarded",
  ],
  32: [first("ipv6-with-ip-policy"), "ipv6-with-ip-policy"],
  33: [
    {
      config: (config) => {
        for (const origin of config.Origins?.Items ?? []) delete origin.OriginAccessControlId;
      },
    },
    "origin-open",
  ],
  34: [first("origin-open"), "origin-open"],
  35: [first("verification-header-in-clear"), "verification-header-in-clear"],
  36: [first("access-logs-absent"), "access-logs-absent"],
  37: [first("logs-hold-cookies"), "logs-hold-cookies"],
  38: [first("ttl-over-max"), "ttl-over-max"],
  39: [first("cookie-host-foreign"), "cookie-host-foreign"],
  40: [
    { gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, resource: "https://www.example.com/*" } }) },
    "cookie-host-foreign",
  ],
  41: [first("tenants-share-key"), "tenants-share-key"],
  42: [first("distribution-missing"), "distribution-missing"],
  43: [first("key-group-missing"), "key-group-missing"],
  44: [
    {
      after: async (account) => {
        const key = await uploadKey(account.cloudFront, pair(1).publicKey, "stranger");
        const other = await makeGroup(account.cloudFront, "stranger", [key]);
        await editDistribution(account, (config) => {
          for (const item of config.CacheBehaviors?.Items ?? []) {
            item.TrustedKeyGroups = { Enabled: true, Quantity: 1, Items: [other] };
          }
        });
      },
    },
    "key-group-not-attached",
  ],
  45: [first("distribution-disabled"), "distribution-disabled"],
  46: [first("canary-unprotected"), "canary-unprotected"],
  47: [first("account-differs"), "account-differs"],
  48: [first("rotation-open"), "rotation-open"],
  49: [first("key-group-not-arrived"), "key-group-not-arrived"],
  50: [first("sha1-signatures"), "sha1-signatures"],
  51: [first("canary-host-foreign"), "canary-host-foreign", "cookie-host-foreign"],
  52: [{ gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, path: "/private" } }) }, "cookies-miss-route"],
  53: [first("cookies-miss-route"), "cookies-miss-route"],
  54: [first("cookie-domain-refused"), "cookie-domain-refused"],
};
