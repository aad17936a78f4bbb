/** The change that keeps infrastructure code from undoing a finished rotation, as HCL or CloudFormation. */

import type { RotationStatus } from "../rotation/status.ts";
import { printable, printableJson } from "../text/printable.ts";

/** Empty if only keyturn writes the key groups. */
export function declareText({ declare }: Pick<RotationStatus, "declare">): string {
  if (declare === undefined) return "";
  const { ownership, groups } = declare;
  const blocks = groups.map(ownership === "terraform" ? terraform : cloudFormation);
  return [`before the next apply, make ${ownership} match:`, ...blocks].join("\n");
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
    "  # and: remove the old AWS::CloudFront::PublicKey with DeletionPolicy: Retain",
  ].join("\n");
}

/** JSON's escapes are valid in both YAML and HCL. */
function quoted(text: string): string {
  return printableJson(JSON.stringify(text));
}

/** HCL would evaluate `${` and `%{`, and the comment is untrusted. */
function hcl(text: string): string {
  return quoted(text).replace(/[$%](?=\{)/g, "$&$&");
}
