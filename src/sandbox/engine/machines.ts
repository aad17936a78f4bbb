/** Step Functions' read calls (API Reference, 2016-11-23). */
import { type JsonObject, JsonRefusal, jsonService, pageByToken, requiredText } from "../json-wire.ts";
import type { DeployedEngine, StoredExecution } from "./deployed-engine.ts";

const MACHINE = "AWS::StepFunctions::StateMachine";

export function machinesService(engine: DeployedEngine) {
  const machineOf = (input: JsonObject) => {
    const arn = requiredText(input, "stateMachineArn");
    const found = engine.of(MACHINE).find((each) => each.arn === arn);
    if (found === undefined)
      throw new JsonRefusal("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
    return found;
  };
  const executionOf = (input: JsonObject) => {
    const arn = requiredText(input, "executionArn");
    const found = engine.executions.find((each) => each.arn === arn);
    if (found === undefined)
      throw new JsonRefusal("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return found;
  };
  return jsonService(
    "states",
    "AWSStepFunctions",
    {
      ListStateMachines: {
        members: ["maxResults", "nextToken"],
        run: (input) => {
          const machines = engine.of(MACHINE).map(({ arn, name, createdAt, properties }) => ({
            stateMachineArn: arn,
            name,
            type: properties.StateMachineType,
            creationDate: createdAt,
          }));
          return listed("stateMachines", machines, input);
        },
      },
      DescribeStateMachine: {
        members: ["stateMachineArn", "includedData"],
        run: (input) => {
          const machine = machineOf(input);
          const { properties, arn, name, createdAt } = machine;
          return {
            stateMachineArn: arn,
            name,
            status: "ACTIVE",
            definition: engine.definitionOf(machine),
            roleArn: properties.RoleArn,
            type: properties.StateMachineType,
            creationDate: createdAt,
            loggingConfiguration: loggingOf(properties.LoggingConfiguration),
            tracingConfiguration: { enabled: false },
          };
        },
      },
      ListExecutions: {
        members: ["stateMachineArn", "statusFilter", "maxResults", "nextToken", "mapRunArn", "redriveFilter"],
        run: (input) => {
          const { arn } = machineOf(input);
          const wanted = engine.executions.filter(
            ({ machineArn, status }) =>
              machineArn === arn && (input.statusFilter === undefined || status === input.statusFilter),
          );
          return listed("executions", wanted.map(summary), input);
        },
      },
      DescribeExecution: {
        members: ["executionArn", "includedData"],
        run: (given) => {
          const execution = executionOf(given);
          const { input, output, error, cause } = execution;
          return { ...summary(execution), input, output, error, cause };
        },
      },
      GetExecutionHistory: {
        members: ["executionArn", "maxResults", "reverseOrder", "nextToken", "includeExecutionData"],
        run: (input) => {
          const execution = executionOf(input);
          const { items, next } = pageByToken(historyOf(execution, input), input.nextToken, sizeOf(input));
          return { events: items, nextToken: next };
        },
      },
    },
    "1.0",
  );
}

/** Only the start and the current state; a rehearsal keeps nothing else. */
function historyOf(
  { startedAt, input, at }: StoredExecution,
  { reverseOrder = false }: JsonObject,
): JsonObject[] {
  const events: JsonObject[] = [
    {
      id: 1,
      previousEventId: 0,
      timestamp: startedAt,
      type: "ExecutionStarted",
      executionStartedEventDetails: { input },
    },
  ];
  if (at !== undefined) {
    const stateEnteredEventDetails = { name: at.state, input: at.input };
    const type = `${at.type}StateEntered`;
    events.push({ id: 2, previousEventId: 1, timestamp: startedAt, type, stateEnteredEventDetails });
  }
  return reverseOrder === true ? events.reverse() : events;
}

function summary({ arn, machineArn, name, status, startedAt, stoppedAt }: StoredExecution): JsonObject {
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: startedAt,
    stopDate: stoppedAt,
  };
}

/** In the API's spelling; CloudFormation's has capitals. */
function loggingOf(logging: unknown): JsonObject {
  if (logging === undefined) return { level: "OFF", includeExecutionData: false };
  const { Level, IncludeExecutionData, Destinations } = logging as {
    readonly Level: string;
    readonly IncludeExecutionData: boolean;
    readonly Destinations: readonly { readonly CloudWatchLogsLogGroup: { readonly LogGroupArn: string } }[];
  };
  return {
    level: Level,
    includeExecutionData: IncludeExecutionData,
    destinations: Destinations.map(({ CloudWatchLogsLogGroup: { LogGroupArn } }) => ({
      cloudWatchLogsLogGroup: { logGroupArn: LogGroupArn },
    })),
  };
}

/** 0, the default, means 100; at most 1000. */
function sizeOf({ maxResults = 0 }: JsonObject): number {
  const size = Number(maxResults);
  if (!Number.isInteger(size) || size < 0 || size > 1000)
    throw new JsonRefusal("ValidationException", "maxResults must be between 0 and 1000");
  return size === 0 ? 100 : size;
}

function listed(member: string, items: readonly JsonObject[], input: JsonObject): JsonObject {
  const page = pageByToken(items, input.nextToken, sizeOf(input));
  return { [member]: page.items, nextToken: page.next };
}
