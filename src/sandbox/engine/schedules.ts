/** EventBridge Scheduler's read calls (API Reference, 2021-06-30). */
import { JsonRefusal, pageByToken } from "../json-wire.ts";
import { restJsonService } from "../rest-json-wire.ts";
import type { DeployedEngine, DeployedResource } from "./deployed-engine.ts";

export function schedulesService(engine: DeployedEngine) {
  const ofGroup = (group: string) =>
    engine.of("AWS::Scheduler::Schedule").filter(({ properties }) => properties.GroupName === group);
  const shown = ({ name, createdAt, properties }: DeployedResource) => ({
    Arn: `arn:aws:scheduler:::schedule/${String(properties.GroupName)}/${name}`,
    Name: name,
    GroupName: properties.GroupName,
    State: properties.State ?? "ENABLED",
    CreationDate: createdAt,
    LastModificationDate: createdAt,
  });
  return restJsonService("scheduler", {
    ListSchedules: {
      method: "GET",
      path: /^\/schedules\/?$/,
      labels: [],
      query: ["ScheduleGroup", "NamePrefix", "State", "MaxResults", "NextToken"],
      run: ({ ScheduleGroup = "default", NamePrefix = "", State, MaxResults = "100", NextToken }) => {
        const isKnown = engine.of("AWS::Scheduler::ScheduleGroup").some(({ name }) => name === ScheduleGroup);
        if (!isKnown && ScheduleGroup !== "default") throw missing(`Schedule group ${ScheduleGroup}`);
        const wanted = ofGroup(ScheduleGroup)
          .filter(({ name }) => name.startsWith(NamePrefix))
          .map((each) => ({ ...shown(each), Target: { Arn: targetOf(each).Arn } }))
          .filter((each) => State === undefined || each.State === State);
        const { items, next } = pageByToken(wanted, NextToken, Number(MaxResults));
        return { Schedules: items, NextToken: next };
      },
    },
    GetSchedule: {
      method: "GET",
      path: /^\/schedules\/([^/]+)$/,
      labels: ["Name"],
      query: ["groupName"],
      run: ({ Name = "", groupName = "default" }) => {
        const found = ofGroup(groupName).find(({ name }) => name === Name);
        if (found === undefined) throw missing(`Schedule ${Name}`);
        const { GroupName: _, Name: __, ...own } = found.properties;
        return { ...own, ...shown(found) };
      },
    },
  });
}

const targetOf = ({ properties }: DeployedResource) => properties.Target as { readonly Arn: string };

const missing = (what: string) =>
  new JsonRefusal("ResourceNotFoundException", `${what} does not exist.`, 404);
