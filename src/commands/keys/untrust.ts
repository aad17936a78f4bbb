/** `keyturn keys untrust`: takes a public key out of key groups, and asks the edge whether it denies it. */
import { Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { World } from "../../seams.ts";
import { changeTrust, type TrustFlags } from "./change-trust.ts";
import { trusting } from "./trust-options.ts";

export const untrustCommand = (bind: Bind) =>
  trusting(
    new Command("untrust").description(
      "Removes a public key from the gate's key groups and waits until the edge denies it. Refused while a rotation of such a group is open, for the last key of a group, and for a key that signers mint with. The key pair ID must be typed back.",
    ),
  ).action(bind((flags: TrustFlags, world: World) => changeTrust("untrust", flags, world)));
