/** Shapes of what the commands about requests put under `result`: mint, curl, inspect, probe, doctor. */
import { layer, passage, wireCode } from "./edge.ts";
import { inspect } from "./inspect.ts";
import { probe } from "./probe.ts";
import { count, either, instant, list, map, object, oneOf, orNull, text } from "./shape.ts";

const minted = object(
  {
    policy: oneOf("canned", "custom"),
    hash: oneOf("SHA1", "SHA256"),
    keyPairId: text,
    expires: instant,
    path: text,
  },
  {
    url: text,
    /** Null: every file. */
    resource: orNull(text),
    notBefore: instant,
    ip: text,
    cookies: map(text),
    signedUrl: text,
  },
);
/** The lint found what can never work: nothing was signed. */
const refused = object({ sets: { type: "array", maxItems: 0 } });

export const requests = {
  mint: either(
    object({ sets: list(minted) }, { file: text, command: text }),
    object({ setCookies: list(text) }),
  ),
  curl: either(object({ exitCode: count }), refused),
  inspect,
  probe,
  doctor: object(
    {
      url: text,
      chain: list(object({ name: text, state: oneOf("ok", "fail", "unknown"), says: text })),
      answers: list(
        object(
          { with: oneOf("given", "unsigned", "fresh") },
          { status: count, layer, edge: passage, code: wireCode, unreachable: text },
        ),
      ),
    },
    { likeliest: text },
  ),
};
