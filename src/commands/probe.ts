/** `keyturn probe`: runs the denial matrix, a login flow or a watch against a real edge. */
import { Command, Option } from "commander";
import type { Bind } from "../cli/bind.ts";
import { readCredentials } from "../probe/credentials.ts";
import { originUrls, type ProbeFlags, planFlowOf, planOf, sendingOf, watchChoiceOf } from "../probe/flags.ts";
import { probeModeOf } from "../probe/mode.ts";
import { runProbe } from "../probe/run.ts";
import { setUp } from "../probe/setup.ts";
import { type WatchProgress, watch } from "../probe/watch.ts";
import { probeReport } from "../report/probe.ts";
import { annotate, deliverProbe, PROBE_FILES } from "../report/probe-delivery.ts";
import { watchLine, watchReport } from "../report/probe-watch.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf } from "../report/report-files.ts";
import type { World } from "../seams/world.ts";
import { casesOption } from "./cases-option.ts";
import { collect } from "./collect.ts";
import { keyPairIdOption } from "./named-options.ts";

export const probeCommand = (bind: Bind) =>
  new Command("probe")
    .argument("[url...]", "URLs behind the gate, as viewers request them (default: the gate's routes)")
    .addOption(casesOption())
    .option("--methods <list>", "only these methods: GET,HEAD,OPTIONS,...")
    .option("--routes <list>", "only these routes of the gate")
    .option("--private-key <file>", "signing key, PEM; - is stdin (default: the gate's secret)")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key")
    .addOption(keyPairIdOption("public key ID in the trusted key group"))
    .addOption(new Option("--hash <hash>", "hash of the signatures").choices(["SHA1", "SHA256"]))
    .option("--retired-key <file=id>", "a key that must no longer be trusted")
    .option("--http-port <port>", "port for plain HTTP (default: 80)")
    .option("--origin-counter <url>", "the origin's log endpoint (default: the gate's)")
    .option("--direct-origin <url>", "the origin's own URL, bypassing the edge (default: the gate's)")
    .option("--flow", "log in, mint, access, log out, and check what is set and cleared")
    .option("--credentials <file>", "for --flow: user name and password of a test account; - is stdin")
    .option("--credentials-command <line>", "or a command that prints them, such as a password manager's")
    .option("--abuse <n>", "for --flow: mint this many times, expecting a rate limit")
    .option("--remint", "for --flow: wait until the cookies expire, and mint again")
    .option("--watch <duration>", "probe the canaries at this interval, until an answer changes")
    .option("--for <duration>", "for --watch: stop after this long")
    .option("--report <form=file>", "also write junit=FILE, md=FILE or html=FILE; repeatable", collect)
    .option("--concurrency <n>", "concurrent requests (default: 4)")
    .option("--rate <n>", "requests per second, or unlimited (default: 20)")
    .option("--timeout <duration>", "per response (default: 10s)")
    .option("--resolve <host:address>", "connect there, like curl's --resolve; repeatable", collect)
    .option("--all-addresses", "probe every address that the host resolves to")
    .option("--ca <file>", "additional CA to trust, PEM")
    .action(bind(probe));

export async function probe(flags: ProbeFlags, world: World): Promise<Report> {
  const mode = probeModeOf(flags);
  if (mode === "flow") return probeFlow(flags, world);
  const files = await reportFilesOf(flags.report, PROBE_FILES, world);
  const setup = await setUp(flags, world);
  const plan = planOf(flags, setup);
  const sending = sendingOf(setup, plan.requests.length, world);
  if (mode === "watch") {
    const choice = {
      ...watchChoiceOf(flags),
      watched: (progress: WatchProgress) => world.terminal.progress(watchLine(progress)),
    };
    return watchReport(await watch(plan, setup.keys, choice, world, { ...sending, answered: () => {} }));
  }
  const run = await runProbe(plan, setup.keys, originUrls(flags, setup), sending, world);
  return deliverProbe(run.judged, probeReport(run, setup.findings), files, world);
}

async function probeFlow(flags: ProbeFlags, world: World): Promise<Report> {
  const { executeFlow, remintNote } = await import("../probe/flow.ts");
  const { flowReport } = await import("../report/probe-flow.ts");
  const { gate, keys, network } = await setUp(flags, world);
  const plan = planFlowOf(flags, { gate, network }, world.env);
  const credentials = await readCredentials(plan.credentials, world);
  if (plan.remint) world.terminal.note(remintNote(plan));
  const run = await executeFlow(plan, credentials, keys.signing?.keyPairId, world, network, world.interrupt);
  await annotate(run.findings, world);
  return flowReport(plan.gate.name, run);
}
