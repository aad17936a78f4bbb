/**
 * What a deployment is doing for gates right now, to show beside a rotation's status. It must not slow that down:
 * it answers within seconds, and anything unreadable counts as unknown.
 */

import { KeyturnError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { EngineCloud, ExecutionSummary } from "../seams/engine.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import { gatePart, gatePartOf } from "./execution-name.ts";
import { type DrivingExecution, drivingExecutionsOf, endedOf } from "./executions.ts";
import { DEFAULTS } from "./template-input.ts";

type Flags = Pick<CloudOptions, "profile" | "region" | "endpointUrl">;
type Needs = Pick<World, "engineCloud" | "env" | "clock">;
type GateScope = Pick<Gate, "profile" | "region"> | undefined;

const PATIENCE: Seconds = 3;

export const deploymentName = ({ KEYTURN_DEPLOYMENT }: World["env"]): string =>
  KEYTURN_DEPLOYMENT || DEFAULTS.name;

/** A deployment uses its own account's credentials, and assumes the gates' roles itself. */
export function engineOptions(flags: Flags, env: World["env"], gate: GateScope): CloudOptions {
  const { profile, region } = gate ?? {};
  return cloudOptionsOf(flags, env, { profile, region });
}

/** The executions that drive a gate, the earliest first; empty if there are none, undefined if that is unknown. */
export function drivingExecutionsNow(
  gate: string,
  declared: GateScope,
  flags: Flags,
  world: Needs,
): Promise<readonly DrivingExecution[] | undefined> {
  return ifReadable(declared, flags, world, async (engine, machineArn) =>
    drivingExecutionsOf(gate, await engine.executions(machineArn, { running: true }), engine),
  );
}

export interface ExecutionNow {
  readonly name: string;
  readonly state: "running" | "failed";
  readonly since: EpochSeconds;
}

/** For each gate: what is running, and what failed last. Reads each list once for all gates; empty if unknown. */
export function executionsNow(flags: Flags, world: Needs): (gate: Gate) => Promise<readonly ExecutionNow[]> {
  const lists = new Map<string, Promise<Lists | undefined>>();
  return async (gate) => {
    const place = JSON.stringify(engineOptions(flags, world.env, gate));
    const reading = lists.get(place) ?? ifReadable(gate, flags, world, readLists);
    lists.set(place, reading);
    const { running = [], newest = [] } = (await reading) ?? {};
    const [latest] = endedOf(gate.name, newest);
    return [
      ...running
        .filter(({ name }) => gatePartOf(name) === gatePart(gate.name))
        .map(({ name, startedAt }) => ({ name, state: "running" as const, since: startedAt })),
      // A later success has continued where it failed.
      ...(latest !== undefined && latest.status !== "SUCCEEDED"
        ? [{ name: latest.name, state: "failed" as const, since: latest.stoppedAt ?? latest.startedAt }]
        : []),
    ];
  };
}

interface Lists {
  readonly running: readonly ExecutionSummary[];
  readonly newest: readonly ExecutionSummary[];
}

async function readLists(engine: EngineCloud, machineArn: string): Promise<Lists> {
  const [running, newest] = await Promise.all([
    engine.executions(machineArn, { running: true }),
    engine.executions(machineArn, { newest: 1000 }),
  ]);
  return { running, newest };
}

async function ifReadable<T>(
  gate: GateScope,
  flags: Flags,
  { engineCloud, env, clock }: Needs,
  read: (engine: EngineCloud, machineArn: string) => Promise<T>,
): Promise<T | undefined> {
  // Credentials for a local cloud do not work on AWS.
  const isElsewhere = Boolean(env.AWS_ENDPOINT_URL_CLOUDFRONT) && !env.AWS_ENDPOINT_URL_SFN;
  if (isElsewhere && flags.endpointUrl === undefined) return undefined;
  const work = async () => {
    const engine = await engineCloud(engineOptions(flags, env, gate));
    const machineArn = await engine.machineArn(deploymentName(env));
    return machineArn === undefined ? undefined : read(engine, machineArn);
  };
  const over = clock.deadline?.(PATIENCE);
  const tooLate = new Promise<undefined>((resolve) => {
    over?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([
    work().catch((thrown: unknown) => {
      if (!(thrown instanceof KeyturnError)) throw thrown;
      return undefined;
    }),
    tooLate,
  ]);
}
