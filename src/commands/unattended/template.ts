/** `keyturn unattended template`: a folder that deploys rotations to Step Functions and Lambda. Does not contact AWS. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { UsageError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { chooseGate, openGates, readConfig } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { type TemplateResult, templateReport } from "../../report/unattended-template.ts";
import type { World } from "../../seams/world.ts";
import { unattendedFolder } from "../../unattended/folder.ts";
import { FORMATS, type Format } from "../../unattended/format.ts";
import { DEFAULTS, templateInput } from "../../unattended/template-input.ts";
import { writeUnattendedFolder } from "../../unattended/write-folder.ts";
import { collect } from "../collect.ts";

interface Flags extends GlobalFlags {
  readonly format: Format;
  readonly output?: string;
  readonly every: string;
  readonly startAt: string;
  readonly name: string;
  readonly kmsKey?: readonly string[];
  readonly force?: boolean;
}

export const templateCommand = (bind: Bind) =>
  new Command("template")
    .description(
      "Writes a folder that deploys rotations to EventBridge Scheduler, Step Functions and Lambda: for the gate, or without --gate for every gate of keyturn.yaml. Does not contact AWS.",
    )
    .addOption(new Option("--format <format>", "what deploys it").choices(FORMATS).default("cfn"))
    .option("-o, --output <folder>", "the folder to write; may contain an earlier version")
    .option("--every <duration>", "rotate keys at this age", DEFAULTS.every)
    .option("--start-at <schedule>", "when to check whether a key is due, UTC", DEFAULTS.startAt)
    .option("--name <name>", "name of everything that is deployed", DEFAULTS.name)
    .option("--kms-key <arn>", "customer-managed KMS key of the secrets; repeatable", collect)
    .option("--force", "back up files of the same name that keyturn did not write, as NAME.orig")
    .action(bind(template));

export async function template(flags: Flags, world: World): Promise<Report<TemplateResult>> {
  const { output } = flags;
  if (output === undefined) {
    throw new UsageError("ERR_USAGE", "the folder to write is missing", [
      "keyturn unattended template -o unattended",
    ]);
  }
  // A pasted key, not a name: print none of it.
  if (/[\n\r]/.test(output))
    throw new UsageError("ERR_USAGE", "the folder's name has a line break", [
      "keyturn unattended template -o unattended",
    ]);
  const input = templateInput(flags);
  const file = await openGates(flags, world);
  const named = flags.gate ?? (world.env.KEYTURN_GATE || undefined);
  const gates = named === undefined ? [...file.gates.values()] : [chooseGate(file, named)];
  const { text } = await readConfig(flags, world);
  const files = unattendedFolder({
    ...input,
    format: flags.format,
    gates,
    keyturnYaml: text,
    handler: await world.turnCode(),
    region: cloudOptionsOf(flags, world.env).region,
  });
  const { movedAside } = await writeUnattendedFolder(output, files, flags.force === true, world);
  return templateReport({ folder: output, format: flags.format, name: input.name, gates, files, movedAside });
}
