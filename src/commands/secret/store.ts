/** `keyturn secret store`: the first secret of a new gate, with its private key and key pair ID. */
import { Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { readSigningKey } from "../../gates/key-source.ts";
import { createFirstSecret, planFirstSecret } from "../../keys/first-secret.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import type { World } from "../../seams/world.ts";
import { shellWord } from "../../text/shell-word.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";
import { keyPairIdOption } from "../named-options.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly name: string;
  readonly privateKey: string;
  readonly passphraseFile?: string;
  readonly keyPairId?: string;
}

export const storeCommand = (bind: Bind) =>
  mutating(
    new Command("store")
      .description(
        "Creates a secret that holds a private key with its key pair ID, as JSON with the members privateKey and keyPairId. The public key must be in CloudFront already. Never overwrites a secret: replacing a key is a rotation.",
      )
      .argument("<name>", "name of the new secret")
      .requiredOption("--private-key <file>", "the private key, PEM; - is stdin")
      .option("--passphrase-file <file>", "passphrase of an encrypted private key")
      .addOption(keyPairIdOption("its public key (default: found by the key)")),
  ).action(bind(store));

async function store(flags: Flags, world: World): Promise<Report> {
  const { name, passphraseFile } = flags;
  const rest = passphraseFile === undefined ? {} : { passphraseFile };
  const source =
    flags.privateKey === "-"
      ? ({ from: "stdin", ...rest } as const)
      : ({ from: "file", path: flags.privateKey, ...rest } as const);
  const { privateKey } = await readSigningKey(source, world);
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env));
  const plan = await planFirstSecret(name, privateKey, flags.keyPairId, cloud);
  const { key, arn } = plan;
  const result = { secret: name, keyPairId: key.id, changed: false };
  if (arn !== undefined) {
    const done = [`secret ${name} already holds the private key of ${key.id}; nothing was created`];
    return upkeepReport({ result: { ...result, arn }, done });
  }
  const changes = [`create secret ${name} with the private key of ${key.id} (${key.name})`];
  if (!(await confirmed({ where: cloud.where, changes }, flags, world)))
    return upkeepReport({ result, done: [] });
  return upkeepReport({
    result: { ...result, changed: true, arn: await createFirstSecret(plan, privateKey, cloud.vault) },
    done: [`secret ${name} is created and holds the private key of ${key.id}, with that ID`],
    next: source.from === "file" ? [`shred -u ${shellWord(source.path)}`] : [],
  });
}
