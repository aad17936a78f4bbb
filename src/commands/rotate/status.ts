/** `keyturn rotate status`: where the gate's rotation stands, on one screen. Changes nothing. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { KeyturnError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import type { Report } from "../../report/report.ts";
import { type EvidenceFormat, evidenceReport } from "../../report/rotation-evidence.ts";
import {
  allStatusReport,
  neverRotatedReport,
  rotationStatusReport,
  type UnreadGate,
} from "../../report/rotation-status.ts";
import { awsClock } from "../../rotation/aws-clock.ts";
import { findRecordedGates } from "../../rotation/locate.ts";
import { lookAt, openSession, recordOf, sessionTools } from "../../rotation/session.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import type { World } from "../../seams.ts";

interface StatusFlags extends GlobalFlags {
  readonly all?: boolean;
  readonly evidence?: EvidenceFormat;
  readonly pendingOk?: boolean;
}

export const statusCommand = (bind: Bind) =>
  new Command("status")
    .description(
      "Shows where the rotation stands, until when it waits, whose turn it is and what to type next.",
    )
    .option("--all", "every gate with a record in this account and region")
    .addOption(new Option("--evidence <format>", "for the change ticket").choices(["md", "json"]))
    .option("--pending-ok", "exit 0, not 8, while it is open")
    .action(bind(status));

export async function status(flags: StatusFlags, world: World): Promise<Report> {
  if (flags.all) return statusOfAll(flags, world);
  const session = await openSession(flags, world);
  const { place, tools } = session;
  const registered = await recordOf(session);
  const now = tools.clock.now();
  if (registered === undefined) return neverRotatedReport(place.gate);
  if (flags.evidence !== undefined) return evidenceReport(registered.record, now, flags.evidence);
  const found = await lookAt(tools);
  return found === undefined
    ? neverRotatedReport(place.gate)
    : rotationStatusReport(found, tools.clock.now(), flags.pendingOk);
}

async function statusOfAll(flags: StatusFlags, world: World): Promise<Report> {
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env));
  const { places, deleted, unreadable } = await findRecordedGates(cloud.vault);
  const found: RotationStatus[] = [];
  const unread: UnreadGate[] = unreadable.map(({ secretId, error }) => ({ gate: `of ${secretId}`, error }));
  for (const place of places) {
    try {
      const seen = await lookAt(sessionTools(place, cloud, world));
      if (seen !== undefined) found.push(seen);
    } catch (thrown) {
      world.interrupt.throwIfAborted();
      if (!(thrown instanceof KeyturnError)) throw thrown;
      unread.push({ gate: place.gate, error: thrown });
    }
  }
  // What keeps every gate from being read is no finding about one of them.
  if (found.length === 0 && unread[0] !== undefined) throw unread[0].error;
  return allStatusReport(
    { found, deleted, unread },
    awsClock(cloud.dates, world.clock).now(),
    flags.pendingOk,
  );
}
