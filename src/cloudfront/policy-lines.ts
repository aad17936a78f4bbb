/** A cache or origin request policy without some names, as lines for infrastructure code. */
import type { SettingLines } from "../finding.ts";
import type { ForwardingPolicy, NameSelection } from "./distribution.ts";
import { type DistributionSetting, settingLines } from "./setting-lines.ts";

export type ForwardingPolicyKind = "cache policy" | "origin request policy";
export type Selected = "cookies" | "queryStrings";

/** AWS's managed policies cannot be edited: the title says so. */
export function policyLinesWithout(
  kind: ForwardingPolicyKind,
  policy: ForwardingPolicy,
  selected: Selected,
  names: readonly string[],
): SettingLines {
  const title = policy.name.startsWith("Managed-") ? `your own, instead of ${policy.name}` : policy.name;
  const setting = selection(selected, leaving(policy[selected], names));
  return kind === "cache policy"
    ? settingLines(`aws_cloudfront_cache_policy ${title}`, `AWS::CloudFront::CachePolicy ${title}`, {
        ParametersInCacheKeyAndForwardedToOrigin: setting,
      })
    : settingLines(
        `aws_cloudfront_origin_request_policy ${title}`,
        `AWS::CloudFront::OriginRequestPolicy ${title}`,
        setting,
      );
}

function leaving({ which, names }: NameSelection, without: readonly string[]): NameSelection {
  if (which === "all") return { which: "all-except", names: without };
  if (which === "all-except") return { which, names: [...new Set([...names, ...without])] };
  const left = names.filter((name) => !without.includes(name));
  return left.length === 0 ? { which: "none", names: [] } : { which, names: left };
}

const BEHAVIOR = { none: "none", named: "whitelist", "all-except": "allExcept", all: "all" } as const;

function selection(selected: Selected, { which, names }: NameSelection): DistributionSetting {
  return selected === "cookies"
    ? { CookiesConfig: { CookieBehavior: BEHAVIOR[which], ...(names.length > 0 && { Cookies: names }) } }
    : {
        QueryStringsConfig: {
          QueryStringBehavior: BEHAVIOR[which],
          ...(names.length > 0 && { QueryStrings: names }),
        },
      };
}
