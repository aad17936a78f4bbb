/** When keyturn.yaml differs from the record of the open rotation: shows the difference and prompts. */
import { amendmentChanges } from "../../report/rotation-amendment.ts";
import { declaredAmendment, makeAmendment, writeAmendment } from "../../rotation/amend.ts";
import type { Registered } from "../../rotation/register.ts";
import type { RotationSession } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";
import { noteColumns, wrap } from "../../text/layout.ts";

/**
 * Without a terminal, with --yes and with --dry-run it names the command to run, and the rotation continues with the record
 * as it is.
 */
export async function offerAmendment(
  registered: Registered,
  { place, tools }: RotationSession,
  { terminal }: Pick<World, "terminal">,
  { yes, dryRun }: { readonly yes?: boolean; readonly dryRun?: boolean },
): Promise<void> {
  const { gate, declared } = place;
  const { record } = registered;
  if (declared === undefined || declaredAmendment(record, declared, tools.clock.now()) === undefined) return;
  const amendment = await makeAmendment(registered, declared, {}, tools);
  const changes = amendmentChanges(amendment).map((line) => wrap(line, noteColumns(terminal), 2, 4));
  const head = wrap(
    `keyturn.yaml differs from the record of rotation ${record.rotation}; amending the record would:`,
    noteColumns(terminal),
    0,
    2,
  );
  const text = [head, ...changes].join("\n");
  if (!terminal.interactive || yes === true || dryRun === true) {
    terminal.note(
      `${text}\ncontinuing with the record as it is; to change it: \`keyturn rotate amend --gate ${gate}\``,
    );
    return;
  }
  terminal.insist(text);
  const answer = await terminal.ask("Type yes to amend the record, anything else to continue without: ");
  if (answer.trim() === "yes") await writeAmendment(registered, amendment, tools);
}
