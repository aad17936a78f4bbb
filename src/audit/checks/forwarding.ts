/** Checks whether signatures may reach the origin, its logs or the cache key. */

import type { CacheBehavior, ForwardingPolicy, NameSelection } from "../../cloudfront/distribution.ts";
import {
  type ForwardingPolicyKind,
  policyLinesWithout,
  type Selected,
} from "../../cloudfront/policy-lines.ts";
import { behaviorLines } from "../../cloudfront/setting-lines.ts";
import type { SettingLines } from "../../finding.ts";
import { COOKIE_NAMES, QUERY_NAMES } from "../../policy/cookie-set.ts";
import type { Check, CheckResult } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { behaviorName, guardingBehaviors } from "../guarded-route.ts";

const COOKIES = Object.values(COOKIE_NAMES);
const QUERY = Object.values(QUERY_NAMES);

export const FORWARDING_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "cookies-forwarded",
    severity: "warning",
    what: "signed cookies may reach the origin and its logs, where anybody who reads them can use them",
    *look(snapshot) {
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        const source = sentBeside(snapshot, behavior);
        const names = source === undefined ? [] : selected(source.cookies, COOKIES);
        if (source === undefined || names.length === 0) continue;
        yield {
          ...cookieResult(behavior, source, names),
          message: `behavior ${behavior.pathPattern} may forward the signed cookies to the origin`,
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "cookies-in-cache-key",
    severity: "warning",
    what: "the cache policy includes the signed cookies: they reach the origin, and may split the cache by viewer",
    *look(snapshot) {
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        const policy = snapshot.inventory.policies.get(behavior.cachePolicyId ?? "");
        const names = policy === undefined ? [] : selected(policy.cookies, COOKIES);
        if (policy === undefined || names.length === 0) continue;
        yield {
          ...cookieResult(behavior, ofPolicy("cache policy", policy), names),
          message: `the cache policy of ${behavior.pathPattern} includes the signed cookies`,
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
  {
    id: "signing-query-forwarded",
    severity: "warning",
    what: "the parameters of signed URLs are part of the cache key or forwarded to the origin",
    *look(snapshot) {
      // Only signed URLs carry the five parameters; a gate without them has nothing to forward.
      if (snapshot.gate.signedUrls === undefined) return;
      for (const { distribution, behavior } of guardingBehaviors(snapshot)) {
        for (const source of querySources(snapshot, behavior)) {
          const names = selected(source.queryStrings, QUERY).filter(
            // CloudFront removes these four itself (DG:QueryStringParameters); no page mentions the fifth.
            (name) => source.queryStrings.which === "named" || name === QUERY_NAMES.hashAlgorithm,
          );
          if (names.length === 0) continue;
          yield {
            message: `${names.join(", ")} may get past behavior ${behavior.pathPattern} into the cache key or to the origin`,
            evidence: [
              `${source.title}: query strings ${described(source.queryStrings)}`,
              "CloudFront removes Expires, Policy, Signature and Key-Pair-Id; whether it removes Hash-Algorithm is undocumented",
            ],
            remedy: `use "all except ${QUERY_NAMES.hashAlgorithm}", or a list of the application's own names`,
            setting: source.without("queryStrings", [QUERY_NAMES.hashAlgorithm]),
            where: behaviorName(distribution, behavior),
            inferred: true,
          };
        }
      }
    },
  },
];

/** A cache policy, an origin request policy or the legacy settings in one shape. */
interface Source {
  readonly title: string;
  /** The same, but for these names. */
  readonly without: (selected: Selected, names: readonly string[]) => SettingLines;
  readonly cookies: NameSelection;
  readonly queryStrings: NameSelection;
}

function cookieResult(
  behavior: CacheBehavior,
  source: Source,
  names: readonly string[],
): Omit<CheckResult, "message"> {
  return {
    evidence: [
      `${source.title}: cookies ${described(source.cookies)}`,
      `among them ${names.join(", ")}`,
      "whether CloudFront drops its own cookies here is undocumented",
    ],
    remedy: `give ${behavior.pathPattern} a policy that lists the application's own cookies`,
    setting: source.without("cookies", COOKIES),
    inferred: true,
  };
}

/** What reaches the origin without being in a cache policy. */
function sentBeside({ inventory }: GateSnapshot, behavior: CacheBehavior): Source | undefined {
  const policy = inventory.policies.get(behavior.originRequestPolicyId ?? "");
  if (policy !== undefined) return ofPolicy("origin request policy", policy);
  return legacy(behavior);
}

function querySources({ inventory }: GateSnapshot, behavior: CacheBehavior): Source[] {
  const titled = (kind: ForwardingPolicyKind, policy: ForwardingPolicy | undefined) =>
    policy === undefined ? undefined : ofPolicy(kind, policy);
  return [
    titled("cache policy", inventory.policies.get(behavior.cachePolicyId ?? "")),
    titled("origin request policy", inventory.policies.get(behavior.originRequestPolicyId ?? "")),
    legacy(behavior),
  ].filter((source) => source !== undefined);
}

function ofPolicy(kind: ForwardingPolicyKind, policy: ForwardingPolicy): Source {
  return {
    ...policy,
    title: `${kind} ${policy.name}`,
    without: (selected, names) => policyLinesWithout(kind, policy, selected, names),
  };
}

/** ForwardedValues: everything in it is part of the cache key and reaches the origin. */
function legacy({ forwardedValues: values, pathPattern }: CacheBehavior): Source | undefined {
  if (values === undefined) return undefined;
  const which = ({ none: "none", whitelist: "named", all: "all" } as const)[values.cookies];
  return {
    title: "ForwardedValues (legacy)",
    // It can only list what it forwards: the application's own names.
    without: (kind, names) =>
      behaviorLines(undefined, pathPattern, {
        ForwardedValues:
          kind === "cookies"
            ? { Cookies: { Forward: "whitelist", WhitelistedNames: ownNames(values.cookieNames, names) } }
            : { QueryStringCacheKeys: ownNames(values.queryStringKeys, names) },
      }),
    cookies: { which, names: values.cookieNames },
    queryStrings: !values.queryString
      ? { which: "none", names: [] }
      : values.queryStringKeys.length > 0
        ? { which: "named", names: values.queryStringKeys }
        : { which: "all", names: [] },
  };
}

function ownNames(listed: readonly string[], without: readonly string[]): readonly string[] {
  const left = listed.filter((name) => name !== "*" && !without.includes(name));
  return left.length === 0 ? ["NAME"] : left;
}

function selected(selection: NameSelection, names: readonly string[]): string[] {
  switch (selection.which) {
    case "none":
      return [];
    case "all":
      return [...names];
    case "named":
      return names.filter((name) => selection.names.includes(name));
    case "all-except":
      return names.filter((name) => !selection.names.includes(name));
  }
}

function described({ which, names }: NameSelection): string {
  return which === "named"
    ? names.join(", ")
    : which === "all-except"
      ? `all except ${names.join(", ")}`
      : which;
}
