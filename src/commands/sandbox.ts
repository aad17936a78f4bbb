/**
 * `keyturn sandbox`: the local cloud in the foreground, until it is interrupted; with --origin, its edge in front of
 * your application.
 */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import type { Report } from "../report/report.ts";
import type { ForegroundFlags } from "../sandbox/foreground.ts";
import { parseCacheTtl, parseFolder, parsePort, parseSeconds } from "../sandbox/options.ts";
import type { ProxyFlags } from "../sandbox/proxy/proxy-plan.ts";
import type { World } from "../seams/world.ts";
import { withDefault } from "./default-option.ts";
import { withProxyOptions } from "./sandbox-proxy-options.ts";

type Flags = Omit<ForegroundFlags, "verbose"> & ProxyFlags & GlobalFlags;
type Needs = Pick<World, "clock" | "random" | "keyPairs" | "processes" | "terminal" | "interrupt" | "logs"> &
  Pick<World, "files" | "cloud" | "env" | "programs">;

export const sandboxCommand = (bind: Bind) =>
  withProxyOptions(
    new Command("sandbox").description(
      "Runs a local cloud on 127.0.0.1: CloudFront's key API, Secrets Manager, an edge and an application. With --origin the edge stands in front of your own application instead: it checks signatures, streams everything else, and caches nothing.",
    ),
  )
    .option("--port-api <port>", "both AWS APIs and the page; 0 picks a free port", parsePort, 0)
    .option("--port-edge <port>", "the edge over HTTPS", parsePort, 0)
    .option("--port-edge-http <port>", "the edge over HTTP", parsePort, 0)
    .option("--port-origin <port>", "the origin, bypassing the edge", parsePort, 0)
    .addOption(
      withDefault("--propagation <time>", "time until a change reaches every location", parseSeconds, "5s"),
    )
    .addOption(
      withDefault(
        "--cookie-ttl <time>",
        "lifetime of the cookies that the application mints",
        parseSeconds,
        "30s",
      ),
    )
    .addOption(
      withDefault(
        "--signer-cache <time>",
        "how long signers keep a key, or until-restart",
        parseCacheTtl,
        "10s",
      ),
    )
    .addOption(
      new Option("--key-pair-id <source>", "where signers get their key pair ID")
        .choices(["in-secret", "derived", "external"])
        .default("in-secret"),
    )
    .addOption(
      new Option("--key-type <type>", "type of the first key").choices(KEY_TYPES).default("rsa-2048"),
    )
    .addOption(withDefault("--stale-reads <time>", "make API reads stale by this long", parseSeconds, "0s"))
    .option("--state <dir>", "keep the account in this folder across restarts", parseFolder)
    .action(bind(sandbox));

export async function sandbox(flags: Flags, world: Needs): Promise<Report> {
  if (flags.origin !== undefined || flags.run !== undefined) {
    return (await import("../sandbox/proxy/proxy-report.ts")).proxyReport(flags, world);
  }
  const [{ startForeground }, { sandboxFacts, guideLines }, { openReport }, { planProxy }] =
    await Promise.all([
      import("../sandbox/foreground.ts"),
      import("../sandbox/guide.ts"),
      import("../sandbox/open-report.ts"),
      import("../sandbox/proxy/proxy-plan.ts"),
    ]);
  // Refuses flags that have no effect without --origin.
  planProxy(flags);
  const running = await startForeground(flags, world);
  return openReport(
    { facts: sandboxFacts(running), guide: guideLines(running), stop: running.stop },
    flags,
    world,
  );
}
