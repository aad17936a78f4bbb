/** What the roles of the machine and the schedules allow, compared with what the definition and the targets call. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StateMachine } from "../../src/unattended/state-machine.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const ONE = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");
const ARN = { lambda: "function", sns: "topic", states: "machine" } as const;

/**
 * The IAM action of each integration: Step Functions, "How Step Functions generates IAM policies for integrated
 * services".
 */
const INTEGRATIONS: Readonly<Record<string, string>> = {
  "sns:publish": "sns:Publish",
  "aws-sdk:sfn:listExecutions": "states:ListExecutions",
  "aws-sdk:sfn:startExecution": "states:StartExecution",
};
/** Step Functions, "Logging using CloudWatch Logs", without what only Express workflows need. */
const LOGGING = [
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
];

/** What the definition's tasks call, as `states:ListExecutions on machine`. */
function calledBy(machine: StateMachine): string[] {
  const called = Object.values(machine.States).flatMap((state) => {
    if (state.Type !== "Task") return [];
    if (state.Resource === "$\u007bFunctionArn}") return ["lambda:InvokeFunction on function"];
    const action = INTEGRATIONS[state.Resource.split(":states:::")[1] ?? ""];
    return [`${action} on ${ARN[action?.split(":")[0] as keyof typeof ARN]}`];
  });
  return [...new Set(called)].toSorted();
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What a policy allows, in the same form; `where` turns a reference to a resource into a word. */
function allowedBy(statements: readonly Statement[], where: (resource: unknown) => string): string[] {
  expect(statements.every(({ Effect }) => Effect === "Allow")).toBe(true);
  return statements
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${where(Resource)}`))
    .toSorted();
}

async function written(format: "cfn" | "terraform") {
  const world = memoryWorld({ files: { "keyturn.yaml": ONE } });
  await runCommand(words(`unattended template --format ${format} -o out`), world);
  const json = (name: string) => JSON.parse(world.files.text(`out/${name}`));
  return { machine: json("state-machine.asl.json") as StateMachine, json };
}

const logging = LOGGING.map((action) => `${action} on *`);

describe("the roles of the CloudFormation template", () => {
  const where = (resource: unknown): string => {
    if (resource === "*") return "*";
    const text = JSON.stringify(resource);
    if (/"Fn::GetAtt":\["Function","Arn"\]/.test(text)) return "function";
    if (text === '{"Ref":"Topic"}') return "topic";
    const own = text === '{"Ref":"Machine"}' || /"arn:[^"]*:states:[^"]*:stateMachine:keyturn"/.test(text);
    return own ? "machine" : text;
  };
  const policyOf = (role: { Properties: { Policies: { PolicyDocument: { Statement: Statement[] } }[] } }) =>
    role.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

  it("allow the machine exactly what its tasks call and its log needs", async () => {
    const { machine, json } = await written("cfn");
    const { MachineRole, Machine } = json("template.json").Resources;
    expect(Machine.Properties.LoggingConfiguration.Level).toBe("ALL");
    expect(allowedBy(policyOf(MachineRole), where)).toEqual([...calledBy(machine), ...logging].toSorted());
  });

  it("allow the schedules exactly what their targets call", async () => {
    const { Resources } = (await written("cfn")).json("template.json");
    const targets = Object.values(Resources as Record<string, { Type: string; Properties: never }>)
      .filter(({ Type }) => Type === "AWS::Scheduler::Schedule")
      .map(
        ({ Properties }) => (Properties as { Target: { Arn: { "Fn::Sub": string } } }).Target.Arn["Fn::Sub"],
      );
    const called = targets.map((arn) => `${INTEGRATIONS[arn.split(":scheduler:::")[1] ?? ""]} on machine`);
    expect([...new Set(called)]).toEqual(["states:StartExecution on machine"]);
    expect(allowedBy(policyOf(Resources.ScheduleRole), where)).toEqual([...new Set(called)]);
  });

  it.each([
    ["FunctionRole", "lambda.amazonaws.com", undefined],
    ["MachineRole", "states.amazonaws.com", { Ref: "AWS::AccountId" }],
    ["ScheduleRole", "scheduler.amazonaws.com", { Ref: "AWS::AccountId" }],
  ])("let %s be assumed only by %s", async (role, service, account) => {
    const { Resources } = (await written("cfn")).json("template.json");
    const { Statement: trust } = Resources[role].Properties.AssumeRolePolicyDocument;
    expect(trust).toHaveLength(1);
    expect(trust[0]).toMatchObject({ Principal: { Service: service }, Action: "sts:AssumeRole" });
    expect(trust[0].Condition?.StringEquals["aws:SourceAccount"]).toEqual(account);
  });
});

describe("the roles of the Terraform configuration", () => {
  const PLACES: Readonly<Record<string, string>> = {
    "aws_lambda_function.turn.arn": "function",
    "aws_sns_topic.people.arn": "topic",
    "local.machine_arn": "machine",
    "aws_sfn_state_machine.rotation.arn": "machine",
  };
  const where = (resource: unknown) => PLACES[String(resource).slice(2, -1)] ?? String(resource);

  it("allow the same as CloudFormation's", async () => {
    const { machine, json } = await written("terraform");
    const { aws_iam_role_policy: policies } = json("main.tf.json").resource;
    const allowed = (name: string) => allowedBy(JSON.parse(policies[name].policy).Statement, where);
    expect(allowed("machine")).toEqual([...calledBy(machine), ...logging].toSorted());
    expect(allowed("schedule")).toEqual(["states:StartExecution on machine"]);
  });
});
