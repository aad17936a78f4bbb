/** Randomness of the operating system: Web Crypto, which Node loads when it is asked. */
import type { Random } from "../seams.ts";

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  uuid: () => crypto.randomUUID(),
  fraction: () => Math.random(),
};
