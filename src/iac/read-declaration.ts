/** Reads infrastructure as code without deploying it: from the file's text to what it declares about signing. */
import type * as z from "zod";
import { InputError, UsageError } from "../errors.ts";
import { isRecord } from "../is-record.ts";
import { readCloudFormation } from "./cloudformation.ts";
import type { Declaration } from "./declaration.ts";
import { type ParameterValues, withParameters } from "./parameters.ts";
import { parseTemplate } from "./template-text.ts";
import { readTerraform } from "./terraform.ts";
import { terraformResources } from "./terraform-json.ts";

/**
 * A CloudFormation, SAM or CDK template (JSON or YAML), or the JSON of `terraform show -json` (state or plan). Resolves
 * references inside the file; what only a deployment knows is in `unresolved`, unless it is in `parameters`. Throws
 * ERR_TEMPLATE for anything else, ERR_USAGE for a parameter that is not the template's; `name` is the file's, for messages.
 */
export function readDeclaration(
  text: string,
  name: string,
  parameters: ParameterValues = new Map(),
): Declaration {
  const parsed = parseTemplate(text);
  if ("fault" in parsed) throw unreadable(name, parsed.fault);
  const root = parsed.value;
  if (!isRecord(root)) throw unreadable(name, "is not a template");
  const read = reader(name);
  const terraform = terraformResources(root);
  if (terraform) {
    if (parameters.size > 0) {
      throw new UsageError("ERR_USAGE", `--parameter is for templates: ${name} is Terraform's JSON`, [
        "terraform show -json > site.json",
      ]);
    }
    return readTerraform(terraform.format, terraform.resources, read);
  }
  if (isRecord(root.Resources)) return readCloudFormation(withParameters(root, parameters, name), read);
  if (Array.isArray(root.resources) && "lineage" in root) {
    throw unreadable(name, "is Terraform's state file, whose format may change with each version");
  }
  throw unreadable(name, "is neither a CloudFormation template nor Terraform's JSON");
}

const reader =
  (name: string) =>
  <Shape extends z.ZodType>(shape: Shape, value: unknown, address: string): z.output<Shape> => {
    const result = shape.safeParse(value);
    if (result.success) return result.data;
    const path = result.error.issues[0]?.path ?? [];
    const place = path.map((each) => (typeof each === "number" ? `[${each}]` : `.${String(each)}`)).join("");
    throw unreadable(name, `has a value of the wrong kind at ${address}${place}`);
  };

function unreadable(name: string, phrase: string): InputError {
  return new InputError("ERR_TEMPLATE", `${name} ${phrase}`, [
    "terraform show -json > site.json",
    "cdk synth > site.yaml",
  ]);
}
