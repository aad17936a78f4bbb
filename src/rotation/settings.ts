/** What a rotation needs to know about its gate, kept in the record, so that resuming needs only AWS access. */
import type { Gate } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";
import type { Seconds } from "../time.ts";
import type { Settings } from "./settings-shape.ts";

export type { Settings } from "./settings-shape.ts";

export function settingsOf(gate: Gate, keyType: KeyType): Settings {
  return {
    secret: { id: gate.secret.id, format: gate.secret.format, fields: gate.secret.fields },
    keyType,
    keyPairId: gate.signer.keyPairId,
    hash: gate.signer.hash,
    cacheTtl: gate.signer.cacheTtl,
    longestLife: Math.max(gate.cookie.maxTtl, gate.signedUrls?.maxTtl ?? 0, longestProfile(gate)),
    skew: gate.rotation.skew,
    settle: gate.rotation.settle,
    triples: gate.rotation.triples,
    canaries: gate.canaries,
    mintEndpoint: gate.signer.mintEndpoint,
    regions: gate.signer.regions.length > 0 ? gate.signer.regions.toSorted() : undefined,
    ownership: gate.ownership,
    code: gate.ownership === "none" ? undefined : gate[gate.ownership],
  };
}

function longestProfile(gate: Gate): Seconds {
  return Math.max(0, ...Object.values(gate.cookieProfiles).map((each) => each.maxTtl ?? each.ttl ?? 0));
}
