/** Everything that AWS shows about a deployment, as one value. Reads only. */
import type {
  DeployedAlarm,
  DeployedFunction,
  DeployedMachine,
  DeployedSchedule,
  DeployedTopic,
  EngineCloud,
} from "../seams/engine.ts";

export interface DeployedParts {
  readonly function: DeployedFunction | undefined;
  readonly machine: DeployedMachine | undefined;
  readonly schedules: readonly DeployedSchedule[];
  readonly alarms: readonly DeployedAlarm[];
  readonly topic: DeployedTopic | undefined;
}

/** Throws what the calls throw; missing parts are undefined or absent from their list. */
export async function readDeployed(name: string, engine: EngineCloud): Promise<DeployedParts> {
  const [found, machine, schedules, alarms] = await Promise.all([
    engine.lambda(name),
    engine.machine(name),
    engine.schedules(name),
    engine.alarms(`${name}-`),
  ]);
  const place = deploymentLocation([found?.arn, machine?.arn, ...schedules.map(({ target }) => target.role)]);
  // A topic can only be looked up by ARN.
  const topic = place && (await engine.topic(topicArn(place, name)));
  return { function: found, machine, schedules, alarms, topic };
}

export interface DeploymentScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Taken from the first ARN that names a region. */
export function deploymentLocation(arns: readonly (string | undefined)[]): DeploymentScope | undefined {
  for (const arn of arns) {
    const [, partition = "", , region = "", account = ""] = arn?.split(":") ?? [];
    if (region !== "") return { partition, region, account };
  }
  return undefined;
}

export const topicArn = ({ partition, region, account }: DeploymentScope, name: string): string =>
  `arn:${partition}:sns:${region}:${account}:${name}`;
