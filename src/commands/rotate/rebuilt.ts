/** `keyturn rotate resume --rebuild-record`: restores the record before the rotation continues. */
import { HaltError } from "../../errors.ts";
import { type GateChoice, openGate } from "../../gates/open.ts";
import { whoStarts } from "../../rotation/open-rotation.ts";
import { modeOf } from "../../rotation/plan-session.ts";
import { rebuildRecord } from "../../rotation/rebuild-record.ts";
import { rebuildCommand } from "../../rotation/register.ts";
import type { Session } from "../../rotation/session.ts";
import type { World } from "../../seams.ts";

interface Flags {
  readonly compromised?: boolean;
  readonly cutNow?: boolean;
  readonly yesCutOffViewers?: boolean;
  readonly dryRun?: boolean;
}

/** Needs keyturn.yaml, as there is no record to describe the gate. Throws ERR_HALTED under --dry-run: the record is still gone. */
export async function rebuilt(
  flags: GateChoice & Flags,
  { place, cloud, tools }: Session,
  world: World,
): Promise<void> {
  const gate = place.declared ?? (await openGate(flags, world));
  const isDry = flags.dryRun === true;
  const startedBy = await whoStarts(world, cloud.caller, undefined);
  // With --yes it takes effect at once, so that nobody else can put the old key back in between.
  const mode = flags.yesCutOffViewers === true ? modeOf(flags) : "normal";
  const does = await rebuildRecord(tools, gate, { startedBy, mode }, isDry);
  if (isDry) throw new HaltError("ERR_HALTED", `dry run: it would ${does}`, [rebuildCommand(gate.name)]);
  world.terminal.note(does);
}
