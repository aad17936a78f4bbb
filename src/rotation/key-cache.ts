/** Fingerprints of immutable things, read once per run: public keys by id, secret versions by version id. Keeps no key. */
import { isError } from "../errors.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { readPublicKey } from "../keys/pem.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { PublicKey, SecretVersion } from "../seams/cloud.ts";
import type { CurrentVersion, ObservedKey } from "./observed.ts";
import type { Settings } from "./settings.ts";

interface HeldKey {
  readonly fingerprint: string;
  /** The id in the version's declared field, whichever key's it is. */
  readonly keyPairId?: string;
  /** Words of a text secret that may be IDs. */
  readonly mentions: ReadonlySet<string>;
}

export class KeyCache {
  readonly #publicKeys = new Map<string, string>();
  readonly #versions = new Map<string, HeldKey | undefined>();

  publicKey({ id, name, encodedKey }: PublicKey): ObservedKey {
    const known = this.#publicKeys.get(id) ?? fingerprintOf(encodedKey);
    this.#publicKeys.set(id, known);
    return { id, fingerprint: known, name };
  }

  /** Undefined if it holds no readable key: signers cannot read it either. */
  version(
    { versionId, value }: Pick<SecretVersion, "versionId" | "value">,
    settings: Pick<Settings, "secret">,
  ) {
    if (!this.#versions.has(versionId)) this.#versions.set(versionId, keyIn(value, settings));
    return this.#versions.get(versionId);
  }

  /** The id that signers use with a version: the one it names, if that is its key's; otherwise the one found by fingerprint. */
  asSignersUse(
    version: SecretVersion,
    settings: Pick<Settings, "secret" | "keyPairId">,
    publicKeys: readonly ObservedKey[],
  ): CurrentVersion {
    const base = { versionId: version.versionId, createdAt: version.createdAt };
    const key = this.version(version, settings);
    if (key === undefined) return base;
    const matching = publicKeys.filter((each) => each.fingerprint === key.fingerprint);
    const isJson = settings.secret.format === "json";
    const isNamed = (id: string) => id === key.keyPairId || (!isJson && key.mentions.has(id));
    const named = matching.find(({ id }) => isNamed(id));
    const id = settings.keyPairId === "in-secret" ? named?.id : (named ?? matching[0])?.id;
    return { ...base, fingerprint: key.fingerprint, keyPairId: id };
  }
}

/** An unreadable key (of another kind or from an older API) matches nothing. */
function fingerprintOf(encodedKey: string): string {
  try {
    return fingerprint(readPublicKey(encodedKey));
  } catch (thrown) {
    if (!isError(thrown, "ERR_KEY_UNREADABLE", "ERR_KEY_KIND")) throw thrown;
    return "unreadable";
  }
}

function keyIn(value: SecretVersion["value"], { secret }: Pick<Settings, "secret">): HeldKey | undefined {
  try {
    const { privateKey, keyPairId, mentions } = parseSecretValue(value, secret);
    return {
      fingerprint: fingerprint(privateKey),
      mentions,
      keyPairId,
    };
  } catch (thrown) {
    if (!isError(thrown, "ERR_SECRET_FORMAT", "ERR_KEY_KIND")) throw thrown;
    return undefined;
  }
}
