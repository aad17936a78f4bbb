/** `keyturn curl`: curl with freshly minted cookies, which go to no other host and appear in no argument. */
import { Command } from "commander";
import type { Bind } from "../bind.ts";
import { refusalReport } from "../cookies/mint-report.ts";
import { type MintSetsFlags, prepareMint, signSets } from "../cookies/mint-sets.ts";
import { writeJar } from "../cookies/write.ts";
import type { Report } from "../report/report.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams.ts";
import { withMintOptions } from "./mint.ts";

type Flags = Omit<MintSetsFlags, "format"> & {
  readonly url: string;
  readonly curlArguments?: readonly string[];
};
type Needs = Pick<World, "clock" | "files" | "env" | "cloud" | "cwd" | "keyPairs" | "programs" | "interrupt">;

export const curlCommand = (bind: Bind) =>
  withMintOptions(
    new Command("curl")
      .argument("<url>", "exact URL to ask for, its query included")
      .argument("[curl-arguments...]", "after --: handed to curl as they are"),
  ).action(bind(curl));

export async function curl(flags: Flags, world: Needs): Promise<Report> {
  const { url, curlArguments = [] } = flags;
  const { plan, signer, findings } = await prepareMint({ ...flags, format: "curl" }, world);
  if (signer === undefined) return refusalReport(findings);
  const jar = new Sealed(writeJar(await signSets(plan, signer, world)));
  // What was signed is what must be sent: curl reads [ ] { } as patterns, and resolves dots, unless told otherwise.
  const exactly = flags.resource === undefined ? ["--globoff", "--path-as-is"] : [];
  const argv = ["--cookie", "/dev/fd/3", ...exactly, "--url", url, ...curlArguments];
  const exitCode = await world.programs.run("curl", argv, jar, world.interrupt);
  return { outcome: "done", result: { exitCode }, findings, findingsOn: "stderr", text: () => "", exitCode };
}
