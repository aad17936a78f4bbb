/** A signer with the mint faults applied: each makes the mint fail as in production, at once, despite any cache. */
import { AccessError } from "../../errors.ts";
import type { SigningKey } from "../../keys/key-pair.ts";
import { Sealed } from "../../sealed.ts";
import type { SecretValue } from "../../seams/cloud.ts";
import type { Switches } from "../switches.ts";
import type { ApplicationFaultId } from "./faults.ts";
import { Signer, type SignerOptions } from "./signer.ts";

const UNKNOWN_ID = "K000000000000A";

export interface FaultySignerOptions extends SignerOptions {
  readonly switches: Pick<Switches<ApplicationFaultId>, "has">;
}

export class FaultySigner {
  readonly #healthy: Signer;
  readonly #options: FaultySignerOptions;

  constructor(options: FaultySignerOptions) {
    this.#options = options;
    this.#healthy = new Signer(options);
  }

  async key(): Promise<SigningKey> {
    const { switches, read } = this.#options;
    if (switches.has("mint-secret-denied")) {
      throw new AccessError("ERR_ACCESS_DENIED", "the signer may not call secretsmanager:GetSecretValue");
    }
    if (switches.has("mint-kms-denied")) {
      throw new AccessError("ERR_ACCESS_DENIED", "the signer may not call kms:Decrypt for the secret's key");
    }
    if (switches.has("mint-bad-json")) {
      return this.#reading(async () => ({ text: new Sealed("not JSON") }));
    }
    if (switches.has("mint-key-mismatch")) return this.#reading(async () => withOtherId(await read()));
    return this.#healthy.key();
  }

  restart(): void {
    this.#healthy.restart();
  }

  /** Replaces the secret's content; read each time and not cached. */
  #reading(read: () => Promise<SecretValue>): Promise<SigningKey> {
    return new Signer({ ...this.#options, read }).key();
  }
}

/** Replaces every key pair ID in the text. */
function withOtherId(value: SecretValue): SecretValue {
  if (!("text" in value)) return value;
  return { text: new Sealed(value.text.reveal().replace(/"K[A-Z0-9]{8,}"/g, `"${UNKNOWN_ID}"`)) };
}
