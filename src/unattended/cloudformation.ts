/** A deployment as a CloudFormation template, in JSON. Pure. */
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

const sub = (text: string): Json => ({ "Fn::Sub": text });
const arnOf = (resource: string): Json => ({ "Fn::GetAtt": [resource, "Arn"] });
const ref = (name: string): Json => ({ Ref: name });
/** For use within Fn::Sub. */
const inText = (name: string) => `\${${name}}`;
const PARTITION = inText("AWS::Partition");
/** Built from the name: the machine's own role needs it, and a reference would be circular. */
const machineArn = (name: string) =>
  sub(`arn:${PARTITION}:states:${inText("AWS::Region")}:${inText("AWS::AccountId")}:stateMachine:${name}`);

/** `codeKey`: the package's object key in the deployment's bucket. */
export function cloudFormationTemplate(deployment: Deployment, codeKey: string): Json {
  const { name, schedules, alarms } = deployment;
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Rotates the signing keys of CloudFront gates: keyturn, deployment ${name}`,
    Parameters: {
      CodeBucket: {
        Type: "String",
        Description: "S3 bucket in this region that holds the function's package",
      },
      CodeKey: {
        Type: "String",
        Default: codeKey,
        Description: "its object key there, named after its content",
      },
      Email: {
        Type: "String",
        Default: "",
        Description: "who gets email about halts, alarms and finished rotations; empty: nobody yet",
      },
    },
    Conditions: { HasEmail: { "Fn::Not": [{ "Fn::Equals": [ref("Email"), ""] }] } },
    Resources: {
      Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: name, DisplayName: "keyturn" } },
      Subscription: {
        Type: "AWS::SNS::Subscription",
        Condition: "HasEmail",
        Properties: { TopicArn: ref("Topic"), Protocol: "email", Endpoint: ref("Email") },
      },
      ...functionResources(deployment),
      ...machineResources(deployment),
      ScheduleRole: role("scheduler.amazonaws.com", "start", [
        { Effect: "Allow", Action: "states:StartExecution", Resource: ref("Machine") },
      ]),
      ScheduleGroup: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: name } },
      ...Object.fromEntries(schedules.map((each) => [each.key, schedule(each)])),
      ...Object.fromEntries(alarms.map((each) => [`Alarm${each.key}`, alarm(each)])),
    },
    Outputs: {
      StateMachineArn: {
        Value: ref("Machine"),
      },
      TopicArn: { Value: ref("Topic") },
      FunctionName: { Value: ref("Function") },
    },
  };
}

function role(service: string, policyName: string, statements: readonly unknown[]): Json {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: assumeRolePolicy(service, ref("AWS::AccountId")),
      Policies: [
        { PolicyName: policyName, PolicyDocument: { Version: "2012-10-17", Statement: statements } },
      ],
    },
  };
}

function logGroup(name: string): Json {
  return {
    Type: "AWS::Logs::LogGroup",
    // A second deployment with this name could not take over leftovers of the first.
    DeletionPolicy: "Delete",
    UpdateReplacePolicy: "Delete",
    Properties: { LogGroupName: name, RetentionInDays: RETENTION_DAYS },
  };
}

function functionResources({ name, runtime, timeout, policy }: Deployment): Json {
  return {
    FunctionLog: logGroup(`/aws/lambda/${name}`),
    FunctionRole: role("lambda.amazonaws.com", "rotate", [
      ...policy,
      {
        Sid: "OwnLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: arnOf("FunctionLog"),
      },
    ]),
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: name,
        Description: "One turn of a rotation by keyturn",
        Runtime: runtime,
        Architectures: [FUNCTION.architecture],
        Handler: FUNCTION.handler,
        Code: { S3Bucket: ref("CodeBucket"), S3Key: ref("CodeKey") },
        Role: arnOf("FunctionRole"),
        MemorySize: FUNCTION.memorySize,
        Timeout: timeout,
        ReservedConcurrentExecutions: FUNCTION.reservedConcurrency,
        Environment: { Variables: { KEYTURN_DEPLOYMENT: name } },
        LoggingConfig: { LogFormat: "Text", LogGroup: ref("FunctionLog") },
      },
    },
  };
}

function machineResources({ name, machine }: Deployment): Json {
  return {
    MachineLog: logGroup(`${MACHINE_LOG.prefix}${name}`),
    MachineRole: role("states.amazonaws.com", "turn", [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: arnOf("Function") },
      { Effect: "Allow", Action: "sns:Publish", Resource: ref("Topic") },
      { Effect: "Allow", Action: "states:ListExecutions", Resource: machineArn(name) },
      { Effect: "Allow", Action: MACHINE_LOG.actions, Resource: "*" },
    ]),
    Machine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        StateMachineName: name,
        StateMachineType: "STANDARD",
        RoleArn: arnOf("MachineRole"),
        Definition: machine,
        DefinitionSubstitutions: {
          FunctionArn: arnOf("Function"),
          TopicArn: ref("Topic"),
          Partition: ref("AWS::Partition"),
        },
        LoggingConfiguration: {
          Level: MACHINE_LOG.level,
          IncludeExecutionData: MACHINE_LOG.includeExecutionData,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf("MachineLog") } }],
        },
      },
    },
  };
}

function schedule({ name, expression, description, executionName, input }: Schedule): Json {
  return {
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      Name: name,
      GroupName: ref("ScheduleGroup"),
      Description: description,
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        // The universal target, since only it can name an execution.
        Arn: sub(`arn:${PARTITION}:scheduler:::aws-sdk:sfn:startExecution`),
        RoleArn: arnOf("ScheduleRole"),
        Input: {
          "Fn::Sub": JSON.stringify({
            StateMachineArn: inText("Machine"),
            Name: executionName,
            Input: JSON.stringify(input),
          }),
        },
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
      },
    },
  };
}

function alarm(each: Alarm): Json {
  const value = (of: Alarm["dimensions"][string]) => (typeof of === "string" ? of : ref(of.of));
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmName: each.name,
      AlarmDescription: each.description,
      Namespace: each.namespace,
      MetricName: each.metric,
      Dimensions: Object.entries(each.dimensions).map(([Name, of]) => ({ Name, Value: value(of) })),
      Statistic: each.statistic,
      Period: each.period,
      EvaluationPeriods: 1,
      Threshold: each.threshold,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [ref("Topic")],
      OKActions: [ref("Topic")],
    },
  };
}
