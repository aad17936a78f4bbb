/** `keyturn rotate resume --rebuild-record`: restores the record before the rotation continues. */
import { HaltError } from "../../errors.ts";
import { type GateChoice, openGate } from "../../gates/open.ts";
import { impactOf } from "../../report/rotation-plan.ts";
import { whoStarts } from "../../rotation/open-rotation.ts";
import { rotationModeOf } from "../../rotation/plan-session.ts";
import { rebuildRecord } from "../../rotation/rebuild-record.ts";
import { rebuildCommand } from "../../rotation/register.ts";
import type { RotationSession } from "../../rotation/session.ts";
import { settingsOf } from "../../rotation/settings.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type Mutation } from "../confirm.ts";

interface Flags {
  readonly compromised?: boolean;
  readonly cutNow?: boolean;
  readonly yesCutOffViewers?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const ASKS_AGAIN =
  "then ask again before the rotation goes forward: answer no there to leave it open, for example to abort it";

/** Shown if the second question is answered with no. */
const afterRebuilding = (gate: string) => ({
  done: "the record is rebuilt",
  instead: [
    `keyturn rotate status --gate ${gate}`,
    `keyturn rotate resume --gate ${gate} --wait`,
    `keyturn rotate abort --gate ${gate} --wait`,
  ],
});

/**
 * Asks as `resume` does: always for an emergency, otherwise only at a terminal. Needs keyturn.yaml, because there
 * is no record of the gate. Resolves to what is done now, for the next question. Throws ERR_CONFIRMATION; ERR_HALTED under --dry-run: the record is
 * still gone.
 */
export async function rebuilt(
  flags: GateChoice & Flags,
  { place, cloud, tools, account }: RotationSession,
  world: World,
): Promise<NonNullable<Mutation["already"]>> {
  const gate = place.declared ?? (await openGate(flags, world));
  const mode = rotationModeOf(flags);
  const by = { rebuiltBy: await whoStarts(world, cloud.caller, undefined), mode };
  const does = await rebuildRecord(tools, gate, by, true);
  if (flags.dryRun === true)
    throw new HaltError("ERR_HALTED", `dry run: it would ${does}`, [rebuildCommand(gate.name)]);
  const isUrgent = mode !== "normal";
  const impact = isUrgent ? [impactOf({ mode, settings: settingsOf(gate, "rsa-2048") })] : [];
  const asked = {
    account,
    where: cloud.where,
    gate: gate.name,
    changes: [does, ...impact, ...(isUrgent ? [] : [ASKS_AGAIN])],
    typeBack: gate.name,
    flag: isUrgent ? "--yes-cut-off-viewers" : "--yes",
  };
  const isConfirmed = isUrgent
    ? flags.yesCutOffViewers === true
    : flags.yes === true || !world.terminal.interactive;
  if (isConfirmed) world.terminal.note(does);
  else await confirmed(asked, {}, world);
  // Once confirmed, the mode applies at once: nobody else may put the old key back in between.
  await rebuildRecord(tools, gate, by, false);
  return afterRebuilding(gate.name);
}
