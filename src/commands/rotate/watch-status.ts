/** `keyturn rotate status --watch`: follows the rotation until it ends. Reads only. */
import type { GlobalFlags } from "../../cli/bind.ts";
import { isError } from "../../errors.ts";
import { exitCodeOfError } from "../../exit-codes.ts";
import type { Report } from "../../report/report.ts";
import { neverRotatedReport, rotationStatusReport } from "../../report/rotation-status.ts";
import { watchOutput } from "../../report/rotation-watch.ts";
import { readHistory } from "../../rotation/history.ts";
import { notificationOf } from "../../rotation/notification.ts";
import type { Notifier } from "../../rotation/notifier.ts";
import type { RotationSession } from "../../rotation/session.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import { type WatchEvent, watchRotation } from "../../rotation/watch.ts";
import { eventsBetween } from "../../rotation/watch-events.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";

type Flags = GlobalFlags & { readonly every: Seconds };

/** Exit 0 once the rotation is over; a signal's code if one stopped the watch, after showing the last status. */
export async function watchStatus(
  { place, cloud, tools }: RotationSession,
  flags: Flags,
  notifier: Notifier,
  world: World,
): Promise<Report> {
  const output = await watchOutput(world, flags);
  let first: RotationStatus | undefined;
  let last: RotationStatus | undefined;
  const looked = (status: RotationStatus) => {
    const at = tools.clock.now();
    for (const each of eventsBetween(last, status)) notifier.send(notificationOf(status, each, at));
    first ??= status;
    last = status;
  };
  const report = (event: WatchEvent) => {
    if (event.kind === "seen" && event.status !== last) looked(event.status);
    output.told(event);
  };
  try {
    const end = await watchRotation(tools, { every: flags.every, tick: output.tick, told: report });
    if (end === undefined) return neverRotatedReport(place.gate);
    const watched = first?.rotation ?? end.rotation;
    if (end.rotation !== watched) {
      // It ended between two reads, and somebody opened another one at once.
      const past = await readHistory(cloud.vault, place.secretId, tools.clock, place.gate);
      const outcome = past?.rotations.find(({ rotation }) => rotation === watched)?.outcome ?? "finished";
      world.terminal.note(`rotation ${watched}: ${outcome}; rotation ${end.rotation} was opened since:`);
    } else looked(end);
    return { ...rotationStatusReport(end, tools.clock.now()), exitCode: 0 };
  } catch (thrown) {
    if (last === undefined || !isError(thrown, "ERR_INTERRUPTED")) throw thrown;
    const exitCode = exitCodeOfError[thrown.errorClass];
    return { ...rotationStatusReport(last, tools.clock.now()), exitCode };
  } finally {
    await notifier.settled();
  }
}
