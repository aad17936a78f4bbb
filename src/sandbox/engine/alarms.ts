/** CloudWatch's DescribeAlarms over JSON 1.0 (API Reference, 2010-08-01). */
import { JsonRefusal, jsonService, pageByToken } from "../json-wire.ts";
import type { DeployedEngine, DeployedResource } from "./deployed-engine.ts";

export function alarmsService(engine: DeployedEngine) {
  return jsonService(
    "monitoring",
    "GraniteServiceVersion20100801",
    {
      DescribeAlarms: {
        members: ["AlarmNames", "AlarmNamePrefix", "AlarmTypes", "StateValue", "MaxRecords", "NextToken"],
        run: ({ AlarmNamePrefix = "", AlarmNames, AlarmTypes, StateValue, MaxRecords = 50, NextToken }) => {
          if (AlarmNames !== undefined && AlarmNamePrefix !== "")
            throw new JsonRefusal(
              "InvalidParameterCombination",
              "AlarmNames and AlarmNamePrefix exclude each other",
            );
          const isMetric = AlarmTypes === undefined || (AlarmTypes as string[]).includes("MetricAlarm");
          const wanted = engine
            .of("AWS::CloudWatch::Alarm")
            .filter(({ name }) => isMetric && name.startsWith(String(AlarmNamePrefix)))
            .filter(({ name }) => AlarmNames === undefined || (AlarmNames as string[]).includes(name))
            .map((alarm) => described(alarm, engine))
            .filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue);
          const { items, next } = pageByToken(wanted, NextToken, Number(MaxRecords));
          return { MetricAlarms: items, CompositeAlarms: [], NextToken: next };
        },
      },
    },
    "1.0",
  );
}

function described(alarm: DeployedResource, engine: DeployedEngine) {
  const { value, reason, since } = engine.alarmState(alarm);
  const { ActionsEnabled = true, ...own } = alarm.properties;
  return {
    ...own,
    ActionsEnabled,
    AlarmArn: alarm.arn,
    InsufficientDataActions: [],
    StateValue: value,
    StateReason: reason,
    StateUpdatedTimestamp: since,
    AlarmConfigurationUpdatedTimestamp: alarm.createdAt,
  };
}
