/**
 * A deployment as Terraform's JSON configuration. The state machine is a separate file, filled in by templatefile.
 * Pure.
 */
import {
  type Alarm,
  type Deployment,
  FUNCTION,
  MACHINE_LOG,
  RETENTION_DAYS,
  type Schedule,
} from "./deployment.ts";
import { assumeRolePolicy } from "./policy.ts";

type Json = { readonly [name: string]: unknown };

const expression = (text: string) => `\${${text}}`;
/** Escapes `%{` and `${`, which Terraform would otherwise read as its own templates. */
const literal = (text: string) => text.replaceAll("${", "$${").replaceAll("%{", "%%{");

export function terraformConfiguration(deployment: Deployment, packageFile: string): Json {
  const { name, schedules, alarms } = deployment;
  return {
    terraform: {
      required_version: ">= 1.5",
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.80" } },
    },
    variable: {
      email: {
        type: "string",
        default: "",
        description: "who gets email about halts, alarms and finished rotations; empty: nobody yet",
      },
      // A provider refuses runtimes that are newer than itself.
      runtime: {
        type: "string",
        default: deployment.runtime,
        description: "runtime of the function; an older provider may know only nodejs22.x",
      },
    },
    data: { aws_partition: { here: {} }, aws_caller_identity: { here: {} }, aws_region: { here: {} } },
    locals: {
      machine_arn: `arn:${expression("data.aws_partition.here.partition")}:states:${expression("data.aws_region.here.id")}:${expression("data.aws_caller_identity.here.account_id")}:stateMachine:${name}`,
    },
    resource: {
      aws_sns_topic: { people: { name, display_name: "keyturn" } },
      aws_sns_topic_subscription: {
        email: {
          count: expression('var.email == "" ? 0 : 1'),
          topic_arn: expression("aws_sns_topic.people.arn"),
          protocol: "email",
          endpoint: expression("var.email"),
        },
      },
      aws_cloudwatch_log_group: {
        function: { name: `/aws/lambda/${name}`, retention_in_days: RETENTION_DAYS },
        machine: { name: `${MACHINE_LOG.prefix}${name}`, retention_in_days: RETENTION_DAYS },
      },
      aws_iam_role: roles(),
      aws_iam_role_policy: policies(deployment),
      aws_lambda_function: { turn: lambda(deployment, packageFile) },
      aws_sfn_state_machine: { rotation: machine(deployment) },
      aws_scheduler_schedule_group: { keyturn: { name } },
      aws_scheduler_schedule: Object.fromEntries(schedules.map((each) => [each.key, schedule(each)])),
      aws_cloudwatch_metric_alarm: Object.fromEntries(alarms.map((each) => [each.key, alarm(each)])),
    },
    output: {
      state_machine_arn: { value: expression("aws_sfn_state_machine.rotation.arn") },
      topic_arn: { value: expression("aws_sns_topic.people.arn") },
      function_name: { value: expression("aws_lambda_function.turn.function_name") },
    },
  };
}

function roles(): Json {
  const trusting = (service: string) => ({
    assume_role_policy: JSON.stringify(
      assumeRolePolicy(service, expression("data.aws_caller_identity.here.account_id")),
    ),
  });
  return {
    function: trusting("lambda.amazonaws.com"),
    machine: trusting("states.amazonaws.com"),
    schedule: trusting("scheduler.amazonaws.com"),
  };
}

function policies({ policy }: Deployment): Json {
  const of = (role: string, name: string, Statement: readonly unknown[]) => ({
    name,
    role: expression(`aws_iam_role.${role}.id`),
    policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
  const allow = (Action: string | readonly string[], resource: string) => ({
    Effect: "Allow",
    Action,
    Resource: expression(resource),
  });
  return {
    function: of("function", "rotate", [
      ...policy,
      {
        Sid: "OwnLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${expression("aws_cloudwatch_log_group.function.arn")}:*`,
      },
    ]),
    machine: of("machine", "turn", [
      allow("lambda:InvokeFunction", "aws_lambda_function.turn.arn"),
      allow("sns:Publish", "aws_sns_topic.people.arn"),
      allow("states:ListExecutions", "local.machine_arn"),
      { Effect: "Allow", Action: MACHINE_LOG.actions, Resource: "*" },
    ]),
    schedule: of("schedule", "start", [allow("states:StartExecution", "aws_sfn_state_machine.rotation.arn")]),
  };
}

function lambda({ name, timeout }: Deployment, packageFile: string): Json {
  const path = `${expression("path.module")}/${packageFile}`;
  return {
    function_name: name,
    description: "One turn of a rotation by keyturn",
    runtime: expression("var.runtime"),
    architectures: [FUNCTION.architecture],
    handler: FUNCTION.handler,
    filename: path,
    source_code_hash: expression(`filebase64sha256("${path}")`),
    role: expression("aws_iam_role.function.arn"),
    memory_size: FUNCTION.memorySize,
    timeout,
    reserved_concurrent_executions: FUNCTION.reservedConcurrency,
    environment: { variables: { KEYTURN_DEPLOYMENT: name } },
    logging_config: { log_format: "Text", log_group: expression("aws_cloudwatch_log_group.function.name") },
    depends_on: ["aws_iam_role_policy.function"],
  };
}

function machine({ name }: Deployment): Json {
  const filled = [
    "FunctionArn = aws_lambda_function.turn.arn",
    "TopicArn = aws_sns_topic.people.arn",
    "Partition = data.aws_partition.here.partition",
  ];
  return {
    name,
    type: "STANDARD",
    role_arn: expression("aws_iam_role.machine.arn"),
    logging_configuration: {
      level: MACHINE_LOG.level,
      include_execution_data: MACHINE_LOG.includeExecutionData,
      log_destination: `${expression("aws_cloudwatch_log_group.machine.arn")}:*`,
    },
    definition: expression(
      `templatefile("${expression("path.module")}/state-machine.asl.json", { ${filled.join(", ")} })`,
    ),
    depends_on: ["aws_iam_role_policy.machine"],
  };
}

function schedule({ name, expression: when, description, executionName, input }: Schedule): Json {
  return {
    name,
    group_name: expression("aws_scheduler_schedule_group.keyturn.name"),
    description: literal(description),
    schedule_expression: when,
    flexible_time_window: { mode: "OFF" },
    target: {
      arn: `arn:${expression("data.aws_partition.here.partition")}:scheduler:::aws-sdk:sfn:startExecution`,
      role_arn: expression("aws_iam_role.schedule.arn"),
      input: JSON.stringify({
        StateMachineArn: expression("aws_sfn_state_machine.rotation.arn"),
        Name: executionName,
        Input: JSON.stringify(input),
      }),
      retry_policy: { maximum_retry_attempts: 10, maximum_event_age_in_seconds: 3600 },
    },
  };
}

const DEPLOYED = {
  Machine: expression("aws_sfn_state_machine.rotation.arn"),
  Function: expression("aws_lambda_function.turn.function_name"),
};

function alarm(each: Alarm): Json {
  const value = (of: Alarm["dimensions"][string]) => (typeof of === "string" ? of : DEPLOYED[of.of]);
  return {
    alarm_name: each.name,
    alarm_description: literal(each.description),
    namespace: each.namespace,
    metric_name: each.metric,
    dimensions: Object.fromEntries(Object.entries(each.dimensions).map(([key, of]) => [key, value(of)])),
    statistic: each.statistic,
    period: each.period,
    evaluation_periods: 1,
    threshold: each.threshold,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
    alarm_actions: [expression("aws_sns_topic.people.arn")],
    ok_actions: [expression("aws_sns_topic.people.arn")],
  };
}
