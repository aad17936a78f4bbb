/**
 * The state machine that drives rotations: Amazon States Language with JSONPath, Standard type. About nine events of an
 * execution's history a turn. `${...}` is filled in by CloudFormation or Terraform.
 *
 *   Others -> Open -> Which -> Wait -> Turn -> Which -> ... -> Tell -> Done
 */
import type { Seconds } from "../time.ts";

export interface StateMachine {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: Seconds;
  readonly States: Readonly<Record<string, MachineState>>;
}
type Template = { readonly [name: string]: string | number | boolean | null | Template };

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: Seconds;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: Seconds;
  readonly JitterStrategy?: "FULL";
}
interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}
export interface TaskState {
  readonly Type: "Task";
  readonly Resource: string;
  readonly Parameters: Template;
  readonly ResultSelector?: Template;
  /** Absent: the result replaces the input. Null: the input stays as it is. */
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: Seconds;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Next: string;
}
export type MachineState =
  | TaskState
  | { readonly Type: "Pass"; readonly Result: unknown; readonly ResultPath: string; readonly Next: string }
  | {
      readonly Type: "Choice";
      readonly Choices: readonly {
        readonly Variable: string;
        readonly StringEquals: string;
        readonly Next: string;
      }[];
      readonly Default: string;
    }
  | { readonly Type: "Wait"; readonly TimestampPath: string; readonly Next: string }
  | { readonly Type: "Succeed" }
  | { readonly Type: "Fail"; readonly Error: string; readonly Cause: string };

/** The function's own limit, and a little for the call. */
export const FUNCTION_TIMEOUT: Seconds = 300;

/** One turn at a time over all gates; the others queue. */
const BUSY: Retrier = {
  ErrorEquals: ["Lambda.TooManyRequestsException"],
  IntervalSeconds: 10,
  MaxAttempts: 60,
  BackoffRate: 1.2,
  MaxDelaySeconds: 60,
  JitterStrategy: "FULL",
};
/** A killed turn is repeated: the record shows how far it got. */
const KILLED: Retrier = {
  ErrorEquals: ["States.ALL"],
  IntervalSeconds: 30,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 900,
};
/** CloudFormation and Terraform write placeholders alike. */
export const placeholder = (name: "FunctionArn" | "TopicArn" | "Partition") => `\${${name}}`;
const serviceTask = (name: string) => `arn:${placeholder("Partition")}:states:::${name}`;

function turn(task: "open" | "turn", more: Template): TaskState {
  return {
    Type: "Task",
    Resource: placeholder("FunctionArn"),
    Parameters: {
      task,
      "gate.$": "$.gate",
      "kind.$": "$.kind",
      "every.$": "$.every",
      "execution.$": "$$.Execution.Name",
      ...more,
    },
    TimeoutSeconds: FUNCTION_TIMEOUT + 60,
    Retry: [BUSY, KILLED],
    Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "TellFailure" }],
    Next: "Which",
  };
}

/** `longest`: after which an execution counts as timed out; AWS ends one after a year. */
export function stateMachine(longest: Seconds): StateMachine {
  return {
    Comment: "keyturn: rotates the signing keys of CloudFront gates, one turn of `rotate resume` at a time",
    StartAt: "Others",
    TimeoutSeconds: longest,
    States: {
      Others: {
        Type: "Task",
        Resource: serviceTask("aws-sdk:sfn:listExecutions"),
        Parameters: { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING" },
        ResultSelector: { "running.$": "$.Executions" },
        ResultPath: "$.listed",
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Unlisted" }],
        Next: "Open",
      },
      // Two executions of one gate do no harm: they are two operators on one record.
      Unlisted: { Type: "Pass", Result: { running: [] }, ResultPath: "$.listed", Next: "Open" },
      Open: turn("open", { rotation: "", troubles: 0, "running.$": "$.listed.running" }),
      Which: {
        Type: "Choice",
        Choices: [
          { Variable: "$.next", StringEquals: "wait", Next: "Wait" },
          { Variable: "$.next", StringEquals: "turn", Next: "Turn" },
          { Variable: "$.next", StringEquals: "tell", Next: "Tell" },
        ],
        Default: "Done",
      },
      Wait: { Type: "Wait", TimestampPath: "$.wakeAt", Next: "Turn" },
      Turn: turn("turn", { "rotation.$": "$.rotation", "troubles.$": "$.troubles" }),
      Tell: {
        Type: "Task",
        Resource: serviceTask("sns:publish"),
        Parameters: {
          TopicArn: placeholder("TopicArn"),
          "Subject.$": "$.message.subject",
          "Message.$": "$.message.text",
        },
        ResultPath: null,
        Retry: [KILLED],
        Next: "Done",
      },
      Done: { Type: "Succeed" },
      TellFailure: {
        Type: "Task",
        Resource: serviceTask("sns:publish"),
        Parameters: {
          TopicArn: placeholder("TopicArn"),
          Subject: "keyturn: the function failed repeatedly",
          Message: {
            "gate.$": "$.gate",
            "execution.$": "$$.Execution.Name",
            "error.$": "$.error.Error",
            "cause.$": "$.error.Cause",
            look: "keyturn triage",
            goOn: "keyturn rotate resume",
          },
        },
        ResultPath: null,
        Retry: [KILLED],
        Next: "Failed",
      },
      Failed: {
        Type: "Fail",
        Error: "FunctionFailed",
        Cause: "The function failed repeatedly; nothing is lost, and the hourly schedule continues.",
      },
    },
  };
}
