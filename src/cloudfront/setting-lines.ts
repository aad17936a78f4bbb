/**
 * A setting as infrastructure code writes it, for advice: keyturn never changes distributions. One value, in
 * CloudFormation's names and shape, becomes both forms, because Terraform's names are the same words in snake case,
 * with few exceptions.
 */
import type { SettingLines } from "../finding.ts";
import { hclString, quoted } from "../text/infrastructure.ts";
import { printable } from "../text/printable.ts";

type Scalar = string | number | boolean;
type Value = Scalar | readonly string[] | DistributionSetting | readonly DistributionSetting[];
/** An empty one is a block without content, such as WAF's `Count: {}`. */
export interface DistributionSetting {
  readonly [name: string]: Value;
}

/**
 * For one distribution; without its id, for the current one. `act`: what to do, unless the lines are to be used as
 * shown.
 */
export function distributionLines(
  id: string | undefined,
  setting: DistributionSetting,
  act?: "remove",
): SettingLines {
  const which = id === undefined ? "" : ` ${id}`;
  const what = act === undefined ? "" : `: ${act}`;
  return settingLines(
    `aws_cloudfront_distribution${which}${what}`,
    `AWS::CloudFront::Distribution${which}, in DistributionConfig${what}`,
    setting,
  );
}

/** `pathPattern`: `*` for the default behavior. */
export function behaviorLines(
  id: string | undefined,
  pathPattern: string,
  setting: DistributionSetting,
  act?: "remove",
): SettingLines {
  return distributionLines(
    id,
    pathPattern === "*"
      ? { DefaultCacheBehavior: setting }
      : { CacheBehaviors: [{ PathPattern: pathPattern, ...setting }] },
    act,
  );
}

/** The two titles say which resource the lines belong to. */
export function settingLines(
  terraform: string,
  cloudFormation: string,
  setting: DistributionSetting,
): SettingLines {
  return {
    terraform: [`# ${printable(terraform)}`, ...hclLines(setting)].join("\n"),
    cloudFormation: [`# ${printable(cloudFormation)}`, ...yamlLines(setting)].join("\n"),
  };
}

/** Terraform's AWS provider uses a different word, or the singular for a repeated block. */
const TERRAFORM_NAMES: Readonly<Record<string, string>> = {
  CacheBehaviors: "ordered_cache_behavior",
  CustomErrorResponses: "custom_error_response",
  FunctionAssociations: "function_association",
  HeaderName: "name",
  HeaderValue: "value",
  Id: "origin_id",
  IPV6Enabled: "is_ipv6_enabled",
  Logging: "logging_config",
  OriginCustomHeaders: "custom_header",
  Origins: "origin",
  Rules: "rule",
};

function terraformName(name: string): string {
  return (
    TERRAFORM_NAMES[name] ??
    name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase()
  );
}

const isList = (value: Value): value is readonly string[] | readonly DistributionSetting[] =>
  Array.isArray(value);
const isSettings = (value: Value): value is readonly DistributionSetting[] =>
  isList(value) && value.some((each) => typeof each === "object");
const isSetting = (value: Value): value is DistributionSetting => typeof value === "object" && !isList(value);

/** As `terraform fmt` would align them. */
function hclLines(setting: DistributionSetting): string[] {
  const members = Object.entries(setting).map(([name, value]) => [name, inItems(name, value)] as const);
  const isBlock = ([, value]: (typeof members)[number]) => isSettings(value) || isSetting(value);
  const plain = members.filter((member) => !isBlock(member));
  const width = Math.max(0, ...plain.map(([name]) => terraformName(name).length));
  return [
    ...plain.map(([name, value]) => `${terraformName(name).padEnd(width)} = ${hclValue(value)}`),
    ...members.filter(isBlock).flatMap(([name, value]) => {
      const blocks = isSettings(value) ? value : [value as DistributionSetting];
      return blocks.flatMap((block) => hclBlock(terraformName(name), block));
    }),
  ];
}

/** Terraform puts the names that a policy selects into a separate block. */
function inItems(name: string, value: Value): Value {
  return /^(Cookies|Headers|QueryStrings)$/.test(name) && isList(value) && !isSettings(value)
    ? { Items: value }
    : value;
}

function hclBlock(name: string, content: DistributionSetting): string[] {
  const lines = hclLines(content);
  return lines.length === 0 ? [`${name} {}`] : [`${name} {`, ...lines.map((line) => `  ${line}`), "}"];
}

function hclValue(value: Value): string {
  if (isList(value)) return `[${(value as readonly string[]).map(hclString).join(", ")}]`;
  return typeof value === "string" ? hclString(value) : String(value);
}

function yamlLines(setting: DistributionSetting): string[] {
  return Object.entries(setting).flatMap(([name, value]) => {
    if (isSettings(value)) return [`${name}:`, ...value.flatMap(yamlItem)];
    if (!isSetting(value)) return [`${name}: ${yamlValue(value)}`];
    const lines = yamlLines(value);
    return lines.length === 0 ? [`${name}: {}`] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
  });
}

function yamlItem(setting: DistributionSetting): string[] {
  return yamlLines(setting).map((line, at) => `${at === 0 ? "  - " : "    "}${line}`);
}

function yamlValue(value: Scalar | readonly string[]): string {
  if (typeof value === "object") return `[${value.map(quoted).join(", ")}]`;
  return typeof value === "string" ? quoted(value) : String(value);
}
