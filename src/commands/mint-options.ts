/** What says what to sign and with which key: `mint` and `curl` take the same, and mint by the same ways. */
import { type Command, Option } from "commander";
import { openGate } from "../gates/open.ts";
import { BAD_CASE_IDS } from "../mint/bad.ts";
import { type Minted, type MintSetsFlags, mintSets } from "../mint/mint-sets.ts";
import type { World } from "../seams.ts";
import { collect } from "./collect.ts";
import { keyPairIdOption } from "./named-options.ts";

export interface MintOptions extends MintSetsFlags {
  readonly viaEndpoint?: boolean;
  readonly credentials?: string;
  readonly credentialsCommand?: string;
}
export type MintNeeds = Pick<
  World,
  "clock" | "cloud" | "cwd" | "env" | "files" | "interrupt" | "keyPairs" | "programs" | "terminal" | "viewer"
>;

export function withMintOptions(command: Command): Command {
  return command
    .option(
      "--resource <pattern>",
      "Resource to allow; * and ? are wildcards; repeatable, one set each",
      collect,
    )
    .option("--cookie-profile <name>", "settings of the gate under cookieProfiles")
    .option("--attachment <name>", "let S3 answer with this file name (response-content-disposition)")
    .option("--ttl <duration>", "how long it lives, such as 15m (default: the gate's, else 1h)")
    .option("--expires <time>", "or when it ends: RFC 3339 or epoch seconds")
    .option("--not-before <time>", "refused on or before this time")
    .option("--ip <cidr>", "IPv4 address or CIDR of the viewer")
    .addOption(new Option("--hash <hash>", "default: the gate's, else SHA256").choices(["SHA1", "SHA256"]))
    .option("--private-key <file>", "private key, PEM; - is stdin (default: the gate's secret)")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key")
    .addOption(keyPairIdOption("public key ID; found in the account where it is not given"))
    .option("--offline", "do not ask the account whether key and ID belong together")
    .option("--via-endpoint", "let the gate's application mint: log in, ask its mint endpoint")
    .option(
      "--credentials <file>",
      "for --via-endpoint: user name and password of a test account; - is stdin",
    )
    .option("--credentials-command <line>", "or a command that prints them: a password manager's")
    .option("--domain <domain>", "cookie Domain (default: the gate's, else host-only)")
    .option("--path <path>", "cookie Path (default: the gate's, else what the Resource covers)")
    .addOption(
      new Option("--same-site <mode>", "default: the gate's, else Lax").choices(["Strict", "Lax", "None"]),
    )
    .option("--partitioned", "a cookie jar per top-level site (CHIPS)")
    .addOption(new Option("--bad <case>", "wrong on purpose, to see it refused").choices(BAD_CASE_IDS));
}

export async function mintFromOptions(flags: MintOptions, world: MintNeeds): Promise<Minted> {
  if (!flags.viaEndpoint) return mintSets(flags, world);
  const { mintAtEndpoint } = await import("../probe/mint-at-endpoint.ts");
  return mintAtEndpoint(flags, await openGate(flags, world), world);
}
