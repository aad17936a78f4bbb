/**
 * A production signer as it should be: it reads AWSCURRENT, caches it for a while, and signs with it. A rotation has to
 * wait out exactly this cache.
 */
import type { KeyObject } from "node:crypto";
import { InputError } from "../../errors.ts";
import type { GateSigner } from "../../gates/gate.ts";
import { type Fingerprint, fingerprint } from "../../keys/fingerprint.ts";
import type { GateSecret } from "../../keys/gate-secret.ts";
import type { SigningKey } from "../../keys/key-pair.ts";
import { declarationOf, keysInSecret } from "../../keys/keys-in-secret.ts";
import { parseSecretValue } from "../../keys/secret-value.ts";
import type { SecretValue } from "../../seams/cloud.ts";
import type { Clock } from "../../seams/world.ts";
import type { EpochSeconds } from "../../time.ts";

export interface SignerOptions {
  readonly clock: Pick<Clock, "now">;
  /** AWSCURRENT of the gate's secret; throws if the signer may not read it. */
  readonly read: () => Promise<SecretValue>;
  readonly secret: Pick<GateSecret, "id" | "format" | "fields">;
  /** Functions, because the sandbox's switches change them at run time. */
  readonly cacheTtl: () => GateSigner["cacheTtl"];
  readonly keyPairIdSource: () => GateSigner["keyPairId"];
  /** Key pair ID of a public key known to CloudFront, for `derived`, and to detect an ID that belongs to another key. */
  readonly idOf: (fingerprint: Fingerprint) => string | undefined;
  /** The ID deployed with the signer, for `external`. */
  readonly configuredId: () => string | undefined;
}

export class Signer {
  readonly #options: SignerOptions;
  #held: { readonly key: Promise<SigningKey>; readonly readAt: EpochSeconds } | undefined;

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  /** The key to sign with now. Throws what reading or understanding the secret throws; a failure is not cached. */
  async key(): Promise<SigningKey> {
    const { clock, cacheTtl } = this.#options;
    const held = this.#held;
    const ttl = cacheTtl();
    if (held && (ttl === "until-restart" || clock.now() < held.readAt + ttl)) return held.key;
    // Counted from before the read, because the result may be as old as that.
    const fresh = { key: this.#load(), readAt: clock.now() };
    this.#held = fresh;
    fresh.key.catch(() => {
      if (this.#held === fresh) this.#held = undefined;
    });
    return fresh.key;
  }

  restart(): void {
    this.#held = undefined;
  }

  async #load(): Promise<SigningKey> {
    const { privateKey, id } = this.#understand(await this.#options.read());
    const known = this.#options.idOf(fingerprint(privateKey));
    const source = this.#options.keyPairIdSource();
    const keyPairId =
      source === "in-secret" ? id : source === "derived" ? known : this.#options.configuredId();
    if (!keyPairId) {
      throw new InputError(
        "ERR_SECRET_FORMAT",
        `no key pair ID (${source}) for the key ${fingerprint(privateKey)}`,
      );
    }
    if (source === "in-secret" && known !== undefined && known !== keyPairId) {
      throw new InputError(
        "ERR_SECRET_FORMAT",
        `the secret names ${keyPairId}, but its private key belongs to ${known}`,
      );
    }
    return { keyPairId, privateKey };
  }

  #understand(value: SecretValue): { privateKey: KeyObject; id?: string } {
    const { secret, idOf } = this.#options;
    const { privateKey, keyPairId } = parseSecretValue(value, { ...secret, ...shapeOf(value, secret, idOf) });
    return { privateKey, id: keyPairId };
  }
}

/**
 * In production the signer's code matches the secret's format. A secret in a different format than the demo's is searched
 * for its only key and the ID next to it.
 */
function shapeOf(
  value: SecretValue,
  declared: SignerOptions["secret"],
  idOf: SignerOptions["idOf"],
): Pick<GateSecret, "format" | "fields"> {
  const keys = keysInSecret(value);
  const [key] = keys;
  if (key === undefined || keys.some(({ field }) => field === declared.fields.privateKey)) return declared;
  const id = idOf(fingerprint(key.privateKey));
  return declarationOf(key, id === undefined ? [] : [id]);
}
