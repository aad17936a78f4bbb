/** `keyturn keys generate`: a new signing key pair in two new files. */
import { Command, Option } from "commander";
import type { Bind } from "../../cli/bind.ts";
import { refuseExisting } from "../../cli/existing-file.ts";
import { UsageError } from "../../errors.ts";
import { writePrivateKey, writePublicKey } from "../../keys/any-key.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import { KEY_TYPES, type KeyType } from "../../keys/key-pair.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";

type Needs = Pick<World, "files" | "keyPairs">;

interface GenerateFlags {
  readonly out: string;
  readonly type: KeyType;
}

export const generateCommand = (bind: Bind) =>
  new Command("generate")
    .description(
      "Generates a signing key pair: the private half as PKCS#8 PEM, the public half as CloudFront expects it.",
    )
    .requiredOption(
      "--out <file>",
      "new file for the private key (0600); the public key is written next to it",
    )
    .addOption(new Option("--type <type>", "kind of key").choices(KEY_TYPES).default("rsa-2048"))
    .action(bind(generate));

export async function generate({ out, type }: GenerateFlags, { files, keyPairs }: Needs): Promise<Report> {
  if (out === "-") {
    throw new UsageError("ERR_USAGE", "a private key is written to a file only, never to stdout", [
      "keyturn keys generate --out signing-key.pem",
    ]);
  }
  const publicKeyFile = publicKeyFileOf(out);
  // Check both names before writing anything; writeNew would notice the second one too late.
  for (const file of [out, publicKeyFile]) {
    await refuseExisting(file, files, "choose another name with --out, or move the file away first");
  }
  const { privateKey, publicKey } = await keyPairs.generate(type);
  await files.writeNew(out, writePrivateKey(privateKey));
  await files.writeNew(publicKeyFile, writePublicKey(publicKey), 0o666);
  const result = { type, fingerprint: fingerprint(publicKey), privateKeyFile: out, publicKeyFile };
  return {
    outcome: "done",
    result,
    findings: [],
    text: (style) =>
      [
        `${style.good(style.sign.ok)} ${type === "rsa-2048" ? "RSA 2048" : "ECDSA P-256"} key pair`,
        `  private key  ${out} (0600)`,
        `  public key   ${publicKeyFile}`,
        `  fingerprint  ${result.fingerprint}`,
        `${style.sign.arrow} ${style.code(`keyturn keys upload ${publicKeyFile}`)}`,
      ].join("\n"),
  };
}

/** `signing-key.pem` -> `signing-key.pub.pem`. */
function publicKeyFileOf(out: string): string {
  return `${out.replace(/\.(?:pem|key)$/, "")}.pub.pem`;
}
