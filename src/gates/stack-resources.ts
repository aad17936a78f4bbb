/**
 * The IDs that CloudFormation assigned to a stack's resources: `aws cloudformation describe-stack-resources`, as
 * JSON.
 */
import { InputError } from "../errors.ts";
import { isRecord } from "../is-record.ts";

export interface StackResources {
  /** Physical by logical ID. */
  readonly ids: ReadonlyMap<string, string>;
  readonly account: string;
  readonly region: string;
}

/** Throws ERR_TEMPLATE; `name` is the file's. */
export function readStackResources(text: string, name: string): StackResources {
  const resources = resourcesIn(text);
  const [, region, account] =
    resources
      .map(({ StackId }) => /^arn:[^:]+:cloudformation:([^:]+):(\d{12}):stack\//.exec(String(StackId)))
      .find((found) => found !== null) ?? [];
  if (region === undefined || account === undefined) {
    throw new InputError("ERR_TEMPLATE", `${name} is not the output of describe-stack-resources`, [
      "aws cloudformation describe-stack-resources --stack-name STACK > stack.json",
    ]);
  }
  const ids = resources.flatMap(({ LogicalResourceId: logical, PhysicalResourceId: physical }) =>
    typeof logical === "string" && typeof physical === "string" ? [[logical, physical] as const] : [],
  );
  return { ids: new Map(ids), account, region };
}

function resourcesIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const root: unknown = JSON.parse(text);
    return isRecord(root) && Array.isArray(root.StackResources) ? root.StackResources.filter(isRecord) : [];
  } catch {
    return [];
  }
}
