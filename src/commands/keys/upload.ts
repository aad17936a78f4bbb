/** `keyturn keys upload`: uploads a public key to CloudFront once, and optionally adds it to key groups. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { readPassphrase } from "../../gates/key-source.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { readAccountKeys } from "../../keys/account-keys.ts";
import { readKeyAt } from "../../keys/key-file.ts";
import { readPublicKey } from "../../keys/pem.ts";
import { changesOf, executeUpload, planUpload, type UploadPlan } from "../../keys/upload.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

type Needs = Pick<World, "files" | "cloud" | "terminal" | "env" | "cwd">;

interface UploadFlags extends GlobalFlags, MutationFlags {
  readonly file: string;
  readonly name?: string;
  readonly comment?: string;
  readonly passphraseFile?: string;
  readonly group?: readonly string[];
}

export const uploadCommand = (bind: Bind) =>
  mutating(
    new Command("upload")
      .description(
        "Uploads a public key and prints its key pair ID. A key whose fingerprint is already in the account is not uploaded again.",
      )
      .argument("<file>", "public key, PEM (only the public half of a private key is used); - is stdin")
      .option("--name <name>", "name in CloudFront; unique in the account")
      .option("--comment <text>", "comment in CloudFront")
      .option("--passphrase-file <file>", "passphrase of an encrypted private key")
      .option("--group <id...>", "key groups to add it to, by ID, start of ID, or name"),
  ).action(bind(upload));

export async function upload(flags: UploadFlags, world: Needs): Promise<Report> {
  const { files, terminal } = world;
  const input = flags.file === "-" ? await files.stdin() : await files.read(flags.file);
  const passphrase = await readPassphrase(flags.passphraseFile, { files });
  const publicKey = readKeyAt(flags.file, () => readPublicKey(input, passphrase));
  const gate = gateAtHand(await findGates(flags, world), flags, world);
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = await readAccountKeys(controlPlane);
  const plan = planUpload(publicKey, { ...flags, groups: flags.group ?? [] }, account);
  const changes = changesOf(plan, account);
  const isWanted = changes.length > 0 && (await confirmed({ where, changes }, flags, { terminal }));
  const keyPairId = isWanted ? await executeUpload(plan, controlPlane) : plan.existing?.id;
  return uploadReport(plan, keyPairId, isWanted);
}

function uploadReport(plan: UploadPlan, keyPairId: string | undefined, isDone: boolean): Report {
  const { fingerprint, kind, name, existing, groups } = plan;
  const uploaded = isDone && existing === undefined;
  return {
    outcome: "done",
    result: {
      keyPairId: keyPairId ?? null,
      uploaded,
      name,
      fingerprint,
      addedTo: isDone ? groups.map(({ id }) => id) : [],
    },
    findings: [],
    text: (style) => {
      if (keyPairId === undefined) return "";
      const outcome = uploaded ? "uploaded" : "already in the account";
      return [
        `${style.good(style.sign.ok)} ${name}: ${outcome}`,
        `  key pair ID  ${style.bold(keyPairId)}`,
        `  fingerprint  ${fingerprint} (${kind})`,
        ...(isDone ? groups : []).map((group) => `  added to     ${group.name} (${group.id})`),
      ].join("\n");
    },
  };
}
