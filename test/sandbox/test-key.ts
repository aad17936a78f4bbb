/** A public key to upload, for tests where it does not matter which. */
import { generateKeyPairSync } from "node:crypto";
import type { PublicKeyConfig } from "../../src/seams/cloud.ts";

export const TEST_PEM = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

export function testKey(name: string): PublicKeyConfig {
  return { callerReference: `reference-${name}`, name, encodedKey: TEST_PEM, comment: "" };
}
