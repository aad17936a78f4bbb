/** The operating system's randomness, through Web Crypto, which Node loads on first use. */
import type { Random } from "../seams/world.ts";

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  uuid: () => crypto.randomUUID(),
  fraction: () => Math.random(),
};
