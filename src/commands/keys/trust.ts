/** `keyturn keys trust`: adds a public key to key groups, and checks that the edge accepts it. */
import { Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { World } from "../../seams/world.ts";
import { changeTrust, type KeyTrustFlags } from "./change-trust.ts";
import { trusting } from "./trust-options.ts";

export const trustCommand = (bind: Bind) =>
  trusting(
    new Command("trust").description(
      "Adds a public key to the gate's key groups, keeps everything else in them, and waits until the edge accepts it. Refused while a rotation that uses one of the groups is open.",
    ),
  ).action(bind((flags: KeyTrustFlags, world: World) => changeTrust("trust", flags, world)));
