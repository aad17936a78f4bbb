/** The change that keeps infrastructure code from undoing a finished rotation, as HCL or as a CloudFormation template. */

import type { RotationStatus } from "../rotation/status.ts";
import { printable, printableJson } from "../text/printable.ts";

/** Empty where nothing but keyturn writes the key groups. */
export function declareText({ declare }: Pick<RotationStatus, "declare">): string {
  if (declare === undefined) return "";
  const { ownership, groups } = declare;
  const blocks = groups.map(ownership === "terraform" ? terraform : cloudFormation);
  return [`before the next apply, let ${ownership} say the same:`, ...blocks].join("\n");
}

type Group = NonNullable<RotationStatus["declare"]>["groups"][number];

function terraform({ id, name, items, comment }: Group): string {
  return [
    `  # aws_cloudfront_key_group ${printable(name)} (${id})`,
    `  items   = [${items.map(hcl).join(", ")}]`,
    `  comment = ${hcl(comment)}`,
    `  # and: terraform state rm of the old aws_cloudfront_public_key, terraform import of the new one`,
  ].join("\n");
}

function cloudFormation({ id, name, items, comment }: Group): string {
  return [
    `  # AWS::CloudFront::KeyGroup ${printable(name)} (${id})`,
    "  KeyGroupConfig:",
    `    Items: [${items.join(", ")}]`,
    `    Comment: ${quoted(comment)}`,
    "  # and: take the old AWS::CloudFront::PublicKey out with DeletionPolicy: Retain",
  ].join("\n");
}

/** JSON's escapes fit YAML and HCL both. */
function quoted(text: string): string {
  return printableJson(JSON.stringify(text));
}

/** In HCL `${` and `%{` would be evaluated, and whoever may write the comment chose them. */
function hcl(text: string): string {
  return quoted(text).replace(/[$%](?=\{)/g, "$&$&");
}
