/** Compares the cookies of production signers with the gate: a test account logs in and mints cookies. */
import { isError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { type Credentials, type CredentialsSource, readCredentials } from "../probe/credentials.ts";
import type { Network } from "../probe/execute.ts";
import { executeFlow } from "../probe/flow.ts";
import { WITHOUT_LOGIN } from "../probe/flow-faults.ts";
import { canMint, planFlow, urlsOfFlow } from "../probe/flow-plan.ts";
import { type NetworkFlags, networkOf, requireRequestedHosts } from "../probe/network-flags.ts";
import type { World } from "../seams/world.ts";
import type { GateSnapshot } from "./gate-snapshot.ts";

type Needs = Pick<World, "clock" | "files" | "interrupt" | "programs" | "viewer" | "terminal">;

export interface RunningSignersResult {
  readonly findings: readonly Finding[];
  /** Every gate's mint endpoint was called. */
  readonly isComplete: boolean;
}

/**
 * Key pair ID, TTL, domain, Resource and attributes of the cookies that the mint endpoints set. `isImplied`: nobody asked
 * for it in this run, so gates without a login endpoint are left out, and a silent endpoint is only noted. Otherwise
 * throws ERR_USAGE for a gate without a login endpoint, ERR_UNREACHABLE if it does not answer.
 */
export async function askRunningSigners(
  all: readonly GateSnapshot[],
  { source, isImplied }: { readonly source: CredentialsSource; readonly isImplied: boolean },
  flags: NetworkFlags,
  world: Needs,
): Promise<RunningSignersResult> {
  const network = await networkOf(flags, world);
  const snapshots = isImplied ? all.filter(({ gate }) => canMint(gate)) : all;
  // Check every plan before the first login.
  const plans = snapshots.map(({ gate }) => planFlow(gate, { remint: false }));
  if (!isImplied) requireRequestedHosts(network, plans.flatMap(urlsOfFlow));
  const account = await readCredentials(source, world);
  const findings: Finding[] = [];
  let asked = 0;
  for (const snapshot of snapshots) {
    const notAsked = (why: string) =>
      world.terminal.note(`gate ${snapshot.gate.name}: its running signers were not tested: ${why}`);
    try {
      const found = await ofOne(snapshot, account, network, world);
      // The account may simply be another gate's.
      const refused = isImplied ? found.find(({ id }) => WITHOUT_LOGIN.has(id)) : undefined;
      if (refused !== undefined) {
        notAsked(refused.message);
        continue;
      }
      findings.push(...found);
      asked += 1;
    } catch (thrown) {
      if (!isImplied || !isError(thrown, "ERR_UNREACHABLE", "ERR_LOGIN_FILE")) throw thrown;
      notAsked(thrown.message);
    }
  }
  return { findings, isComplete: asked === all.length };
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
