/** `keyturn config init`: a commented keyturn.yaml, drafted from what an account shows. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { refuseExisting } from "../../cli/existing-file.ts";
import { UsageError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import type { DeclaredFlags } from "../../gates/declared-survey.ts";
import { draftGates, leftOut } from "../../gates/draft.ts";
import { edgePort } from "../../gates/edge-port.ts";
import { isSecretId } from "../../gates/gate.ts";
import { noDraft } from "../../gates/no-draft.ts";
import { renderDraft } from "../../gates/render-draft.ts";
import { surveyAccount } from "../../gates/survey.ts";
import { initReport } from "../../report/config-init.ts";
import type { Report } from "../../report/report.ts";
import type { Cloud } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import { shellWord } from "../../text/shell-word.ts";
import { withDeclaredOptions } from "../declared-options.ts";

type Needs = Pick<World, "cloud" | "env" | "files" | "terminal" | "viewer" | "interrupt">;

interface InitFlags extends GlobalFlags, DeclaredFlags {
  readonly out: string;
  readonly secret?: readonly string[];
}

export const initCommand = (bind: Bind) =>
  withDeclaredOptions(
    new Command("init")
      .description(
        "Reads an account and writes a commented keyturn.yaml: distributions, key groups, and the secret that holds one of their keys. Changes nothing in AWS. With --from-terraform or --from-template it reads a file and does not contact AWS.",
      )
      .option("--out <file>", "file to create; - is stdout", "keyturn.yaml")
      .option("--secret <id...>", "look for signing keys only in these secrets, not in every readable one"),
  ).action(bind(init));

export async function init(flags: InitFlags, world: Needs): Promise<Report> {
  const { env, files } = world;
  if (flags.out !== "-") {
    await refuseExisting(flags.out, files, "keyturn config init --out -");
  }
  if (flags.secret?.every(isSecretId) === false) {
    throw new UsageError("ERR_USAGE", "--secret takes the name or ARN of a secret, not its value", [
      "aws secretsmanager list-secrets --query 'SecretList[].Name'",
    ]);
  }
  const options = cloudOptionsOf(flags, env);
  const isOffline = [flags.fromTerraform, flags.fromTemplate, flags.stackResources, flags.parameter].some(
    Boolean,
  );
  const { drafts, left } = isOffline
    ? await (await import("../../gates/declared-survey.ts")).surveyFiles(flags, options.region, files)
    : await surveyCloud(await world.cloud(options), flags.secret, options.region, world);
  const text = renderDraft(drafts, left);
  if (flags.out !== "-") await files.writeNew(flags.out, text, 0o666);
  return initReport(flags.out, readBy(flags, env), drafts, left, text);
}

async function surveyCloud(
  cloud: Cloud,
  secretIds: readonly string[] | undefined,
  region: string | undefined,
  world: Needs,
) {
  const read = await surveyAccount(cloud, { region, secretIds }, world.terminal);
  const account = { ...read, port: await edgePort(read, cloud.where, world) };
  const drafts = draftGates(account);
  if (drafts.length === 0) throw noDraft(account);
  return { drafts, left: leftOut(account) };
}

/** The flag that makes a command read the new file, if it would otherwise read another one. */
function readBy({ out, config }: InitFlags, env: World["env"]): readonly string[] {
  const isFound = out === "keyturn.yaml" && config === undefined && !env.KEYTURN_CONFIG;
  return isFound ? [] : ["--config", shellWord(out)];
}
