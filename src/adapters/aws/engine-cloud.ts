/** What `keyturn unattended` has deployed, through the AWS SDK: five clients, each loaded on first use. */

import { isError } from "../../errors.ts";
import type { CloudOptions } from "../../seams/cloud.ts";
import type { EngineCloud } from "../../seams/engine.ts";
import { awsCalls } from "./call.ts";
import { type CloudClientOptions, clientSettings } from "./client-settings.ts";

/** Makes no request. */
export async function awsEngineCloud(
  options: CloudOptions,
  clientOptions: CloudClientOptions,
): Promise<EngineCloud> {
  const settings = clientSettings(options, clientOptions);
  const { shared, region, profile, bounds, endpointOf } = settings;
  const calls = awsCalls({ ...clientOptions, profile, region, limits: bounds.limits });
  const configOf = (service: string) => ({
    ...shared,
    region,
    ...endpointOf(service),
  });
  const machines = once(async () => {
    const { sfnMachines } = await import("./engine-machines.ts");
    return sfnMachines(configOf("SFN"), bounds, calls);
  });
  return {
    where: endpointOf("SFN").endpoint ?? `AWS ${region ?? "(no region)"}`,
    machineArn: async (name) => (await machines()).arnOf(name),
    machine: async (name) => (await machines()).describe(name),
    executions: async (...what) => (await machines()).executions(...what),
    waitingWith: async (arn) => (await machines()).waitingWith(arn),
    ended: async (arn) => (await machines()).ended(arn),
    async lambda(name) {
      const { lambdaFunction } = await import("./engine-function.ts");
      return unlessMissing(lambdaFunction(name, configOf("LAMBDA"), bounds, calls));
    },
    async schedules(group) {
      const { schedulesOf } = await import("./engine-schedules.ts");
      return (await unlessMissing(schedulesOf(group, configOf("SCHEDULER"), bounds, calls))) ?? [];
    },
    async alarms(prefix) {
      const { alarmsNamed } = await import("./engine-alarms.ts");
      return alarmsNamed(prefix, configOf("CLOUDWATCH"), bounds, calls);
    },
    async topic(arn) {
      const { snsTopic } = await import("./engine-topic.ts");
      return unlessMissing(snsTopic(arn, configOf("SNS"), bounds, calls));
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if (!isError(thrown, "ERR_NOT_FOUND")) throw thrown;
    return undefined;
  }
}
