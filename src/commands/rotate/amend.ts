/** `keyturn rotate amend`: updates the open rotation's record from keyturn.yaml. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import { amendmentChanges, amendmentReport } from "../../report/rotation-amendment.ts";
import { neverRotatedReport } from "../../report/rotation-status.ts";
import { makeAmendment, writeAmendment } from "../../rotation/amend.ts";
import { openSession, recordOf } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";
import { collect } from "../collect.ts";
import { confirmed, mutating } from "../confirm.ts";
import { type AmendFlags, parseAmendFlags } from "./amend-options.ts";

export const amendCommand = (bind: Bind) =>
  mutating(
    new Command("amend")
      .description(
        "Updates the open rotation's canaries, endpoints, regions, lifetimes and settle time from keyturn.yaml or flags. Waits can only grow; proofs that depend on a changed setting are repeated.",
      )
      .option("--canary <distribution=url>", "check this URL from now on; repeatable", collect)
      .option("--mint-endpoint <url>", "where signers mint")
      .option("--cache-ttl <duration>", "how long a signer may keep a key that it read, or until-restart")
      .option("--longest-life <duration>", "longest lifetime of any cookie or signed URL")
      .option("--settle <duration>", "how long a change may take to reach every edge location"),
  ).action(bind(amend));

export async function amend(flags: AmendFlags & GlobalFlags, world: World): Promise<Report> {
  const given = parseAmendFlags(flags);
  const session = await openSession(flags, world);
  const { place, cloud, tools, account } = session;
  const registered = await recordOf(session);
  if (registered === undefined) return neverRotatedReport(place.gate);
  const amendment = await makeAmendment(registered, place.declared, given, tools);
  const changes = amendmentChanges(amendment);
  if (changes.length === 0) return amendmentReport(registered.record, amendment, false);
  const mutation = { account, where: cloud.where, gate: place.gate, changes };
  const isDone = await confirmed(mutation, flags, world);
  if (isDone) await writeAmendment(registered, amendment, tools);
  return amendmentReport(registered.record, amendment, isDone);
}
