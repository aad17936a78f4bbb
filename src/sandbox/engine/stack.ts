/**
 * Reads a CloudFormation template as CloudFormation does, as far as the templates of `keyturn unattended` go:
 * parameters, conditions, Ref, Fn::GetAtt of an ARN, Fn::Sub. Anything else is refused rather than ignored.
 */
import { isRecord } from "../../is-record.ts";

type Properties = Readonly<Record<string, unknown>>;

export interface StackResource {
  readonly type: string;
  readonly arn: string;
  /** The name in AWS. */
  readonly name: string;
  /** With every reference resolved. */
  readonly properties: Properties;
}
export interface StackScope {
  readonly accountId: string;
  readonly region: string;
}
interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Condition?: string; readonly Properties?: Properties }>
  >;
}

/** The property that names a resource, and its ARN after `arn:aws:SERVICE:REGION:ACCOUNT:`. */
const KINDS: Readonly<
  Record<string, { readonly named?: string; readonly service: string; readonly path: string }>
> = {
  "AWS::SNS::Topic": { named: "TopicName", service: "sns", path: "" },
  "AWS::SNS::Subscription": { service: "sns", path: "subscription/" },
  "AWS::Logs::LogGroup": { named: "LogGroupName", service: "logs", path: "log-group:" },
  "AWS::IAM::Role": { service: "iam", path: "role/" },
  "AWS::Lambda::Function": { named: "FunctionName", service: "lambda", path: "function:" },
  "AWS::StepFunctions::StateMachine": {
    named: "StateMachineName",
    service: "states",
    path: "stateMachine:",
  },
  "AWS::Scheduler::ScheduleGroup": { named: "Name", service: "scheduler", path: "schedule-group/" },
  "AWS::Scheduler::Schedule": { named: "Name", service: "scheduler", path: "schedule/" },
  "AWS::CloudWatch::Alarm": { named: "AlarmName", service: "cloudwatch", path: "alarm:" },
};

/** By logical name. Throws for anything that CloudFormation or this file does not know. */
export function resourcesOf(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  place: StackScope,
): ReadonlyMap<string, StackResource> {
  const given = new Map<string, string>([
    ["AWS::Partition", "aws"],
    ["AWS::Region", place.region],
    ["AWS::AccountId", place.accountId],
  ]);
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) {
    const value = parameters[name] ?? Default;
    if (value === undefined) throw new Error(`parameter ${name} is missing`);
    given.set(name, value);
  }
  const holds = (condition: string | undefined) =>
    condition === undefined || isTrue(template.Conditions?.[condition], given);
  const wanted = Object.entries(template.Resources).filter(([, { Condition }]) => holds(Condition));
  const known = new Map(
    wanted.map(([logical, { Type, Properties = {} }]) => [
      logical,
      identityOf(logical, Type, Properties, place),
    ]),
  );
  const reference = (name: string): string => {
    const found = known.get(name);
    // A topic's and a state machine's Ref is the ARN, the others' is the name.
    const isArn = found && /^AWS::(SNS::Topic|StepFunctions::StateMachine)$/.test(found.type);
    const value = found === undefined ? given.get(name) : isArn ? found.arn : found.name;
    if (value === undefined) throw new Error(`${name} is not in the template`);
    return value;
  };
  const attribute = (name: string): string => {
    const arn = known.get(name)?.arn;
    if (arn === undefined) throw new Error(`${name} is not in the template`);
    return arn;
  };
  return new Map(
    wanted.map(([logical, { Properties = {} }]) => [
      logical,
      {
        ...(known.get(logical) as Omit<StackResource, "properties">),
        properties: resolved(Properties, { reference, attribute }) as Properties,
      },
    ]),
  );
}

function identityOf(
  logical: string,
  type: string,
  properties: Properties,
  { accountId, region }: StackScope,
) {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`${type} is not known`);
  const own = kind.named === undefined ? undefined : properties[kind.named];
  const name = typeof own === "string" ? own : `stack-${logical}-1A2B3C`;
  const at = kind.service === "iam" ? `:${accountId}` : `${region}:${accountId}`;
  // A log group's ARN ends with a star, for its streams.
  const end = kind.path === "log-group:" ? ":*" : "";
  return { type, name, arn: `arn:aws:${kind.service}:${at}:${kind.path}${name}${end}` };
}

function isTrue(condition: unknown, given: ReadonlyMap<string, string>): boolean {
  if (!isRecord(condition)) throw new Error("not a condition");
  const [[name, terms] = []] = Object.entries(condition);
  if (name === "Fn::Not") return !isTrue((terms as unknown[])[0], given);
  if (name !== "Fn::Equals") throw new Error(`${name} is not known`);
  const [one, other] = (terms as unknown[]).map((term) =>
    isRecord(term) ? given.get(String(term.Ref)) : term,
  );
  return one === other;
}

interface Resolver {
  readonly reference: (name: string) => string;
  readonly attribute: (name: string) => string;
}

function resolved(value: unknown, resolver: Resolver): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, resolver));
  if (!isRecord(value)) return value;
  const [[name = "", term] = [], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (name === "Ref") return resolver.reference(String(term));
    if (name === "Fn::GetAtt") {
      const [of, which] = term as string[];
      if (which !== "Arn") throw new Error(`the attribute ${which} is not known`);
      return resolver.attribute(String(of));
    }
    if (name === "Fn::Sub") return filled(String(term), resolver.reference);
    if (name.startsWith("Fn::")) throw new Error(`${name} is not known`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each, resolver)]));
}

/** `${Name}` filled in; also what DefinitionSubstitutions does. */
export function filled(text: string, reference: (name: string) => string): string {
  return text.replace(/\$\{([^}!]+)\}/g, (_, name: string) => reference(name));
}
