/** `keyturn mint`: signed cookies for a URL, a Resource or a gate, in the format that the recipient needs. */
import { Command, Option } from "commander";
import type { Bind } from "../cli/bind.ts";
import { requireSound } from "../gates/key-source.ts";
import { planMint } from "../mint/mint-plan.ts";
import { gateOf, prepareMint } from "../mint/mint-sets.ts";
import { COOKIE_FORMATS } from "../mint/write.ts";
import { logoutReport, mintReport, refusalReport } from "../report/mint.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";
import { type MintNeeds, type MintOptions, mintFromOptions, withMintOptions } from "./mint-options.ts";

type Needs = MintNeeds & Pick<World, "random" | "terminal">;
interface MintFlags extends MintOptions {
  readonly output?: string;
  readonly count?: string;
  readonly logout?: boolean;
}

export const mintCommand = (bind: Bind) =>
  withMintOptions(
    new Command("mint")
      .description(
        "Signs cookies, or a URL, that the edge allows until they expire. They are an edge gate, not authentication: anyone with a copy gets in.",
      )
      .argument("[url]", "exact URL to allow, including its query"),
  )
    .addOption(new Option("--format <form>", "output format (default: header)").choices(COOKIE_FORMATS))
    .option("--output <file>", "write to a new file (0600) instead of stdout")
    .option("--count <n>", "this many sets, all different, as JSON Lines: for load tests")
    .option("--logout", "instead, Set-Cookie lines that make a browser delete the cookies")
    .action(bind(mint));

export async function mint(flags: MintFlags, world: Needs): Promise<Report> {
  if (flags.logout) return logout(flags, world);
  if (flags.count !== undefined) return mintCount(flags.count, flags, world);
  return mintReport(await mintFromOptions(flags, world), flags.output, world);
}

async function logout(flags: MintFlags, world: Needs): Promise<Report> {
  const { planLogout } = await import("../mint/logout.ts");
  return logoutReport(planLogout(planMint(flags, await gateOf(flags, world), world.clock.now())));
}

async function mintCount(count: string, flags: MintFlags, world: Needs): Promise<Report> {
  const [{ planCount }, { countReport }] = await Promise.all([
    import("../mint/mint-many.ts"),
    import("../report/mint-count.ts"),
  ]);
  const { plan, signer, findings } = await prepareMint(flags, world);
  if (signer === undefined) return refusalReport(findings);
  requireSound(signer.privateKey, signer.source);
  return countReport(planCount(count, flags, plan), { plan, signer, findings }, world);
}
