/** What every answer of an edge names: the request, and the server that answered. */
import type { Random } from "../../seams/world.ts";

/** 56 base64 characters, as in real answers: a random start and a counter, which saves random bytes per request. */
export function requestIdSource(random: Pick<Random, "bytes">): () => string {
  const bytes = Buffer.from(random.bytes(41));
  let count = 0;
  return () => {
    count += 1;
    bytes.writeUInt32BE(count % 0xffffffff, 30);
    return bytes.toString("base64");
  };
}

/** The Via header of one edge server. */
export const viaSource = (random: Pick<Random, "bytes">): string =>
  `1.1 ${Buffer.from(random.bytes(16)).toString("hex")}.cloudfront.net (CloudFront)`;
