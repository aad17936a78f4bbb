/** What a rotation needs to know of its gate, kept in the record: whoever resumes needs AWS access alone. */
import type { Gate, KeyPairIdSource, SecretFormat } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import type { Seconds } from "../time.ts";

export interface Settings {
  readonly secret: {
    readonly id: string;
    readonly format: SecretFormat;
    readonly fields: { readonly privateKey: string; readonly keyPairId: string };
  };
  readonly keyType: KeyType;
  readonly keyPairId: KeyPairIdSource;
  readonly hash: HashAlgorithm;
  readonly cacheTtl: Seconds | "until-restart";
  /** The longest life of any cookie or signed URL that the gate allows. */
  readonly longestLife: Seconds;
  readonly skew: Seconds;
  readonly settle: Seconds;
  readonly triples: number;
  /** Distribution id -> URL behind the signature check. */
  readonly canaries: Readonly<Record<string, string>>;
  readonly mintEndpoint?: string;
  readonly ownership: Gate["ownership"];
}

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
    ...(gate.signer.mintEndpoint === undefined ? {} : { mintEndpoint: gate.signer.mintEndpoint }),
    ownership: gate.ownership,
  };
}

function longestProfile(gate: Gate): Seconds {
  return Math.max(0, ...Object.values(gate.cookieProfiles).map((each) => each.maxTtl ?? each.ttl ?? 0));
}
