/** State machines and their executions through the SDK. */
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  type SFNClientConfig,
} from "@aws-sdk/client-sfn";
import { isError } from "../../errors.ts";
import type { DeployedMachine, ExecutionEnd, ExecutionSummary } from "../../seams/engine.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";
import type { CallName } from "./errors.ts";

/** ListExecutions takes no more. */
const PAGE = 1000;
/** The last events of an execution: enough to hold the state that it is in. */
const LAST_EVENTS = 4;

export function sfnMachines(config: object, bounds: Omit<Bounds, "by">, { read }: AwsCalls) {
  const client = new SFNClient(config as SFNClientConfig);
  boundExchanges(client, { ...bounds, by: "Step Functions" });

  async function arnOf(name: string): Promise<string | undefined> {
    let nextToken: string | undefined;
    do {
      const page = await read(call("ListStateMachines", "state machines"), (options) =>
        client.send(new ListStateMachinesCommand({ nextToken, maxResults: PAGE }), options),
      );
      const found = page.stateMachines?.find((each) => each.name === name);
      if (found !== undefined) return found.stateMachineArn;
      nextToken = page.nextToken || undefined;
    } while (nextToken !== undefined);
    return undefined;
  }

  async function describe(name: string): Promise<DeployedMachine | undefined> {
    const arn = await arnOf(name);
    if (arn === undefined) return undefined;
    try {
      const found = await read(call("DescribeStateMachine", `state machine ${name}`), (options) =>
        client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }), options),
      );
      const { status = "ACTIVE", type = "", definition = "", roleArn = "" } = found;
      const { level = "OFF", destinations = [] } = found.loggingConfiguration ?? {};
      const logGroup = destinations[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? "";
      return { arn, status, type, definition, role: roleArn, logLevel: level, logGroup };
    } catch (thrown) {
      if (!isError(thrown, "ERR_NOT_FOUND")) throw thrown;
      return undefined;
    }
  }

  async function executions(
    machineArn: string,
    which: { readonly running: true } | { readonly newest: number },
  ): Promise<ExecutionSummary[]> {
    const all: ExecutionSummary[] = [];
    const isRunning = "running" in which;
    const most = isRunning ? Number.POSITIVE_INFINITY : which.newest;
    let nextToken: string | undefined;
    do {
      const input = {
        stateMachineArn: machineArn,
        statusFilter: isRunning ? ("RUNNING" as const) : undefined,
        maxResults: Math.min(PAGE, most - all.length),
        nextToken,
      };
      const page = await read(call("ListExecutions", `state machine ${lastPart(machineArn)}`), (options) =>
        client.send(new ListExecutionsCommand(input), options),
      );
      all.push(...(page.executions ?? []).map(summaryOf));
      nextToken = page.nextToken || undefined;
    } while (nextToken !== undefined && all.length < most);
    return all;
  }

  return {
    arnOf,
    describe,
    executions,
    async waitingWith(executionArn: string): Promise<string | undefined> {
      const input = {
        executionArn,
        reverseOrder: true,
        includeExecutionData: true,
        maxResults: LAST_EVENTS,
      };
      const { events = [] } = await read(
        call("GetExecutionHistory", `execution ${lastPart(executionArn)}`),
        (options) => client.send(new GetExecutionHistoryCommand(input), options),
      );
      const [latest] = events;
      return latest?.type === "WaitStateEntered" ? latest.stateEnteredEventDetails?.input : undefined;
    },
    async ended(executionArn: string): Promise<ExecutionEnd> {
      const { output, error, cause } = await read(
        call("DescribeExecution", `execution ${lastPart(executionArn)}`),
        (options) => client.send(new DescribeExecutionCommand({ executionArn }), options),
      );
      return { output, error, cause };
    },
  };
}

function summaryOf({
  executionArn = "",
  name = "",
  status,
  startDate,
  stopDate,
}: ExecutionListItem): ExecutionSummary {
  return {
    arn: executionArn,
    name,
    status: status ?? "",
    startedAt: (startDate?.getTime() ?? 0) / 1000,
    stoppedAt: stopDate && stopDate.getTime() / 1000,
  };
}

const lastPart = (arn: string) => arn.slice(arn.lastIndexOf(":") + 1);

const call = (operation: string, subject: string): CallName => ({
  action: `states:${operation}`,
  subject,
  role: "deployment-reader",
  meanings: { StateMachineDoesNotExist: "ERR_NOT_FOUND", ExecutionDoesNotExist: "ERR_NOT_FOUND" },
});
