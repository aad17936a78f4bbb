/** `keyturn curl`: curl with freshly minted cookies, which go to no other host and appear in no argument. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { writeJar } from "../mint/write.ts";
import { maskInCi, refusalReport } from "../report/mint.ts";
import type { Report } from "../report/report.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams.ts";
import { type MintNeeds, type MintOptions, mintFromOptions, withMintOptions } from "./mint-options.ts";

interface CurlFlags extends MintOptions, Pick<GlobalFlags, "json"> {
  readonly url: string;
  readonly curlArguments?: readonly string[];
}
/** Warnings that clients may change the URL on the way: curl does not, with the flags that it is given here. */
const SENT_AS_SIGNED: ReadonlySet<string> = new Set(["resource-rewritten", "resource-dot-segments"]);

type Needs = MintNeeds & Pick<World, "terminal">;

/** Makes curl trust what every other command trusts: KEYTURN_CA_FILE, which curl itself does not know. */
function trust(curlArguments: readonly string[], { env }: Needs): string[] {
  const caFile = env.KEYTURN_CA_FILE || undefined;
  return caFile === undefined || curlArguments.includes("--cacert") ? [] : ["--cacert", caFile];
}

/** What stays here: the variable that holds the key, and keyturn's own, of which some hold credentials. */
function kept({ privateKeyEnv }: CurlFlags, { env }: Needs): string[] {
  const own = Object.keys(env).filter((name) => name.startsWith("KEYTURN_"));
  return privateKeyEnv === undefined ? own : [...own, privateKeyEnv];
}

export const curlCommand = (bind: Bind) =>
  withMintOptions(
    new Command("curl")
      .description(
        "Runs curl with freshly minted cookies. They reach it through a file descriptor, go to the URL's host alone, and appear in no argument. Ends with curl's own exit code; with --json what curl prints goes to stderr.",
      )
      .argument("<url>", "exact URL to ask for, its query included")
      .argument("[curl-arguments...]", "after --: handed to curl as they are"),
  ).action(bind(curl));

export async function curl(flags: CurlFlags, world: Needs): Promise<Report> {
  const { url, curlArguments = [] } = flags;
  const { minted, findings } = await mintFromOptions({ ...flags, format: "curl", command: "curl" }, world);
  if (minted.length === 0) return refusalReport(findings);
  // With -v curl prints the cookies that it sends.
  maskInCi(minted, world);
  // What was signed is what must be sent: curl reads [ ] { } as patterns, and resolves dots, unless told otherwise.
  const isExact = flags.resource === undefined;
  const exactly = isExact ? ["--globoff", "--path-as-is"] : [];
  const argv = ["--cookie", "/dev/fd/3", ...exactly, ...trust(curlArguments, world), "--url", url];
  argv.push(...curlArguments);
  const how = { signal: world.interrupt, keepsStdout: flags.json === true, withoutEnv: kept(flags, world) };
  const exitCode = await world.programs.run("curl", argv, new Sealed(writeJar(minted)), how);
  const worse = findings.filter(
    ({ id, severity }) => severity !== "note" && !(isExact && SENT_AS_SIGNED.has(id)),
  );
  return {
    outcome: "done",
    result: { exitCode },
    findings: worse,
    findingsOn: "stderr",
    text: () => "",
    exitCode,
  };
}
