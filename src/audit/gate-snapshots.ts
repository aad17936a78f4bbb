/** The accounts of the gates in one file: one control plane each, and a vault per region. */
import { InternalError, KeyturnError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { cloudName, cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import type { Cloud, CloudOptions } from "../seams/cloud.ts";
import type { LogDelivery } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import { type AuditOptions, readAccountSnapshot } from "./audit.ts";
import type { AccountSnapshot } from "./checks/account.ts";
import type { ThrottledPool } from "./throttled-pool.ts";

type Needs = Pick<World, "cloud" | "logCloud" | "env" | "interrupt">;
type Flags = Pick<CloudOptions, "profile" | "region" | "endpointUrl">;

export interface GateSnapshots {
  readonly accounts: readonly AccountSnapshot[];
  /** Gates whose account could not be read. */
  readonly unread: readonly { readonly gate: Gate; readonly error: KeyturnError }[];
}

/**
 * One snapshot for each account that the gates name, by profile and role, side by side. Throws only if none could be
 * read, or after an interrupt.
 */
export async function snapshotGates(
  options: AuditOptions,
  flags: Flags,
  world: Needs,
  newPool: () => ThrottledPool,
): Promise<GateSnapshots> {
  const byAccount = new Map<string, Gate[]>();
  for (const gate of options.gates) {
    const name = cloudName({ ...cloudOptionsOf(flags, world.env, gate), region: undefined });
    byAccount.set(name, [...(byAccount.get(name) ?? []), gate]);
  }
  const looked = await Promise.all(
    [...byAccount.values()].map(async (gates): Promise<GateSnapshots> => {
      try {
        const cloudOf = memoizedClouds(flags, world);
        const { controlPlane } = await cloudOf(gates[0] as Gate);
        const vaultOf = async (gate: Gate, region?: string) => (await cloudOf(gate, region)).vault;
        // AWS throttles each account separately.
        const read = await readAccountSnapshot(
          { ...options, gates },
          controlPlane,
          vaultOf,
          newPool(),
          deliveriesBy(cloudOptionsOf(flags, world.env, gates[0]), world),
        );
        return { accounts: [read], unread: [] };
      } catch (thrown) {
        if (!(thrown instanceof KeyturnError) || thrown instanceof InternalError) throw thrown;
        return { accounts: [], unread: gates.map((gate) => ({ gate, error: thrown })) };
      }
    }),
  );
  world.interrupt.throwIfAborted();
  const accounts = looked.flatMap((each) => each.accounts);
  const unread = looked.flatMap((each) => each.unread);
  if (accounts.length === 0 && unread[0] !== undefined) throw unread[0].error;
  return { accounts, unread };
}

/** A gate of an account that could not be read. */
export function unreadGateFinding({ gate, error }: GateSnapshots["unread"][number]): Finding {
  return {
    id: "gate-unreadable",
    severity: "error",
    message: `gate ${gate.name} cannot be read: ${error.message}`,
    basis: "observed",
    evidence: [error.code],
    remedy: error.hints[0] ?? `keyturn audit --gate ${gate.name}`,
    where: `gate ${gate.name}`,
  };
}

/** Read at most once per account, and only if needed. */
function deliveriesBy(options: CloudOptions, { logCloud }: Pick<World, "logCloud">) {
  let deliveries: Promise<readonly LogDelivery[]> | undefined;
  return () => {
    deliveries ??= logCloud(options).then((logs) => logs.deliveries());
    return deliveries;
  };
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
