/** `keyturn sandbox`: the local cloud in the foreground, until it is interrupted. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import type { Report } from "../report/report.ts";
import type { Foreground, ForegroundFlags } from "../sandbox/foreground.ts";
import { cacheOf, folderOf, portOf, secondsOf } from "../sandbox/options.ts";
import type { World } from "../seams.ts";
import { withDefault } from "./default-option.ts";

type Flags = Omit<ForegroundFlags, "verbose"> & GlobalFlags;
type Needs = Pick<World, "clock" | "random" | "keyPairs" | "processes" | "terminal" | "interrupt">;

export const sandboxCommand = (bind: Bind) =>
  new Command("sandbox")
    .description(
      "Runs a local cloud on 127.0.0.1: CloudFront's key API, Secrets Manager, an edge and an application.",
    )
    .option("--port-api <port>", "both AWS APIs and the page; 0 picks a free port", portOf, 0)
    .option("--port-edge <port>", "the edge over HTTPS", portOf, 0)
    .option("--port-edge-http <port>", "the edge over HTTP", portOf, 0)
    .option("--port-origin <port>", "the origin, past the edge", portOf, 0)
    .addOption(
      withDefault("--propagation <time>", "until the last edge location knows of a change", secondsOf, "5s"),
    )
    .addOption(
      withDefault("--cookie-ttl <time>", "life of the cookies that the application mints", secondsOf, "30s"),
    )
    .addOption(
      withDefault("--signer-cache <time>", "how long signers keep a key, or until-restart", cacheOf, "10s"),
    )
    .addOption(
      new Option("--key-pair-id <source>", "where signers learn their key pair ID")
        .choices(["in-secret", "derived", "external"])
        .default("in-secret"),
    )
    .addOption(new Option("--key-type <type>", "of the first key").choices(KEY_TYPES).default("rsa-2048"))
    .addOption(
      withDefault("--stale-reads <time>", "API reads show what was true this long ago", secondsOf, "0s"),
    )
    .option("--state <dir>", "keep the account there over a restart", folderOf)
    .action(bind(sandbox));

export async function sandbox(flags: Flags, world: Needs): Promise<Report> {
  const [{ startForeground }, { factsOf, guideLines }, { envelopeOf }] = await Promise.all([
    import("../sandbox/foreground.ts"),
    import("../sandbox/guide.ts"),
    import("../report/json.ts"),
  ]);
  const running = await startForeground(flags, world);
  const report = { outcome: "done", result: factsOf(running), findings: [], text: () => "" } as const;
  const told = flags.json ? [JSON.stringify(envelopeOf(report, "sandbox"))] : guideLines(running);
  return { ...report, lines: untilInterrupted(told, running, world.interrupt) };
}

/** Told at once, and not at the end: whoever reads it works beside it. */
async function* untilInterrupted(told: readonly string[], running: Foreground, interrupt: AbortSignal) {
  try {
    yield* told;
    if (interrupt.aborted) return;
    await new Promise((resolve) => interrupt.addEventListener("abort", resolve, { once: true }));
  } finally {
    await running.stop();
  }
}
