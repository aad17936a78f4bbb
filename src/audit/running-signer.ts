/** Compares what production signers hand out with the gate: a test account logs in and mints cookies. */
import type { Finding } from "../finding.ts";
import { type Credentials, readCredentials } from "../probe/credentials.ts";
import type { Network } from "../probe/execute.ts";
import { executeFlow } from "../probe/flow.ts";
import { planFlow, urlsOfFlow } from "../probe/flow-plan.ts";
import { type NetworkFlags, networkOf, requireRequestedHosts } from "../probe/network-flags.ts";
import type { World } from "../seams.ts";
import type { GateSnapshot } from "./gate-snapshot.ts";

type Needs = Pick<World, "clock" | "files" | "interrupt" | "programs" | "viewer" | "terminal">;

/**
 * Key pair ID, TTL, domain, Resource and attributes of what the mint endpoints set; `credentials` is a file. Throws
 * ERR_USAGE when a gate does not say where to log in, ERR_UNREACHABLE when nothing answers there.
 */
export async function runningSignersFindings(
  snapshots: readonly GateSnapshot[],
  credentials: string,
  flags: NetworkFlags,
  world: Needs,
): Promise<Finding[]> {
  const network = await networkOf(flags, world);
  // Check every plan before the first login.
  const plans = snapshots.map(({ gate }) => planFlow(gate, { remint: false }));
  requireRequestedHosts(network, plans.flatMap(urlsOfFlow));
  const account = await readCredentials({ path: credentials }, world);
  const findings: Finding[] = [];
  for (const snapshot of snapshots) findings.push(...(await ofOne(snapshot, account, network, world)));
  return findings;
}

async function ofOne(
  { gate, secret }: GateSnapshot,
  account: Credentials,
  network: Network,
  world: Needs,
): Promise<Finding[]> {
  const plan = planFlow(gate, { remint: false });
  const keyPairId = secret.signing?.keyPairId;
  const { findings } = await executeFlow(plan, account, keyPairId, world, network, world.interrupt);
  return findings.map((finding) => ({
    ...finding,
    where: [`gate ${gate.name}`, finding.where].filter((part) => part !== undefined).join(", "),
  }));
}
