/** `keyturn keys untrust`: removes a public key from key groups, and checks that the edge denies it. */
import { Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { World } from "../../seams/world.ts";
import { changeTrust, type KeyTrustFlags } from "./change-trust.ts";
import { trusting } from "./trust-options.ts";

export const untrustCommand = (bind: Bind) =>
  trusting(
    new Command("untrust").description(
      "Removes a public key from the gate's key groups and waits until the edge denies it. Refused while a rotation that uses one of the groups is open, for the last key in a group, and for a key that signers mint with. You must type the key pair ID to confirm.",
    ),
  ).action(bind((flags: KeyTrustFlags, world: World) => changeTrust("untrust", flags, world)));
