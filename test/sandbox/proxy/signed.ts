/** Cookies signed by AWS's own signer. */
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import type { SigningKey } from "../../../src/keys/key-pair.ts";

/** A Cookie header; by default for `*`, valid for an hour. */
export function mintCookies(
  own: SigningKey | undefined,
  { resource = "*", until = 3600 }: { resource?: string; until?: number } = {},
): string {
  if (own === undefined) throw new Error("there is no key to sign with");
  const ends = Math.floor(Date.now() / 1000) + until;
  const policy = JSON.stringify({
    Statement: [{ Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": ends } } }],
  });
  const privateKey = own.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const cookies = getSignedCookies({ keyPairId: own.keyPairId, privateKey, policy });
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}
