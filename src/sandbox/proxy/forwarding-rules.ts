/** What a behavior sends to the origin: its cache policy and origin request policy together, or the legacy ForwardedValues. */
import type { CacheBehavior, ForwardingPolicy, NameSelection } from "../../cloudfront/distribution.ts";

export type PolicyLookup = (
  id: string,
) => Pick<ForwardingPolicy, "cookies" | "headers" | "queryStrings"> | undefined;

export interface ForwardingRules {
  readonly cookies: readonly NameSelection[];
  readonly headers: readonly NameSelection[];
  readonly queryStrings: readonly NameSelection[];
  /** Without a cache policy the table of DG:RequestAndResponseBehaviorCustomOrigin forwards more. */
  readonly isLegacy: boolean;
}

/** An unknown policy forwards nothing; the sandbox warns about it when it starts. */
export function forwardingRulesOf(behavior: CacheBehavior, policies: PolicyLookup): ForwardingRules {
  const { cachePolicyId, originRequestPolicyId, forwardedValues } = behavior;
  if (cachePolicyId === undefined && forwardedValues !== undefined) return legacy(forwardedValues);
  const found = [cachePolicyId, originRequestPolicyId].flatMap((id) => {
    const policy = id === undefined ? undefined : policies(id);
    return policy ? [policy] : [];
  });
  return {
    cookies: found.map(({ cookies }) => cookies),
    headers: found.map(({ headers }) => headers),
    queryStrings: found.map(({ queryStrings }) => queryStrings),
    isLegacy: false,
  };
}

function legacy(values: NonNullable<CacheBehavior["forwardedValues"]>): ForwardingRules {
  const { headerNames = [], cookieNames, queryString } = values;
  const isEveryHeader = headerNames.includes("*");
  return {
    cookies: [
      values.cookies === "whitelist"
        ? { which: "named", names: cookieNames }
        : { which: values.cookies, names: [] },
    ],
    headers: [isEveryHeader ? { which: "all", names: [] } : { which: "named", names: headerNames }],
    // The keys limit the cache key alone: the whole query is forwarded.
    queryStrings: [{ which: queryString ? "all" : "none", names: [] }],
    isLegacy: true,
  };
}

/** Does any of them forward it? `same` compares: header names ignore case; cookies and parameters do not. */
export function isForwarded(
  name: string,
  selections: readonly NameSelection[],
  same: (one: string, other: string) => boolean = (one, other) => one === other,
): boolean {
  return selections.some(({ which, names }) => {
    const isNamed = names.some((each) => same(each, name));
    return which === "all" || (which === "named" && isNamed) || (which === "all-except" && !isNamed);
  });
}

export const isSameHeader = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

export const forwardsNothing = (selections: readonly NameSelection[]): boolean =>
  selections.every(({ which, names }) => which === "none" || (which === "named" && names.length === 0));
