/** `keyturn mint`: signed cookies for a URL, a Resource or a gate, in the form that whoever needs them reads. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../bind.ts";
import { mintCookies } from "../cookies/mint.ts";
import { type MintFlags, planMint } from "../cookies/mint-plan.ts";
import { mintReport } from "../cookies/mint-report.ts";
import { COOKIE_FORMATS } from "../cookies/write.ts";
import { UsageError } from "../errors.ts";
import { type KeySourceFlags, planKeySource, readSigningKey } from "../keys/key-source.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";

type Flags = MintFlags & KeySourceFlags & GlobalFlags & { readonly keyPairId?: string };
type Needs = Pick<World, "clock" | "files" | "env" | "cloud">;

export const mintCommand = (bind: Bind) =>
  new Command("mint")
    .argument("[url]", "exact URL to allow, its query included")
    .option("--resource <pattern...>", "Resource to allow; * and ? are wildcards; one set each")
    .option("--private-key <file>", "private key, PEM; - is stdin")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key; its current version")
    .option("--key-pair-id <id>", "public key ID in the trusted key group")
    .option("--ttl <duration>", "how long the cookies live, such as 15m (default: the gate's, else 1h)")
    .option("--expires <time>", "or when they end: RFC 3339 or epoch seconds")
    .option("--not-before <time>", "refused on or before this time")
    .option("--ip <address>", "IPv4 address or CIDR of the viewer")
    .addOption(
      new Option("--hash <hash>", "hash of the signature (default: the gate's, else SHA256)").choices([
        "SHA1",
        "SHA256",
      ]),
    )
    .addOption(
      new Option("--format <format>", "form of the output").choices(COOKIE_FORMATS).default("header"),
    )
    .action(bind(mint));

export async function mint(flags: Flags, world: Needs): Promise<Report> {
  const source = planKeySource(flags, flags);
  if (source === undefined) {
    throw new UsageError("ERR_USAGE", "no key was named", ["add --private-key FILE --key-pair-id ID"]);
  }
  const plan = planMint(flags, undefined, world.clock.now());
  const { privateKey, keyPairId = flags.keyPairId, findings } = await readSigningKey(source, world);
  if (keyPairId === undefined) {
    throw new UsageError("ERR_USAGE", "the key's id is not known", ["add --key-pair-id ID"]);
  }
  const minted = plan.sets.map((planned) => ({
    ...planned,
    set: mintCookies({ ...planned.request, keyPairId }, privateKey),
  }));
  return mintReport(plan, minted, findings);
}
