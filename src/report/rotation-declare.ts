/** The change that keeps infrastructure code in step with a rotation: as HCL, as CloudFormation, or in TypeScript for the CDK. */
import type { RotationPlan } from "../rotation/plan.ts";
import type { RotationStatus } from "../rotation/status.ts";
import { hclString, quoted } from "../text/infrastructure.ts";
import { printable } from "../text/printable.ts";
import { shellWord } from "../text/shell-word.ts";

type Declaration = NonNullable<RotationStatus["declare"]>;
type Group = Declaration["groups"][number];

/** After the end. Empty if only keyturn writes the key groups. */
export function declareText({ declare }: Pick<RotationStatus, "declare">): string {
  if (declare === undefined) return "";
  const { ownership, groups, code } = declare;
  const form = ownership === "terraform" ? TERRAFORM : code?.cdk ? CDK : CLOUDFORMATION;
  const blocks = groups.map((group) => form.group(group, declare));
  const lines = [`before the next apply, make ${ownership} match:`, ...blocks.flat(), ...form.key(declare)];
  return lines.map((line, at) => (at === 0 ? line : `  ${line}`)).join("\n");
}

/**
 * Printed with the plan: what keeps an apply from undoing an open rotation. Empty if keyturn.yaml names no resources.
 */
export function holdText({ settings, groups }: Pick<RotationPlan, "settings" | "groups">): string {
  const { ownership, code } = settings;
  const names = groups.flatMap(({ id }) => code?.keyGroups[id] ?? []).map(printable);
  if (names.length === 0) return "";
  const after = "afterwards, keyturn rotate status prints the lines to change";
  if (ownership === "terraform") {
    return [
      `until the rotation is over, terraform must leave ${names.join(", ")} alone:`,
      "  lifecycle {",
      "    ignore_changes = [items, comment]",
      "  }",
      after,
    ].join("\n");
  }
  return [
    `until the rotation is over, deploy no change to ${names.join(", ")}:`,
    "  CloudFormation writes a key group only when its part of the template changes",
    after,
  ].join("\n");
}

interface Form {
  readonly group: (group: Group, declare: Declaration) => readonly string[];
  /** What happens to the public key. */
  readonly key: (declare: Declaration) => readonly string[];
}

const TERRAFORM: Form = {
  group({ id, name, items, comment }, { code, replaced }) {
    const address = code?.keyGroups[id] ?? `aws_cloudfront_key_group ${name}`;
    const itemOf = (item: string) =>
      code?.publicKey !== undefined && item === replaced?.to
        ? printable(`${code.publicKey}.id`)
        : hclString(item);
    return [
      `# ${printable(address)} (${id})`,
      `items   = [${items.map(itemOf).join(", ")}]`,
      `comment = ${hclString(comment)}`,
    ];
  },
  key({ code, replaced }) {
    if (replaced === undefined) return [];
    if (code?.publicKey === undefined)
      return [
        "# and: terraform state rm of the old aws_cloudfront_public_key, terraform import of the new one",
      ];
    const address = shellWord(code.publicKey);
    return [
      `# ${printable(code.publicKey)} is ${replaced.to} now: import it, and copy its name, comment and encoded_key`,
      `terraform state rm ${address}`,
      `terraform import ${address} ${replaced.to}`,
      `aws cloudfront get-public-key-config --id ${replaced.to}`,
    ];
  },
};

const CLOUDFORMATION: Form = {
  group({ id, name, items, comment }, { code }) {
    const logicalId = code?.keyGroups[id];
    const config = [
      "KeyGroupConfig:",
      `  Name: ${quoted(name)}`,
      `  Items: [${items.join(", ")}]`,
      `  Comment: ${quoted(comment)}`,
    ];
    if (logicalId === undefined) return [`# AWS::CloudFront::KeyGroup ${printable(name)} (${id})`, ...config];
    return [
      `# ${id}`,
      `${printable(logicalId)}:`,
      "  Type: AWS::CloudFront::KeyGroup",
      "  Properties:",
      ...config.map((line) => `    ${line}`),
    ];
  },
  key: ({ code, replaced }) =>
    replaced === undefined
      ? []
      : [
          `# and: give ${code?.publicKey === undefined ? "the old AWS::CloudFront::PublicKey" : printable(code.publicKey)} DeletionPolicy: Retain, deploy, then remove it`,
        ],
};

const CDK: Form = {
  group({ id, name, items, comment }, { code }) {
    const logicalId = code?.keyGroups[id] ?? name;
    const keys = items.map((item) => `cloudfront.PublicKey.fromPublicKeyId(this, "${item}", "${item}")`);
    return [
      `// ${printable(logicalId)} (${id})`,
      `new cloudfront.KeyGroup(this, ${quoted(constructId(logicalId))}, {`,
      `  keyGroupName: ${quoted(name)},`,
      `  items: [${keys.join(", ")}],`,
      `  comment: ${quoted(comment)},`,
      "});",
    ];
  },
  key: ({ code, replaced }) =>
    replaced === undefined
      ? []
      : [
          `// and: call applyRemovalPolicy(RemovalPolicy.RETAIN) on ${code?.publicKey === undefined ? "the old PublicKey" : printable(constructId(code.publicKey))}, deploy, then remove it`,
        ],
};

/** The CDK appends eight digits of a hash to the construct's ID. */
function constructId(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}
