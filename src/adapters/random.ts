/** Randomness of the operating system. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "../seams.ts";

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
  fraction: () => Math.random(),
};
