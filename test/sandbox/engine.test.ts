/**
 * The sandbox's APIs for what is deployed, called with AWS's own clients, whose serializers and parsers must accept
 * them.
 */
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { sdkOverWire } from "../fakes/sdk-over-wire.ts";
import { type DeployedSite, deployedSite } from "../unattended/deployed-site.ts";

let site: DeployedSite;
let clients: ReturnType<typeof clientsOf>;
beforeAll(async () => {
  site = await deployedSite();
  clients = clientsOf(site);
});

function clientsOf({ site: { account } }: DeployedSite) {
  const settings = {
    region: account.region,
    endpoint: "http://sandbox.invalid",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    maxAttempts: 1,
    requestHandler: sdkOverWire(account.handler) as never,
  };
  return {
    machines: new SFNClient(settings),
    functions: new LambdaClient(settings),
    schedules: new SchedulerClient(settings),
    alarms: new CloudWatchClient(settings),
    topics: new SNSClient(settings),
  };
}

const arn = (service: string, path: string) =>
  `arn:aws:${service}:${site.site.account.region}:${site.site.account.accountId}:${path}`;

describe("Step Functions", () => {
  it("lists and describes the state machine, with the definition filled in", async () => {
    const { stateMachines } = await clients.machines.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([
      { name: "keyturn", stateMachineArn: arn("states", "stateMachine:keyturn"), type: "STANDARD" },
    ]);
    expect(stateMachines?.[0]?.creationDate).toEqual(new Date(site.clock.now() * 1000));
    const described = await clients.machines.send(
      new DescribeStateMachineCommand({ stateMachineArn: arn("states", "stateMachine:keyturn") }),
    );
    expect(described.status).toBe("ACTIVE");
    expect(described.roleArn).toMatch(/^arn:aws:iam::\d{12}:role\//);
    const definition = JSON.parse(described.definition ?? "");
    expect(definition.States.Turn.Resource).toBe(arn("lambda", "function:keyturn"));
    expect(described.definition).not.toContain("$\u007b");
  });

  it("pages and filters executions, and shows the input of a waiting one", async () => {
    const machine = arn("states", "stateMachine:keyturn");
    for (const count of [1, 2, 3]) site.ran(`demo_tick_${count}`, { output: `{"why":"${count}"}` });
    site.waits("demo_start_4", { why: "waiting" });
    const names: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await clients.machines.send(
        new ListExecutionsCommand({ stateMachineArn: machine, maxResults: 2, nextToken }),
      );
      names.push(...(page.executions ?? []).map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names).toEqual(["demo_start_4", "demo_tick_3", "demo_tick_2", "demo_tick_1"]);
    const running = await clients.machines.send(
      new ListExecutionsCommand({ stateMachineArn: machine, statusFilter: "RUNNING" }),
    );
    const [waiting] = running.executions ?? [];
    expect(waiting).toMatchObject({ name: "demo_start_4", status: "RUNNING" });
    expect(waiting).not.toHaveProperty("stopDate");
    const { events = [] } = await clients.machines.send(
      new GetExecutionHistoryCommand({ executionArn: waiting?.executionArn, reverseOrder: true }),
    );
    expect(events.map(({ type }) => type)).toEqual(["WaitStateEntered", "ExecutionStarted"]);
    expect(events[0]?.stateEnteredEventDetails).toEqual({ name: "Wait", input: '{"why":"waiting"}' });
    const ended = await clients.machines.send(
      new DescribeExecutionCommand({ executionArn: arn("states", "execution:keyturn:demo_tick_3") }),
    );
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: '{"why":"3"}' });
  });

  it.each([
    ["a machine", new DescribeStateMachineCommand({ stateMachineArn: "arn:x" }), "StateMachineDoesNotExist"],
    ["an execution", new DescribeExecutionCommand({ executionArn: "arn:x" }), "ExecutionDoesNotExist"],
    ["a page size", new ListStateMachinesCommand({ maxResults: 1001 }), "ValidationException"],
    ["a write", new StartExecutionCommand({ stateMachineArn: "arn:x" }), "UnknownOperationException"],
  ])("refuses %s that it does not know", async (_, command, name) => {
    await expect(clients.machines.send(command as ListStateMachinesCommand)).rejects.toMatchObject({ name });
  });
});

describe("Lambda", () => {
  it("shows the configuration, and concurrency separately", async () => {
    const found = await clients.functions.send(
      new GetFunctionConfigurationCommand({ FunctionName: "keyturn" }),
    );
    expect(found).toMatchObject({
      FunctionArn: arn("lambda", "function:keyturn"),
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Environment: { Variables: { KEYTURN_DEPLOYMENT: "keyturn" } },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/keyturn" },
      CodeSha256: site.engine.codeSha256,
      State: "Active",
    });
    expect(found).not.toHaveProperty("ReservedConcurrentExecutions");
    const { ReservedConcurrentExecutions } = await clients.functions.send(
      new GetFunctionConcurrencyCommand({ FunctionName: "keyturn" }),
    );
    expect(ReservedConcurrentExecutions).toBe(1);
  });

  it("does not know another function", async () => {
    await expect(
      clients.functions.send(new GetFunctionConfigurationCommand({ FunctionName: "other" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } });
  });
});

describe("EventBridge Scheduler", () => {
  it("lists a group's schedules, and shows one in full", async () => {
    const { Schedules } = await clients.schedules.send(new ListSchedulesCommand({ GroupName: "keyturn" }));
    expect(Schedules?.map(({ Name, State }) => [Name, State])).toEqual([
      ["keyturn-start-demo", "ENABLED"],
      ["keyturn-tick-demo", "ENABLED"],
    ]);
    const found = await clients.schedules.send(
      new GetScheduleCommand({ GroupName: "keyturn", Name: "keyturn-tick-demo" }),
    );
    expect(found).toMatchObject({
      ScheduleExpression: "rate(1 hour)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: "arn:aws:scheduler:::aws-sdk:sfn:startExecution" },
    });
    expect(JSON.parse(found.Target?.Input ?? "").StateMachineArn).toBe(arn("states", "stateMachine:keyturn"));
    expect(found.CreationDate).toEqual(new Date(site.clock.now() * 1000));
  });

  it.each([
    new ListSchedulesCommand({ GroupName: "other" }),
    new GetScheduleCommand({ GroupName: "keyturn", Name: "other" }),
  ])("does not know another group or schedule", async (command) => {
    await expect(clients.schedules.send(command as ListSchedulesCommand)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("CloudWatch", () => {
  it("finds alarms by name prefix, in pages", async () => {
    const first = await clients.alarms.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: "keyturn-", MaxRecords: 4 }),
    );
    const second = await clients.alarms.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: "keyturn-", NextToken: first.NextToken }),
    );
    const alarms = [...(first.MetricAlarms ?? []), ...(second.MetricAlarms ?? [])];
    expect(alarms).toHaveLength(6);
    expect(alarms.find(({ AlarmName }) => AlarmName === "keyturn-ExecutionsFailed")).toMatchObject({
      Dimensions: [{ Name: "StateMachineArn", Value: arn("states", "stateMachine:keyturn") }],
      AlarmActions: [arn("sns", "keyturn")],
      StateValue: "INSUFFICIENT_DATA",
      ActionsEnabled: true,
    });
    const none = await clients.alarms.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "other-" }));
    expect(none.MetricAlarms).toEqual([]);
  });
});

describe("SNS", () => {
  it("counts subscriptions", async () => {
    const { Attributes } = await clients.topics.send(
      new GetTopicAttributesCommand({ TopicArn: arn("sns", "keyturn") }),
    );
    expect(Attributes).toMatchObject({ SubscriptionsConfirmed: "1", SubscriptionsPending: "0" });
    await expect(
      clients.topics.send(new GetTopicAttributesCommand({ TopicArn: arn("sns", "other") })),
    ).rejects.toMatchObject({ name: "NotFoundException" });
  });
});

it("refuses to deploy a template with anything it cannot read", async () => {
  const { engine } = site;
  const deploy = (change: (template: never) => void) => {
    const template = JSON.parse(site.world.files.text("deployed/template.json"));
    change(template as never);
    return () => engine.deploy(JSON.stringify(template), { codeSha256: "" });
  };
  type Template = { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const changed = (type: string, properties: Record<string, unknown>) =>
    deploy(({ Resources }: Template) => {
      Resources.More = { Type: type, Properties: properties };
    });
  expect(changed("AWS::S3::Bucket", {})).toThrow("AWS::S3::Bucket is not known");
  expect(changed("AWS::SNS::Topic", { TopicName: { Ref: "Nowhere" } })).toThrow("Nowhere is not in");
  expect(changed("AWS::SNS::Topic", { DisplayName: { "Fn::Join": [] } })).toThrow("Fn::Join is not known");
});

it("lets another program deploy a folder through its control endpoint", async () => {
  const { apiControl } = await import("../../src/sandbox/api-control.ts");
  const { account } = site.site;
  const { deployment } = apiControl(account);
  const world = memoryWorld({ files: { "keyturn.yaml": site.site.gateYaml } });
  await runCommand(words("unattended template -o out"), world);
  const post = (target: string) =>
    deployment?.({
      method: "POST",
      scheme: "http",
      target,
      headers: {},
      body: Buffer.from(world.files.text("out/template.json")),
      remoteAddress: "127.0.0.1",
    });
  expect((await post("/_sandbox/deployment"))?.status).toBe(400);
  expect((await post(`/_sandbox/deployment?sha256=${"ab".repeat(32)}`))?.status).toBe(200);
  expect(Buffer.from(site.engine.codeSha256, "base64").toString("hex")).toBe("ab".repeat(32));
});
