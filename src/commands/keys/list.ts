/** `keyturn keys list`: every public key in the account, with its age and users, and the remaining quota. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { readAccountKeys } from "../../keys/account-keys.ts";
import { keyListReport, rowsOf } from "../../report/key-list.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";

type Needs = Pick<World, "clock" | "cloud" | "env" | "files" | "cwd" | "cache">;

export const listCommand = (bind: Bind) =>
  new Command("list")
    .description(
      "Lists the account's public keys: age, fingerprint, key groups, gates, and quota. Reads only CloudFront, no secret.",
    )
    .action(bind(list));

export async function list(flags: GlobalFlags, world: Needs): Promise<Report> {
  const file = await findGates(flags, world);
  const gates = [...(file?.gates.values() ?? [])];
  const chosen = gateAtHand(file, flags, world) ?? gates[0];
  const { controlPlane, where, dates } = await world.cloud(cloudOptionsOf(flags, world.env, chosen));
  const account = await readAccountKeys(controlPlane);
  await world.cache?.write("key-ids", account.keys.map(({ id }) => id).join("\n"));
  return keyListReport(rowsOf(account, gates, dates.earliest ?? world.clock.now()), account, where);
}
