/** The change that keeps infrastructure code from undoing a finished rotation, as HCL or as a CloudFormation template. */
import type { RotationStatus } from "../rotation/status.ts";

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
    `  # aws_cloudfront_key_group ${name} (${id})`,
    `  items   = [${items.map((item) => JSON.stringify(item)).join(", ")}]`,
    `  comment = ${JSON.stringify(comment)}`,
    `  # and: terraform state rm of the old aws_cloudfront_public_key, terraform import of the new one`,
  ].join("\n");
}

function cloudFormation({ id, name, items, comment }: Group): string {
  return [
    `  # AWS::CloudFront::KeyGroup ${name} (${id})`,
    "  KeyGroupConfig:",
    `    Items: [${items.join(", ")}]`,
    `    Comment: ${JSON.stringify(comment)}`,
    "  # and: take the old AWS::CloudFront::PublicKey out with DeletionPolicy: Retain",
  ].join("\n");
}
