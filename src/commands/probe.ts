/** `keyturn probe`: the denial matrix, sent to a real edge. */
import { Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../bind.ts";
import { planProbe } from "../probe/plan.ts";
import { runProbe } from "../probe/run.ts";
import { listOf, type SetupFlags, setUp } from "../probe/setup.ts";
import { probeReport } from "../report/probe.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";

interface Flags extends Omit<SetupFlags, keyof GlobalFlags>, GlobalFlags {
  readonly cases?: string;
  readonly methods?: string;
  readonly routes?: string;
  readonly httpPort?: string;
  readonly originCounter?: string;
  readonly directOrigin?: string;
}

export const probeCommand = (bind: Bind) =>
  new Command("probe")
    .argument("[url...]", "URLs behind the gate, exactly as a viewer asks (default: the gate's routes)")
    .option("--private-key <file>", "signing key, PEM; - is stdin (default: the gate's secret)")
    .option("--private-key-env <name>", "variable that holds the private key")
    .option("--passphrase-file <file>", "passphrase of an encrypted private key")
    .option("--secret <id>", "secret that holds the private key")
    .option("--key-pair-id <id>", "public key ID in the trusted key group")
    .addOption(new Option("--hash <hash>", "hash of the signatures").choices(["SHA1", "SHA256"]))
    .option("--retired-key <file=id>", "a key that must not be trusted any more")
    .option("--cases <list>", "only these, and the controls: none,expired,...")
    .option("--methods <list>", "only these: GET,HEAD,OPTIONS,...")
    .option("--routes <list>", "only these routes of the gate")
    .option("--http-port <port>", "where plain HTTP is asked (default 80)")
    .option("--origin-counter <url>", "the origin's log endpoint (default: the gate's)")
    .option("--direct-origin <url>", "the origin's own address, past the edge (default: the gate's)")
    .option("--concurrency <n>", "requests at a time (default 4)")
    .option("--rate <n>", "requests a second, or unlimited (default 20)")
    .option("--timeout <duration>", "for one answer (default 10s)")
    .option("--resolve <host:address...>", "connect there instead, as curl's --resolve")
    .option("--ca <file>", "PEM of a CA to trust as well")
    .action(bind(probe));

export async function probe(flags: Flags, world: World): Promise<Report> {
  const { gate, targets, keys, network, manners, findings } = await setUp(flags, world);
  const plan = planProbe(targets, {
    cases: listOf(flags.cases),
    methods: listOf(flags.methods)?.map((method) => method.toUpperCase()),
    routes: listOf(flags.routes),
    canSign: keys.signing !== undefined,
    hasRetiredKey: keys.retired !== undefined,
    httpPort: flags.httpPort === undefined ? undefined : Number(flags.httpPort),
  });
  let asked = 0;
  const { terminal } = world;
  const total = plan.requests.length;
  const answered = () => {
    asked += 1;
    // A log wants a few lines, a terminal one that moves.
    if (terminal.interactive || asked % 100 === 0) terminal.progress(`probing: ${asked} of ${total} asked`);
  };
  const counter = flags.originCounter ?? gate?.origin?.counterUrl;
  const run = await runProbe(
    plan,
    keys,
    counter,
    { network, manners, answered, signal: world.interrupt },
    world,
  );
  const report = probeReport(run);
  return { ...report, findings: [...report.findings, ...findings] };
}
