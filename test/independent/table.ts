/**
 * Signed requests and what the edge answers, by the documentation alone: signed by the openssl command, with outcomes
 * written by hand. `unknown` marks an outcome that the documentation leaves open, so that it is our choice.
 */
import type { SigningKeys } from "./openssl-signer.ts";
import { bytes } from "./rows-bytes.ts";
import { behaviors, carriers } from "./rows-carrier.ts";
import { conditions } from "./rows-conditions.ts";
import { everyKind } from "./rows-every-kind.ts";
import { order } from "./rows-order.ts";
import { resources } from "./rows-resource.ts";
import type { Row } from "./signed-request.ts";

export function makeTable(keys: SigningKeys): readonly Row[] {
  return [everyKind, order, carriers, behaviors, conditions, resources, bytes].flatMap((rows) => rows(keys));
}
