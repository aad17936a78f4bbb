/** New key pairs from node:crypto. */
import { promisify } from "node:util";
import type { KeyPair, KeyType } from "../keys/key-pair.ts";
import type { KeyPairSource } from "../seams/world.ts";

export const cryptoKeyPairs: KeyPairSource = {
  async generate(type: KeyType): Promise<KeyPair> {
    const { generateKeyPair } = await import("node:crypto");
    const generate = promisify(generateKeyPair);
    const pair =
      type === "rsa-2048"
        ? await generate("rsa", { modulusLength: 2048 })
        : await generate("ec", { namedCurve: "P-256" });
    return { type, ...pair };
  },
};
