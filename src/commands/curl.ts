/** `keyturn curl`: curl with freshly minted cookies, which are sent to no other host and appear in no argument. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { writeJar } from "../mint/write.ts";
import { maskInCi, refusalReport } from "../report/mint.ts";
import type { Report } from "../report/report.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams/world.ts";
import { type MintNeeds, type MintOptions, mintFromOptions, withMintOptions } from "./mint-options.ts";

interface CurlFlags extends MintOptions, Pick<GlobalFlags, "json" | "color"> {
  readonly url: string;
  readonly curlArguments?: readonly string[];
}
/** Warnings that a client may change the URL. They do not apply: the flags passed to curl here prevent that. */
const SENT_AS_SIGNED: ReadonlySet<string> = new Set(["resource-rewritten", "resource-dot-segments"]);

type Needs = MintNeeds & Pick<World, "terminal">;

/** Makes curl trust KEYTURN_CA_FILE, as every other command does. */
function trust(curlArguments: readonly string[], { env }: Needs): string[] {
  const caFile = env.KEYTURN_CA_FILE || undefined;
  return caFile === undefined || curlArguments.includes("--cacert") ? [] : ["--cacert", caFile];
}

/** curl prints header names in bold on any terminal, and knows neither NO_COLOR nor TERM=dumb. */
function plain({ color }: CurlFlags, { env }: Needs): string[] {
  return color === false || env.NO_COLOR || env.TERM === "dumb" ? ["--no-styled-output"] : [];
}

/** Variables not passed on: the one that holds the key, and keyturn's own, since some hold credentials. */
function kept({ privateKeyEnv }: CurlFlags, { env }: Needs): string[] {
  const own = Object.keys(env).filter((name) => name.startsWith("KEYTURN_"));
  return privateKeyEnv === undefined ? own : [...own, privateKeyEnv];
}

export const curlCommand = (bind: Bind) =>
  withMintOptions(
    new Command("curl")
      .description(
        "Runs curl with freshly minted cookies. curl reads them from a file descriptor, sends them only to the URL's host, and they appear in no argument. Exits with curl's exit code; with --json, curl's output goes to stderr.",
      )
      .argument("<url>", "exact URL to request, including its query")
      .argument("[curl-arguments...]", "after --: passed to curl unchanged"),
  ).action(bind(curl));

export async function curl(flags: CurlFlags, world: Needs): Promise<Report> {
  const { url, curlArguments = [] } = flags;
  const { minted, findings } = await mintFromOptions({ ...flags, format: "curl", command: "curl" }, world);
  if (minted.length === 0) return refusalReport(findings);
  // With -v curl prints the cookies that it sends.
  maskInCi(minted, world);
  // The signed URL must be sent unchanged: by default, curl treats [ ] { } as patterns and resolves dot segments.
  const isExact = flags.resource === undefined;
  const exactly = isExact ? ["--globoff", "--path-as-is"] : [];
  const argv = ["--cookie", "/dev/fd/3", ...exactly, ...plain(flags, world), ...trust(curlArguments, world)];
  argv.push("--url", url, ...curlArguments);
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
