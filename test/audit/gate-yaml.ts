/** The test account's gate as a keyturn.yaml, and a world in which commands find both. */
import { type MemoryWorldOptions, memoryWorld } from "../fakes/memory-world.ts";
import type { TestAccount } from "./account.ts";

function gateYaml({ distributionId, groupId }: TestAccount): string {
  return `gates:
  web:
    account: "111111111111"
    region: eu-west-1
    distributions: [${distributionId}]
    keyGroups: [${groupId}]
    secret: { id: web/signing-key, format: json, fields: { privateKey: privateKey, keyPairId: keyPairId } }
    signer: { hash: SHA256, cacheTtl: 5m, keyPairId: in-secret, regions: [us-west-2] }
    cookie: { resource: "https://cdn.example.com/*", domain: example.com, path: /, ttl: 1h, maxTtl: 1h }
    origin: { verificationHeader: x-origin-verify }
    canaries:
      ${distributionId}: https://cdn.example.com/private/keyturn-canary
    routes:
      - { pattern: "/private/*", layers: [edge], sample: /private/film.mp4 }
      - { pattern: "/api/*", methods: [GET, POST], layers: [edge, application], sample: /api/me }
      - { pattern: "/public/*", layers: [], sample: /public/a }
    maxKeyAge: 90d
`;
}

export function worldOf(account: TestAccount, options: MemoryWorldOptions = {}) {
  return memoryWorld({
    cloud: account.account.handler,
    clock: account.clock,
    files: { "keyturn.yaml": gateYaml(account) },
    ...options,
  });
}
