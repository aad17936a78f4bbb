/** The secret that holds a gate's signing key, and in which form. */

/** `pem`: text with the key in it, alone or among other settings (.env, YAML, properties). */
export type SecretFormat = "json" | "pem" | "binary";

export interface GateSecret {
  /** Name or ARN. */
  readonly id: string;
  readonly format: SecretFormat;
  /** Members of JSON (`signing.key` for a nested one) or names of settings; everything else stays unchanged. */
  readonly fields: { readonly privateKey: string; readonly keyPairId: string };
}

/** Do signers find the key pair ID in the secret: in JSON, or in text under a declared setting? */
export function canNameId({ format, fields }: Pick<GateSecret, "format" | "fields">): boolean {
  return format === "json" || (format === "pem" && fields.keyPairId !== "keyPairId");
}
