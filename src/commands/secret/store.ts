/** `keyturn secret store`: the first secret of a new gate, with its private key and key pair ID. */
import { createHash } from "node:crypto";
import { Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { ConflictError, InputError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { readSigningKey } from "../../gates/key-source.ts";
import { findNamed, readAccountKeys } from "../../keys/account-keys.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import { writePrivateKey } from "../../keys/pem.ts";
import type { Report } from "../../report/report.ts";
import { upkeepReport } from "../../report/secret-upkeep.ts";
import { Sealed } from "../../sealed.ts";
import type { World } from "../../seams.ts";
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
  const { controlPlane, vault, where } = await world.cloud(cloudOptionsOf(flags, world.env));
  const { keys } = await readAccountKeys(controlPlane);
  const mark = fingerprint(privateKey);
  const own = keys.find((key) => key.fingerprint === mark);
  const key = flags.keyPairId === undefined ? own : findNamed(keys, flags.keyPairId, "public key");
  if (key === undefined) {
    throw new ConflictError("ERR_NOT_FOUND", "no public key in the account belongs to this private key", [
      "keyturn keys upload FILE",
    ]);
  }
  if (key.fingerprint !== mark) {
    throw new InputError("ERR_KEY_MISMATCH", `${key.id} is the public key of another private key`, [
      ...(own === undefined ? [] : [`add --key-pair-id ${own.id}`]),
      "keyturn keys list",
    ]);
  }
  const changes = [`create secret ${name} with the private key of ${key.id} (${key.name})`];
  const result = { secret: name, keyPairId: key.id, changed: false };
  if (!(await confirmed({ where, changes }, flags, world))) return upkeepReport({ result, done: [] });
  const text = JSON.stringify({ privateKey: writePrivateKey(privateKey), keyPairId: key.id });
  // From the fingerprint, so that repeating it after a lost answer creates nothing else.
  const token = createHash("sha256").update(`${name}\n${mark}`).digest("hex");
  const { arn } = await vault.create(name, token, { text: new Sealed(text) });
  return upkeepReport({
    result: { ...result, changed: true, arn },
    done: [`secret ${name} holds the private key of ${key.id}, with that ID`],
    next: source.from === "file" ? [`shred -u ${shellWord(source.path)}`] : [],
  });
}
