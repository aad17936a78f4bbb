/** The secret that holds a gate's signing key, and how. */

/** `text`: the key stands among other settings (.env, YAML, properties), which signers read by name. */
export type SecretFormat = "json" | "text" | "pem" | "binary";

export interface GateSecret {
  /** Name or ARN. */
  readonly id: string;
  readonly format: SecretFormat;
  /** Members of JSON (`signing.key` for a nested one) or names of settings; everything else is kept as it is. */
  readonly fields: { readonly privateKey: string; readonly keyPairId: string };
}
