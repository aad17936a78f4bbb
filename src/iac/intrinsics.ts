/**
 * CloudFormation's intrinsic functions, resolved inside one template: values known only after deployment become
 * `Unresolved`. Resources of CloudFront stand for themselves by their logical ID, since `Ref` gives their ID.
 */
import { isRecord } from "../is-record.ts";
import { Unresolved } from "./unresolved.ts";

type Values = Readonly<Record<string, unknown>>;
export interface TemplateScope {
  readonly resources: Values;
  readonly parameters: Values;
  readonly mappings: Values;
  readonly conditions: Values;
}

export function scopeOf(template: Values): TemplateScope {
  const part = (name: string) => (isRecord(template[name]) ? template[name] : {});
  return {
    resources: part("Resources"),
    parameters: part("Parameters"),
    mappings: part("Mappings"),
    conditions: part("Conditions"),
  };
}

const ABSENT = Symbol("AWS::NoValue");
/** The region and account that a template is deployed to are unknown. */
const PSEUDO: Values = { "AWS::NoValue": ABSENT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com" };
/** A condition may refer to another: this ends cycles. */
const DEEPEST = 50;

/** The value with every function resolved; members that are `AWS::NoValue` are left out. */
export function resolve(value: unknown, scope: TemplateScope, depth = 0): unknown {
  if (depth > DEEPEST) return new Unresolved("a circular reference");
  const inside = (each: unknown) => resolve(each, scope, depth + 1);
  if (typeof value === "string") {
    return value.includes("{{resolve:") ? new Unresolved(`dynamic reference ${value.slice(0, 80)}`) : value;
  }
  if (Array.isArray(value)) return value.map(inside).filter((each) => each !== ABSENT);
  if (!isRecord(value)) return value;
  const [only, ...others] = Object.keys(value);
  if (only !== undefined && others.length === 0) {
    if (only === "Ref") return ref(String(value.Ref), scope);
    if (only === "Condition" && typeof value.Condition === "string") {
      return condition(value.Condition, scope, depth);
    }
    if (only.startsWith("Fn::")) return call(only, value[only], scope, depth);
  }
  const members = Object.entries(value).map(([name, each]) => [name, inside(each)] as const);
  return Object.fromEntries(members.filter(([, each]) => each !== ABSENT));
}

function ref(name: string, { resources, parameters }: TemplateScope): unknown {
  if (name in PSEUDO) return PSEUDO[name];
  const parameter = parameters[name];
  if (name.startsWith("AWS::") && parameter === undefined) return new Unresolved(name, name);
  if (isRecord(parameter)) {
    const { Default: value, Type: type = "String" } = parameter;
    if (value === undefined) return new Unresolved(`parameter ${name} has no default`, name);
    // An SSM parameter's default is the parameter's name, not its value.
    if (String(type).startsWith("AWS::SSM::Parameter::Value")) {
      return new Unresolved(`SSM parameter ${String(value)}`, name);
    }
    const isList = /^(?:CommaDelimitedList|List<)/.test(String(type));
    return isList
      ? String(value)
          .split(",")
          .map((each) => each.trim())
      : value;
  }
  const resource = resources[name];
  if (!isRecord(resource)) return new Unresolved(`${name}, which the template does not declare`);
  return String(resource.Type).startsWith("AWS::CloudFront::") ? name : new Unresolved(`Ref ${name}`);
}

/** `Id` of CloudFront's resources is what `Ref` gives. */
function getAtt(argument: unknown, scope: TemplateScope): unknown {
  const [name = "", attribute = ""] = Array.isArray(argument)
    ? [String(argument[0]), argument.slice(1).map(String).join(".")]
    : String(argument).split(/\.(.*)/, 2);
  return attribute === "Id" ? ref(name, scope) : new Unresolved(`Fn::GetAtt ${name}.${attribute}`);
}

function call(name: string, argument: unknown, scope: TemplateScope, depth: number): unknown {
  const inside = (each: unknown) => resolve(each, scope, depth + 1);
  const list = (): unknown[] => (Array.isArray(argument) ? argument.map(inside) : []);
  switch (name) {
    case "Fn::GetAtt":
      return getAtt(argument, scope);
    case "Fn::Sub":
      return sub(argument, scope, depth);
    case "Fn::Join": {
      const [separator, parts] = list();
      return Array.isArray(parts) ? joined(parts, String(separator)) : asUnresolved(parts, name);
    }
    case "Fn::Split": {
      const [separator, text] = list();
      return typeof text === "string" ? text.split(String(separator)) : asUnresolved(text, name);
    }
    case "Fn::Select": {
      const [at, parts] = list();
      if (!Array.isArray(parts)) return asUnresolved(parts, name);
      return parts[Number(at)] ?? new Unresolved(`${name} ${String(at)} of ${parts.length}`);
    }
    case "Fn::FindInMap": {
      const [map, first, second] = list();
      const found = atKey(atKey(scope.mappings[String(map)], first), second);
      return found ?? new Unresolved(`${name} ${String(map)}`);
    }
    case "Fn::If": {
      const [test, yes, no] = Array.isArray(argument) ? argument : [];
      const holds = condition(String(test), scope, depth);
      return holds instanceof Unresolved ? holds : inside(holds ? yes : no);
    }
    case "Fn::Equals": {
      const [one, other] = list();
      return firstUnresolved([one, other]) ?? String(one) === String(other);
    }
    case "Fn::Not":
      return logic(list(), ([one]) => !one);
    case "Fn::And":
      return logic(list(), (all) => all.every(Boolean));
    case "Fn::Or":
      return logic(list(), (all) => all.some(Boolean));
    case "Fn::Base64": {
      const text = inside(argument);
      return typeof text === "string" ? Buffer.from(text).toString("base64") : asUnresolved(text, name);
    }
    default:
      return new Unresolved(`${name} ${named(inside(argument))}`.trim());
  }
}

function condition(name: string, scope: TemplateScope, depth: number): unknown {
  if (!(name in scope.conditions)) return new Unresolved(`condition ${name}`);
  return resolve(scope.conditions[name], scope, depth + 1);
}

function logic(values: readonly unknown[], of: (values: readonly unknown[]) => boolean): unknown {
  return firstUnresolved(values) ?? of(values);
}

function joined(parts: readonly unknown[], separator: string): unknown {
  return firstUnresolved(parts) ?? parts.map(String).join(separator);
}

/** `${Name}`, `${Name.Attribute}`, the second argument's own names, and `${!literal}`. */
function sub(argument: unknown, scope: TemplateScope, depth: number): unknown {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  let unknown: Unresolved | undefined;
  const written = String(text).replace(/\$\{(!?)([^}]*)\}/g, (whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const key = name.trim();
    const value =
      isRecord(own) && key in own
        ? resolve(own[key], scope, depth + 1)
        : key.includes(".")
          ? getAtt(key, scope)
          : ref(key, scope);
    if (value instanceof Unresolved) unknown ??= value;
    return typeof value === "string" || typeof value === "number" ? String(value) : whole;
  });
  return unknown ?? written;
}

const firstUnresolved = (values: readonly unknown[]): Unresolved | undefined =>
  values.find((each): each is Unresolved => each instanceof Unresolved);
const asUnresolved = (value: unknown, name: string): Unresolved =>
  value instanceof Unresolved ? value : new Unresolved(name);
const atKey = (value: unknown, key: unknown): unknown =>
  isRecord(value) && typeof key === "string" && Object.hasOwn(value, key) ? value[key] : undefined;
const named = (value: unknown): string =>
  value instanceof Unresolved ? value.what : typeof value === "string" ? value : "";
