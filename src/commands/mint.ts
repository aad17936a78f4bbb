/** `keyturn mint`: signed cookies for a URL, a Resource or a gate, in the form that whoever needs them reads. */
import { Command, Option } from "commander";
import type { Bind } from "../bind.ts";
import { BAD_CASES } from "../cookies/bad.ts";
import { planMint } from "../cookies/mint-plan.ts";
import { mintReport, refusalReport } from "../cookies/mint-report.ts";
import { gateOf, type MintSetsFlags, prepareMint, signSets } from "../cookies/mint-sets.ts";
import { COOKIE_FORMATS } from "../cookies/write.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";

type Needs = Pick<World, "clock" | "files" | "env" | "cloud" | "cwd" | "keyPairs" | "random" | "terminal">;
export interface MintCommandFlags extends MintSetsFlags {
  readonly output?: string;
  readonly count?: string;
  readonly logout?: boolean;
}

export const repeatable = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

export const mintCommand = (bind: Bind) =>
  withMintOptions(new Command("mint").argument("[url]", "exact URL to allow, its query included"))
    .addOption(new Option("--format <form>", "form of the output (default: header)").choices(COOKIE_FORMATS))
    .option("--output <file>", "write to a new file (0600) instead of stdout")
    .option("--count <n>", "that many sets, no two alike, as JSON Lines: for load tests")
    .option("--logout", "the clearing set instead: Set-Cookie lines that make a browser forget")
    .action(bind(mint));

/** What says what to sign and with which key: `mint` and `curl` take the same. */
export function withMintOptions(command: Command): Command {
  return command
    .option(
      "--resource <pattern>",
      "Resource to allow; * and ? are wildcards; repeatable, one set each",
      repeatable,
    )
    .option("--cookie-profile <name>", "settings of the gate under cookieProfiles")
    .option("--ttl <duration>", "how long it lives, such as 15m (default: the gate's, else 1h)")
    .option("--expires <time>", "or when it ends: RFC 3339 or epoch seconds")
    .option("--not-before <time>", "refused on or before this time")
    .option("--ip <cidr>", "IPv4 address or CIDR of the viewer")
    .addOption(new Option("--hash <hash>", "default: the gate's, else SHA256").choices(["SHA1", "SHA256"]))
    .option("--private-key <file>", "private key, PEM; - is stdin (default: the gate's secret)")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key")
    .option("--key-pair-id <id>", "public key ID; found in the account where it is not given")
    .option("--offline", "do not ask the account whether key and ID belong together")
    .option("--domain <domain>", "cookie Domain (default: the gate's, else host-only)")
    .option("--path <path>", "cookie Path (default: the gate's, else what the Resource covers)")
    .addOption(
      new Option("--same-site <mode>", "default: the gate's, else Lax").choices(["Strict", "Lax", "None"]),
    )
    .option("--partitioned", "a cookie jar per top-level site (CHIPS)")
    .addOption(
      new Option("--bad <case>", "wrong on purpose, to see it refused").choices(Object.keys(BAD_CASES)),
    );
}

export async function mint(flags: MintCommandFlags, world: Needs): Promise<Report> {
  if (flags.logout) {
    const { logoutReport } = await import("../cookies/logout.ts");
    return logoutReport(planMint(flags, await gateOf(flags, world), world.clock.now()));
  }
  const { plan, signer, findings } = await prepareMint(flags, world);
  if (signer === undefined) return refusalReport(findings);
  if (flags.count !== undefined) {
    const { countReport } = await import("../cookies/mint-count.ts");
    return countReport(flags.count, flags, { plan, signer, findings }, world);
  }
  return mintReport({ plan, minted: await signSets(plan, signer, world), findings }, flags.output, world);
}
