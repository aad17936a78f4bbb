/** EventBridge Scheduler's schedules through the SDK. */
import {
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type SchedulerClientConfig,
} from "@aws-sdk/client-scheduler";
import type { DeployedSchedule } from "../../seams/engine.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";
import type { CallName } from "./errors.ts";

/** A group's schedules, sorted by name. Throws ERR_NOT_FOUND if there is no such group. */
export async function schedulesOf(
  group: string,
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
): Promise<DeployedSchedule[]> {
  const client = new SchedulerClient(config as SchedulerClientConfig);
  boundExchanges(client, { ...bounds, by: "EventBridge Scheduler" });
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await read(call("ListSchedules", `schedule group ${group}`), (options) =>
      client.send(new ListSchedulesCommand({ GroupName: group, NextToken }), options),
    );
    names.push(...(page.Schedules ?? []).map(({ Name }) => Name ?? ""));
    NextToken = page.NextToken || undefined;
  } while (NextToken !== undefined);
  // One after the other: this API lets few requests a second through.
  const schedules: DeployedSchedule[] = [];
  for (const name of names) {
    const found = await read(call("GetSchedule", `schedule ${name}`), (options) =>
      client.send(new GetScheduleCommand({ GroupName: group, Name: name }), options),
    );
    const { Arn = "", RoleArn = "", Input = "" } = found.Target ?? {};
    schedules.push({
      name,
      expression: found.ScheduleExpression ?? "",
      state: found.State ?? "ENABLED",
      createdAt: (found.CreationDate?.getTime() ?? 0) / 1000,
      target: { arn: Arn, role: RoleArn, input: Input },
    });
  }
  return schedules;
}

const call = (operation: string, subject: string): CallName => ({
  action: `scheduler:${operation}`,
  subject,
  role: "deployment-reader",
});
