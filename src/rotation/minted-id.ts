/** Asks the mint endpoint which key pair ID it returns: the only way to see what production signers really use. */

import { isError } from "../errors.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import type { World } from "../seams/world.ts";

type Needs = Pick<World, "viewer" | "env" | "interrupt">;
/** Headers for the mint endpoint, one per line (`Authorization: Bearer ...`): the operator supplies the session. */
const SESSION = "KEYTURN_MINT_HEADERS";

/** Undefined without a session, or if the response sets no such cookie: nothing was observed. */
export function mintedIdReader(
  world: Needs,
): ((endpoint: string) => Promise<string | undefined>) | undefined {
  const given = world.env[SESSION];
  if (given === undefined || given === "") return undefined;
  const headers = given
    .split("\n")
    .map((line) => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line))
    .flatMap((parts) => (parts === null ? [] : [[parts[1] as string, parts[2] as string] as const]));
  return async (endpoint) => {
    try {
      const answer = await world.viewer.send(
        { method: "POST", url: endpoint, headers, body: "" },
        world.interrupt,
      );
      const cookie = new RegExp(`^${COOKIE_NAMES.keyPairId}=([^;]+)`);
      return answer.headers
        .filter(([name]) => name === "set-cookie")
        .map(([, value]) => cookie.exec(value)?.[1])
        .find((id) => id !== undefined);
    } catch (thrown) {
      if (isError(thrown, "ERR_UNREACHABLE")) return undefined;
      throw thrown;
    }
  };
}
