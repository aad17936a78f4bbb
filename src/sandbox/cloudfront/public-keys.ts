/** Public keys of one account: only the comment can change, and a key in a group cannot be deleted. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { PublicKeyConfig } from "../../seams/cloud.ts";
import { withEntry, withoutEntry } from "../state/entries.ts";
import { refuseCloudFront } from "./refusal.ts";
import { checkIfMatch, checkLength, checkPresent, type ResourceStore } from "./resource-store.ts";
import type { StoredPublicKey } from "./state.ts";

export class PublicKeys {
  readonly #store: ResourceStore;
  constructor(store: ResourceStore) {
    this.#store = store;
  }

  create(config: PublicKeyConfig): StoredPublicKey {
    const store = this.#store;
    const { publicKeys } = store.latest;
    checkConfig(config);
    checkKey(config.encodedKey, store.options.allowAnyRsaSize);
    for (const { config: other } of publicKeys.values()) {
      // Even an identical request is refused (as in the SDKs' own end-to-end tests).
      if (other.callerReference === config.callerReference) refuseCloudFront("PublicKeyAlreadyExists");
      if (other.name === config.name) {
        refuseCloudFront(
          "PublicKeyAlreadyExists",
          "The name that you are using to create a CloudFront public key is associated with another public key in your account.",
        );
      }
    }
    if (publicKeys.size >= store.options.quotas.publicKeys) refuseCloudFront("TooManyPublicKeys");
    // CloudFront returns every key with a final line break.
    const encodedKey = config.encodedKey.endsWith("\n") ? config.encodedKey : `${config.encodedKey}\n`;
    const key: StoredPublicKey = {
      id: store.newId("K"),
      etag: store.newETag(),
      createdAt: store.now,
      config: { ...config, encodedKey },
    };
    store.change({ publicKeys: withEntry(publicKeys, key.id, key) });
    return key;
  }

  get(id: string): StoredPublicKey {
    return this.#store.seen.publicKeys.get(id) ?? refuseCloudFront("NoSuchPublicKey");
  }

  list(): readonly StoredPublicKey[] {
    return [...this.#store.seen.publicKeys.values()];
  }

  /** Only the comment may change. */
  update(id: string, ifMatch: string | undefined, config: PublicKeyConfig): StoredPublicKey {
    const store = this.#store;
    const { publicKeys } = store.latest;
    const key = publicKeys.get(id) ?? refuseCloudFront("NoSuchPublicKey");
    checkIfMatch(ifMatch, key.etag);
    checkConfig(config);
    const sameKey = config.encodedKey.trimEnd() === key.config.encodedKey.trimEnd();
    if (
      !sameKey ||
      config.name !== key.config.name ||
      config.callerReference !== key.config.callerReference
    ) {
      refuseCloudFront("CannotChangeImmutablePublicKeyFields");
    }
    const updated = { ...key, etag: store.newETag(), config: { ...key.config, comment: config.comment } };
    store.change({ publicKeys: withEntry(publicKeys, id, updated) });
    return updated;
  }

  delete(id: string, ifMatch: string | undefined): void {
    const { publicKeys, keyGroups } = this.#store.latest;
    const key = publicKeys.get(id) ?? refuseCloudFront("NoSuchPublicKey");
    checkIfMatch(ifMatch, key.etag);
    const profiles = this.#store.fieldEncryptionProfiles;
    if (profiles.some(({ publicKeyIds }) => publicKeyIds.includes(id))) refuseCloudFront("PublicKeyInUse");
    for (const { config } of keyGroups.values())
      if (config.items.includes(id)) refuseCloudFront("PublicKeyInUse");
    this.#store.change({ publicKeys: withoutEntry(publicKeys, id) });
  }
}

function checkConfig({ callerReference, name, encodedKey, comment }: PublicKeyConfig): void {
  checkPresent("CallerReference", callerReference);
  checkPresent("Name", name);
  checkPresent("EncodedKey", encodedKey);
  checkLength("CallerReference", callerReference);
  checkLength("Name", name);
  checkLength("Comment", comment);
}

/** RSA 2048 or P-256, as SPKI PEM with real line breaks (DG:private-content-trusted-signers). */
function checkKey(pem: string, allowAnyRsaSize: boolean): void {
  const key = readSpki(pem);
  const details = key?.asymmetricKeyDetails;
  const isRsa = key?.asymmetricKeyType === "rsa" && (allowAnyRsaSize || details?.modulusLength === 2048);
  const isP256 = key?.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1";
  if (isRsa || isP256) return;
  // Reported by users both for lost line breaks and for wrong key types.
  refuseCloudFront("InvalidArgument", "Your request contains empty/invalid/out of limits RSA Encoded Key.");
}

const SPKI_PEM = /^\s*-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\s*$/;

function readSpki(pem: string): KeyObject | undefined {
  if (!SPKI_PEM.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
