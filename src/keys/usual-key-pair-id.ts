/** What key pair IDs look like. */

/** In every example K and 13 letters and digits; legacy account key pairs: APKA and 16. AWS promises no format. */
const USUAL = /^(?:K[A-Z0-9]{6,19}|APKA[A-Z0-9]{8,20})$/;
const PLACEHOLDER = /^(?:K|APKA)?EXAMPLE(?:ID|KEY|\d*)$|^K?X{5,}$|^K0{6,}$|^K?12345/;

/** Like CloudFront's, and no placeholder. */
export function isUsualKeyPairId(text: string): boolean {
  return USUAL.test(text) && !PLACEHOLDER.test(text);
}
