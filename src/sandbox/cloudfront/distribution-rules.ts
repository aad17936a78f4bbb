/** What CloudFront refuses in a DistributionConfig (API Reference, CreateDistribution and UpdateDistribution). */
import {
  aliasesOf,
  behaviorsOf,
  isTrue,
  keyGroupsOf,
  textsOf,
  trustedKeyGroupIds,
} from "./distribution-document.ts";
import { distributionsTrusting } from "./key-groups.ts";
import type { CloudFrontQuotas } from "./ledger.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { refuse } from "./refusal.ts";
import { requireAt } from "./required.ts";
import type { CloudFrontState } from "./state.ts";
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

/** Members that must be there, by path; a missing one is a MalformedXML as AWS words it. */
const REQUIRED: readonly (readonly string[])[] = [
  ["CallerReference"],
  ["Comment"],
  ["Enabled"],
  ["Origins"],
  ["DefaultCacheBehavior"],
  ["DefaultCacheBehavior", "TargetOriginId"],
  ["DefaultCacheBehavior", "ViewerProtocolPolicy"],
];
const POLICIES = [
  ["CachePolicyId", "cache", "NoSuchCachePolicy"],
  ["OriginRequestPolicyId", "origin-request", "NoSuchOriginRequestPolicy"],
] as const;
const VIEWER_PROTOCOL_POLICIES = ["allow-all", "https-only", "redirect-to-https"];

/** Throws CloudFrontRefusal. `ownId` is the distribution under update. */
export function checkDistribution(
  config: XmlElement,
  state: CloudFrontState,
  quotas: CloudFrontQuotas,
  ownId?: string,
): void {
  for (const path of REQUIRED) requireAt(config, path);
  checkQuantities(config);
  checkBoolean("Enabled", textAt(config, "Enabled"));
  const originIds = checkOrigins(config);
  checkAliases(config, state, quotas, ownId);
  checkPathPatterns(config);
  for (const behavior of behaviorsOf(config)) checkBehavior(behavior, originIds, state, quotas);
  for (const id of trustedKeyGroupIds(config)) {
    const others = distributionsTrusting(state, id).filter((distribution) => distribution.id !== ownId);
    if (others.length >= quotas.distributionsPerKeyGroup) refuse("TooManyDistributionsAssociatedToKeyGroup");
  }
}

/** Every list in a Quantity wrapper says its own length. */
export function checkQuantities(part: XmlElement): void {
  const quantity = textAt(part, "Quantity");
  if (quantity !== undefined) {
    if (!/^\d+$/.test(quantity)) refuse("MalformedInput", `${part.name}.Quantity is no number`);
    const count = child(part, "Items")?.children.length ?? 0;
    if (Number(quantity) !== count) refuse("InconsistentQuantities");
  } else if (part.name !== "KeyGroupConfig" && child(part, "Items") !== undefined) {
    requireAt(part, ["Quantity"]);
  }
  for (const each of part.children) checkQuantities(each);
}

function checkBoolean(member: string, text: string | undefined): void {
  if (text !== "true" && text !== "false") refuse("MalformedInput", `${member} is neither true nor false`);
}

function checkOrigins(config: XmlElement): ReadonlySet<string> {
  const origins = itemsAt(config, "Origins");
  if (origins.length === 0) refuse("InvalidArgument", "A distribution needs at least one origin.");
  const ids = new Set<string>();
  for (const origin of origins) {
    requireAt(origin, ["Id"]);
    requireAt(origin, ["DomainName"]);
    const id = textAt(origin, "Id") as string;
    if (ids.has(id)) refuse("InvalidArgument", `The origin id ${id} is used more than once.`);
    ids.add(id);
  }
  for (const group of itemsAt(config, "OriginGroups")) ids.add(textAt(group, "Id") ?? "");
  return ids;
}

function checkAliases(
  config: XmlElement,
  state: CloudFrontState,
  quotas: CloudFrontQuotas,
  ownId?: string,
): void {
  const aliases = aliasesOf(config);
  if (aliases.length > quotas.aliasesPerDistribution) {
    refuse("InvalidArgument", "The distribution has more alternate domain names than the maximum allowed.");
  }
  for (const other of state.distributions.values()) {
    if (other.id === ownId) continue;
    const taken = aliasesOf(other.config);
    if (aliases.some((alias) => taken.includes(alias))) refuse("CNAMEAlreadyExists");
  }
}

function checkPathPatterns(config: XmlElement): void {
  const patterns = itemsAt(config, "CacheBehaviors").map((behavior) => {
    requireAt(behavior, ["PathPattern"]);
    return textAt(behavior, "PathPattern");
  });
  if (new Set(patterns).size < patterns.length) {
    refuse("InvalidArgument", "A path pattern is used by more than one cache behavior.");
  }
}

function checkBehavior(
  behavior: XmlElement,
  originIds: ReadonlySet<string>,
  state: CloudFrontState,
  quotas: CloudFrontQuotas,
): void {
  requireAt(behavior, ["TargetOriginId"]);
  requireAt(behavior, ["ViewerProtocolPolicy"]);
  if (!VIEWER_PROTOCOL_POLICIES.includes(textAt(behavior, "ViewerProtocolPolicy") as string)) {
    refuse("InvalidArgument", "The parameter ViewerProtocolPolicy is not valid.");
  }
  if (!originIds.has(textAt(behavior, "TargetOriginId") as string)) refuse("NoSuchOrigin");
  for (const list of ["TrustedKeyGroups", "TrustedSigners"]) {
    const trusted = child(behavior, list);
    if (trusted === undefined) continue;
    requireAt(trusted, ["Enabled"]);
    requireAt(trusted, ["Quantity"]);
    checkBoolean(`${list}.Enabled`, textAt(trusted, "Enabled"));
    // Undocumented for a list that is switched on and empty, or off and filled.
    if (isTrue(textAt(trusted, "Enabled")) !== itemsAt(behavior, list).length > 0) {
      refuse(
        "InvalidArgument",
        `The parameter ${list} is not valid: Enabled and Items contradict each other.`,
      );
    }
  }
  for (const [member, kind, refusal] of POLICIES) {
    const id = textAt(behavior, member) ?? "";
    const policy = MANAGED_POLICIES.get(id) ?? state.forwardingPolicies.get(id);
    if (id !== "" && policy?.kind !== kind) refuse(refusal);
  }
  const groups = textsOf(itemsAt(behavior, "TrustedKeyGroups"));
  if (groups.some((id) => !state.keyGroups.has(id))) refuse("TrustedKeyGroupDoesNotExist");
  if (keyGroupsOf(behavior).length > quotas.keyGroupsPerBehavior) {
    refuse("TooManyKeyGroupsAssociatedToDistribution");
  }
}
