/** The accounts of the gates in one file: one control plane each, and a vault per region. */
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import type { Cloud, CloudOptions, World } from "../seams.ts";
import { type AuditOptions, readAccountSnapshot } from "./audit.ts";
import type { AccountSnapshot } from "./checks/account.ts";
import type { ThrottledPool } from "./throttled-pool.ts";

type Needs = Pick<World, "cloud" | "env">;
type Flags = Pick<CloudOptions, "profile" | "region" | "endpointUrl">;

/** One snapshot for each profile that the gates name. */
export async function lookAtGates(
  asked: AuditOptions,
  flags: Flags,
  world: Needs,
  pool: ThrottledPool,
): Promise<AccountSnapshot[]> {
  const byProfile = new Map<string, Gate[]>();
  for (const gate of asked.gates) {
    const profile = cloudOptionsOf(flags, world.env, gate).profile ?? "";
    byProfile.set(profile, [...(byProfile.get(profile) ?? []), gate]);
  }
  const snapshots: AccountSnapshot[] = [];
  for (const gates of byProfile.values()) {
    const cloudOf = memoizedClouds(flags, world);
    const { controlPlane } = await cloudOf(gates[0] as Gate);
    const vaultOf = async (gate: Gate, region?: string) => (await cloudOf(gate, region)).vault;
    snapshots.push(await readAccountSnapshot({ ...asked, gates }, controlPlane, vaultOf, pool));
  }
  return snapshots;
}

/** One client per region, so that credentials are resolved once. */
function memoizedClouds(flags: Flags, world: Needs) {
  const clouds = new Map<string, Promise<Cloud>>();
  return (gate: Gate, region?: string): Promise<Cloud> => {
    const options = { ...cloudOptionsOf(flags, world.env, gate), ...(region !== undefined && { region }) };
    const name = options.region ?? "";
    const cloud = clouds.get(name) ?? world.cloud(options);
    clouds.set(name, cloud);
    return cloud;
  };
}
