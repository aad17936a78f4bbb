/** The options of `mint` and `curl` for what to sign and with which key. */
import { type Command, Option } from "commander";
import { BAD_CASE_IDS } from "../mint/bad-cases.ts";
import { type Minted, type MintSetsFlags, mintSets } from "../mint/mint-sets.ts";
import type { World } from "../seams/world.ts";
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
      "Resource to allow; * and ? are wildcards; repeatable, one set of cookies each",
      collect,
    )
    .option("--cookie-profile <name>", "profile under the gate's cookieProfiles")
    .option("--attachment <name>", "make S3 answer with this file name (response-content-disposition)")
    .option("--ttl <duration>", "lifetime, such as 15m (default: the gate's, else 1h)")
    .option("--expires <time>", "or expiry time: RFC 3339 or epoch seconds")
    .option("--not-before <time>", "not valid until after this time")
    .option("--ip <cidr>", "the viewer's IPv4 address or CIDR")
    .addOption(new Option("--hash <hash>", "default: the gate's, else SHA256").choices(["SHA1", "SHA256"]))
    .option("--private-key <file>", "private key, PEM; - is stdin (default: the gate's secret)")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key")
    .addOption(keyPairIdOption("public key ID (default: looked up in the account)"))
    .option("--offline", "do not check with the account that key and ID match")
    .option("--via-endpoint", "have the gate's application mint: log in, then call its mint endpoint")
    .option(
      "--credentials <file>",
      "for --via-endpoint: user name and password of a test account; - is stdin",
    )
    .option("--credentials-command <line>", "or a command that prints them, such as a password manager's")
    .option("--domain <domain>", "cookie Domain (default: the gate's, else host-only)")
    .option("--path <path>", "cookie Path (default: the gate's, else what the Resource covers)")
    .addOption(
      new Option("--same-site <mode>", "default: the gate's, else Lax").choices(["Strict", "Lax", "None"]),
    )
    .option("--partitioned", "a separate cookie jar per top-level site (CHIPS)")
    .addOption(
      new Option("--bad <case>", "make the cookies invalid in this way, to see them denied").choices(
        BAD_CASE_IDS,
      ),
    );
}

export async function mintFromOptions(flags: MintOptions, world: MintNeeds): Promise<Minted> {
  if (!flags.viaEndpoint) return mintSets(flags, world);
  const [{ openGate }, { mintAtEndpoint }] = await Promise.all([
    import("../gates/open.ts"),
    import("../probe/mint-at-endpoint.ts"),
  ]);
  return mintAtEndpoint(flags, await openGate(flags, world), world);
}
