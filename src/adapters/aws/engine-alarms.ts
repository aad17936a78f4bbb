/** CloudWatch's metric alarms through the SDK. */
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import type { DeployedAlarm } from "../../seams/engine.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";

export async function alarmsNamed(
  prefix: string,
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
): Promise<DeployedAlarm[]> {
  const client = new CloudWatchClient(config as CloudWatchClientConfig);
  boundExchanges(client, { ...bounds, by: "CloudWatch" });
  const name = {
    action: "cloudwatch:DescribeAlarms",
    subject: `alarms ${prefix}*`,
    role: "deployment-reader",
  } as const;
  const alarms: DeployedAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const input = { AlarmNamePrefix: prefix, AlarmTypes: ["MetricAlarm" as const], NextToken };
    const page = await read(name, (options) => client.send(new DescribeAlarmsCommand(input), options));
    alarms.push(...(page.MetricAlarms ?? []).map(alarmOf));
    NextToken = page.NextToken || undefined;
  } while (NextToken !== undefined);
  return alarms;
}

function alarmOf(found: MetricAlarm): DeployedAlarm {
  return {
    name: found.AlarmName ?? "",
    state: found.StateValue ?? "",
    reason: found.StateReason ?? "",
    since: (found.StateUpdatedTimestamp?.getTime() ?? 0) / 1000,
    actionsEnabled: found.ActionsEnabled ?? true,
    actions: found.AlarmActions ?? [],
    namespace: found.Namespace ?? "",
    metric: found.MetricName ?? "",
    dimensions: Object.fromEntries(
      (found.Dimensions ?? []).map(({ Name, Value }) => [Name ?? "", Value ?? ""]),
    ),
    statistic: found.Statistic ?? "",
    period: found.Period ?? 0,
    threshold: found.Threshold ?? 0,
  };
}
