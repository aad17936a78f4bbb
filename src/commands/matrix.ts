/** `keyturn matrix`: who enforces what, declared and observed. */
import { Command } from "commander";
import { runChecks } from "../audit/check.ts";
import { MISSING_CHECKS } from "../audit/checks/declaration.ts";
import type { GateSnapshot } from "../audit/gate-snapshot.ts";
import { snapshotGates } from "../audit/gate-snapshots.ts";
import { enforcementMatrix } from "../audit/matrix.ts";
import { type ProbeEvidence, probeEvidence } from "../audit/probe-evidence.ts";
import { createThrottledPool } from "../audit/throttled-pool.ts";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { InternalError } from "../errors.ts";
import { refuseOtherAccount } from "../gates/account.ts";
import { chooseGate, openGates } from "../gates/open.ts";
import { type NetworkFlags, requireRequestedHosts } from "../probe/network-flags.ts";
import { type MatrixResult, matrixReport } from "../report/matrix.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";

interface Flags extends NetworkFlags, GlobalFlags {
  readonly probe?: boolean;
  readonly markdown?: boolean;
}

export const matrixCommand = (bind: Bind) =>
  new Command("matrix")
    .option("--probe", "also probe the gate, and show the results next to the settings")
    .option("--markdown", "print Markdown on a terminal too, as for a pipe or a file")
    .option("--rate <n>", "requests per second of the probe, or unlimited (default: 20)")
    .option("--resolve <host:address...>", "connect there, like curl's --resolve")
    .option("--ca <file>", "additional CA to trust, PEM")
    .action(bind(matrix));

export async function matrix(flags: Flags, world: World): Promise<Report<MatrixResult>> {
  const file = await openGates(flags, world);
  const gate = chooseGate(file, flags.gate ?? (world.env.KEYTURN_GATE || undefined));
  const options = { gates: [gate], allGates: [...file.gates.values()], wholeAccount: false };
  const { accounts } = await snapshotGates(options, flags, world, () => createThrottledPool(world));
  const snapshot = accounts[0]?.snapshots[0];
  if (snapshot === undefined) throw new InternalError("ERR_INTERNAL", "the requested gate was not checked");
  // A page about another account would be kept as evidence.
  for (const arn of arnsOf(snapshot)) refuseOtherAccount(gate, arn);
  const evidence = flags.probe ? await probeGate({ ...flags, gate: gate.name }, world) : undefined;
  const missing = runChecks(MISSING_CHECKS, snapshot, `gate ${gate.name}`);
  return matrixReport(enforcementMatrix(snapshot, evidence), missing, flags.markdown);
}

function arnsOf({ secret, distributions }: GateSnapshot): string[] {
  const arns = [secret.description?.arn, ...distributions.map(({ arn }) => arn)];
  return arns.filter((arn) => arn !== undefined);
}

/** The same requests as `keyturn probe --gate`, judged the same way. */
async function probeGate(flags: Flags, world: World): Promise<ProbeEvidence> {
  const { setUp } = await import("../probe/setup.ts");
  const { planProbe } = await import("../probe/plan.ts");
  const { runProbe, urlsOfOrigin } = await import("../probe/run.ts");
  const { gate, targets, keys, network, rateLimit } = await setUp(flags, world);
  const plan = planProbe(targets, {
    canSign: keys.signing !== undefined,
    hasRetiredKey: false,
    cases: undefined,
    methods: undefined,
    routes: undefined,
    httpPort: undefined,
  });
  const origin = { counterUrl: gate?.origin?.counterUrl, directUrl: gate?.origin?.url };
  requireRequestedHosts(network, [...plan.requests.map(({ url }) => url), ...urlsOfOrigin(origin)]);
  const run = await runProbe(plan, keys, origin, { network, rateLimit, signal: world.interrupt }, world);
  return probeEvidence(run, world.clock.now());
}
