/** `keyturn keys match`: which key pair ID a key file belongs to, by fingerprint, never by text. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Finding } from "../../finding.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { readPassphrase } from "../../gates/key-source.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { type AccountKey, readAccountKeys } from "../../keys/account-keys.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import { readKeyAt } from "../../keys/key-file.ts";
import { describeKey } from "../../keys/key-pair.ts";
import { readPublicKey } from "../../keys/pem.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";

type Needs = Pick<World, "cloud" | "env" | "files" | "cwd">;
interface MatchFlags extends GlobalFlags {
  readonly file: string;
  readonly passphraseFile?: string;
}

export const matchCommand = (bind: Bind) =>
  new Command("match")
    .description(
      "Finds the account's public key that a key file belongs to. Only the public half of a private key is used.",
    )
    .argument("<file>", "private key, public key or certificate, PEM; - is stdin")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .action(bind(match));

export async function match(flags: MatchFlags, world: Needs): Promise<Report> {
  const { file, passphraseFile } = flags;
  const input = file === "-" ? await world.files.stdin() : await world.files.read(file);
  const passphrase = await readPassphrase(passphraseFile, world);
  const key = readKeyAt(file, () => readPublicKey(input, passphrase));
  const gate = gateAtHand(await findGates(flags, world), flags, world);
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = await readAccountKeys(controlPlane);
  const own = fingerprint(key);
  const found = account.keys.filter((each) => each.fingerprint === own);
  const findings = found.length === 0 ? [notFound(own, account.keys.length, where, file)] : [];
  return {
    outcome: found.length === 0 ? "finding" : "done",
    result: { fingerprint: own, type: describeKey(key), matches: found.map(matchOf) },
    findings,
    text: (style) =>
      found
        .map(matchOf)
        .map(({ keyPairId, name, keyGroups }) =>
          [
            `${style.good(style.sign.ok)} ${style.bold(keyPairId)} ${name}`,
            `  fingerprint  ${own} (${describeKey(key)})`,
            `  key groups   ${keyGroups.length === 0 ? "none; nothing trusts it" : keyGroups.map((each) => `${each.name} (${each.id})`).join(", ")}`,
          ].join("\n"),
        )
        .join("\n"),
  };
}

const matchOf = ({ id, name, groups }: AccountKey) => ({
  keyPairId: id,
  name,
  keyGroups: groups.map((group) => ({ id: group.id, name: group.name })),
});

function notFound(own: string, count: number, where: string, file: string): Finding {
  return {
    id: "key-not-in-account",
    severity: "error",
    message: "The account has no public key for this key file.",
    basis: "observed",
    evidence: [
      `fingerprint ${own}`,
      `${count} public key${count === 1 ? "" : "s"} at ${where}`,
      "it opens nothing here; upload it only if it is a new key, not one that leaked or was retired",
    ],
    remedy: `keyturn keys upload ${file}`,
  };
}
