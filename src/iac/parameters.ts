/** Values of a template's parameters, as a deployment would be given them: `--parameter Stage=prod`. */
import { UsageError } from "../errors.ts";
import { isRecord } from "../is-record.ts";
import { nearest } from "../text/nearest.ts";

export type ParameterValues = ReadonlyMap<string, string>;

/** Region and account number, too, are known only at deployment. */
const PSEUDO = ["AWS::Region", "AWS::AccountId", "AWS::StackName", "AWS::StackId"];

/** For commander, repeatable: `Name=Value`, where the value may hold `=`. Throws ERR_USAGE. */
export function parameterOf(text: string, before: ParameterValues = new Map()): ParameterValues {
  const [, name = "", value = ""] = /^([A-Za-z0-9:]+)=(.*)$/s.exec(text) ?? [];
  if (name !== "") return new Map([...before, [name, value]]);
  throw new UsageError("ERR_USAGE", `--parameter "${text}" is not NAME=VALUE`, [
    "write it as --parameter Stage=prod",
  ]);
}

/** The template's `Parameters` with these as their defaults. `file` is for messages. Throws ERR_USAGE. */
export function withParameters(
  template: Readonly<Record<string, unknown>>,
  given: ParameterValues,
  file: string,
): Readonly<Record<string, unknown>> {
  const declared = isRecord(template.Parameters) ? template.Parameters : {};
  const known = [...Object.keys(declared), ...PSEUDO];
  const parameters: Record<string, unknown> = { ...declared };
  for (const [name, value] of given) {
    if (!known.includes(name)) throw unknownParameter(name, Object.keys(declared), file);
    const own = isRecord(declared[name]) ? declared[name] : {};
    // An SSM parameter is given by name too; here the value itself is used.
    const { Type: type = "String" } = own;
    parameters[name] = {
      ...own,
      Type: String(type).replace(/^AWS::SSM::Parameter::Value<(.*)>$/, "$1"),
      Default: value,
    };
  }
  return { ...template, Parameters: parameters };
}

function unknownParameter(name: string, declared: readonly string[], file: string): UsageError {
  const meant = nearest(name, declared) ?? declared[0];
  return new UsageError(
    "ERR_USAGE",
    declared.length === 0
      ? `${file} has no parameters: --parameter ${name} has nothing to set`
      : `${file} has no parameter ${name}: ${declared.join(", ")}`,
    [meant === undefined ? "leave it out" : `give it as --parameter ${meant}=VALUE`],
  );
}
