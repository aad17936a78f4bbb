/** Converts the SDK's cache and origin request policies to the domain's: which names they forward. */
import type { CachePolicy, OriginRequestPolicy } from "@aws-sdk/client-cloudfront";
import type { ForwardingPolicy, NameSelection } from "../../cloudfront/distribution.ts";
import { nameSelection } from "../../cloudfront/name-selection.ts";

export function fromCachePolicy(policy: CachePolicy | undefined): ForwardingPolicy {
  const kept = policy?.CachePolicyConfig?.ParametersInCacheKeyAndForwardedToOrigin;
  return {
    id: policy?.Id ?? "",
    name: policy?.CachePolicyConfig?.Name ?? "",
    cookies: selection(kept?.CookiesConfig?.CookieBehavior, kept?.CookiesConfig?.Cookies?.Items),
    queryStrings: selection(
      kept?.QueryStringsConfig?.QueryStringBehavior,
      kept?.QueryStringsConfig?.QueryStrings?.Items,
    ),
    headers: selection(kept?.HeadersConfig?.HeaderBehavior, kept?.HeadersConfig?.Headers?.Items),
  };
}

export function fromOriginRequestPolicy(policy: OriginRequestPolicy | undefined): ForwardingPolicy {
  const config = policy?.OriginRequestPolicyConfig;
  return {
    id: policy?.Id ?? "",
    name: config?.Name ?? "",
    cookies: selection(config?.CookiesConfig?.CookieBehavior, config?.CookiesConfig?.Cookies?.Items),
    queryStrings: selection(
      config?.QueryStringsConfig?.QueryStringBehavior,
      config?.QueryStringsConfig?.QueryStrings?.Items,
    ),
    headers: selection(config?.HeadersConfig?.HeaderBehavior, config?.HeadersConfig?.Headers?.Items),
  };
}

const selection = (behavior: string | undefined, names: readonly string[] = []): NameSelection =>
  nameSelection(behavior ?? "none", names);
