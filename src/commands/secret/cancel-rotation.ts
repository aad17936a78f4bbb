/** `keyturn secret cancel-rotation`: turns Secrets Manager's managed rotation of the gate's secret off. */
import { Command } from "commander";
import { cancelManagedRotation } from "../../audit/secret-upkeep.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { openGateSecret } from "./gate-secret.ts";

type Flags = GlobalFlags & MutationFlags;

export const cancelRotationCommand = (bind: Bind) =>
  mutating(
    new Command("cancel-rotation").description(
      "Turns off Secrets Manager's managed rotation of the gate's secret: it would make a key current that no edge location trusts. The value stays. Allowed while a rotation of keyturn's is open, which halts until then.",
    ),
  ).action(bind(cancel));

async function cancel(flags: Flags, world: World): Promise<Report> {
  const { gate, cloud, mutation } = await openGateSecret(flags, world);
  const { id } = gate.secret;
  const { rotationEnabled, name } = await cloud.vault.describe(id);
  const result = { secret: name, changed: false };
  if (!rotationEnabled) return upkeepReport({ result, done: [`managed rotation of ${name} is off`] });
  const changes = [`turn off managed rotation of secret ${name}; its value and versions stay`];
  if (!(await confirmed({ ...mutation, changes }, flags, world))) return upkeepReport({ result, done: [] });
  const pending = await cancelManagedRotation(id, cloud.vault);
  return upkeepReport({
    result: { ...result, changed: true },
    done: [`managed rotation of ${name} is off`],
    next:
      pending.length === 0 ? [] : [`keyturn secret release-labels --label AWSPENDING --gate ${gate.name}`],
  });
}
