/** `keyturn rehearse`: a whole rotation in the sandbox with the real commands, while viewers and attackers use the edge. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { KeyturnError } from "../errors.ts";
import { rehearsalReport } from "../report/rehearsal.ts";
import { deliverRehearsal, REHEARSAL_FILES } from "../report/rehearsal-delivery.ts";
import { RehearsalProgress } from "../report/rehearsal-progress.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf } from "../report/report-files.ts";
import { makeStyle, styleOptions } from "../report/style.ts";
import { parseCount, parseSeconds } from "../sandbox/options.ts";
import type { World } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { collect } from "./collect.ts";
import { withDefault } from "./default-option.ts";

interface RehearseFlags extends GlobalFlags {
  readonly viewers: number;
  readonly attackers: number;
  readonly propagation: Seconds;
  readonly settle: Seconds;
  readonly cookieTtl: Seconds;
  readonly signerCache: Seconds;
  readonly report?: readonly string[];
  readonly unattended?: boolean;
}

const PROPAGATION = "time until a change reaches every location";
const SETTLE = "how long the rotation keeps checking; fails if shorter than the propagation";

export const rehearseCommand = (bind: Bind) =>
  new Command("rehearse")
    .description(
      "Rotates a signing key in a local cloud through all ten stages while viewers use the edge, and counts the failures that must be zero.",
    )
    .addOption(withDefault("--viewers <count>", "simulated viewers", parseCount, "12"))
    .addOption(withDefault("--attackers <count>", "simulated attackers", parseCount, "4"))
    .addOption(withDefault("--propagation <time>", PROPAGATION, parseSeconds, "3s"))
    .addOption(withDefault("--settle <time>", SETTLE, parseSeconds, "4s"))
    .addOption(withDefault("--cookie-ttl <time>", "cookie lifetime", parseSeconds, "6s"))
    .addOption(withDefault("--signer-cache <time>", "how long signers keep a key", parseSeconds, "3s"))
    .option("--unattended", "rotate with the state machine and function of `keyturn unattended template`")
    .option("--report <html=file>", "also write the rotation and its traffic as a page: html=FILE", collect)
    .action(bind(rehearse));

export async function rehearse(flags: RehearseFlags, world: World): Promise<Report> {
  const [{ runRehearsal }, { rotateAttended, rotateUnattended }] = await Promise.all([
    import("../sandbox/rehearsal/rehearsal.ts"),
    import("./rehearsed-rotation.ts"),
  ]);
  const files = await reportFilesOf(flags.report, REHEARSAL_FILES, world);
  const { viewers, attackers, propagation, settle, cookieTtl, signerCache } = flags;
  const options = {
    ...{ viewers, attackers, before: 2, after: 3 },
    settings: { propagation, settle, cookieTtl, signerCache },
  };
  const progress = new RehearsalProgress(world, await styleOf(flags, world));
  const output = { progress: progress.rotation };
  const rotate = flags.unattended ? rotateUnattended(output) : rotateAttended(output);
  const end = await runRehearsal(options, world, rotate, {
    up: (sandbox) => progress.introduce(sandbox, options),
    count: (tally, traffic, signal) => progress.count(tally, traffic, signal),
    rotated: () => progress.finished(),
    logs: async (sandbox) => (await import("../sandbox/rehearsal/logged.ts")).loggedCounts(sandbox, world),
  }).catch((thrown: unknown) => {
    throw thrown instanceof KeyturnError
      ? new KeyturnError(thrown.errorClass, thrown.code, thrown.message, AGAIN, thrown)
      : thrown;
  });
  return deliverRehearsal(end, rehearsalReport(end), files, world);
}

/** The cloud ends with the rehearsal, so the rotation's own next steps would not work. */
const AGAIN = ["keyturn rehearse", "or start the same cloud, to experiment with:", "keyturn sandbox"];

const styleOf = ({ color }: GlobalFlags, { env, terminal }: World) =>
  makeStyle(styleOptions({ color, env, isTerminal: terminal.interactive }));
