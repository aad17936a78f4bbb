/** What CloudFront refuses in one cache behavior (API Reference, CacheBehavior and DefaultCacheBehavior). */
import { elementTexts, isTrue, keyGroupsOf } from "./distribution-document.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { refuseCloudFront } from "./refusal.ts";
import type { CloudFrontQuotas } from "./resource-store.ts";
import type { CloudFrontState } from "./state.ts";
import { checkBoolean, checkEnum, checkEnumItems, requireAt } from "./validation.ts";
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

const POLICIES = [
  ["CachePolicyId", "cache", "NoSuchCachePolicy"],
  ["OriginRequestPolicyId", "origin-request", "NoSuchOriginRequestPolicy"],
] as const;
const TTLS = ["MinTTL", "DefaultTTL", "MaxTTL"];
const ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"];
/** Sorted: the only sets of methods that a behavior may allow, or cache. */
const ALLOWED_METHODS = ["GET,HEAD", "GET,HEAD,OPTIONS", [...ALL_METHODS].sort().join(",")];
const CACHED_METHODS = ["GET,HEAD", "GET,HEAD,OPTIONS"];
const EVENT_TYPES = ["viewer-request", "viewer-response", "origin-request", "origin-response"];

/** Members and values allowed by the schema. `place` is the behavior's path in the document. */
export function validateBehavior(behavior: XmlElement, place: readonly string[]): void {
  requireAt(behavior, ["TargetOriginId"]);
  requireAt(behavior, ["ViewerProtocolPolicy"]);
  const viewerPolicies = ["allow-all", "https-only", "redirect-to-https"];
  checkEnum(behavior, place, ["ViewerProtocolPolicy"], viewerPolicies);
  checkEnumItems(behavior, place, ["AllowedMethods"], ALL_METHODS);
  checkEnumItems(behavior, place, ["AllowedMethods", "CachedMethods"], ALL_METHODS);
  checkEnum(behavior, place, ["ForwardedValues", "Cookies", "Forward"], ["none", "whitelist", "all"]);
  for (const list of ["FunctionAssociations", "LambdaFunctionAssociations"]) {
    for (const [index, association] of itemsAt(behavior, list).entries()) {
      checkEnum(association, [...place, list, "Items", String(index + 1)], ["EventType"], EVENT_TYPES);
    }
  }
}

export function checkBehavior(behavior: XmlElement, state: CloudFrontState, quotas: CloudFrontQuotas): void {
  checkCaching(behavior);
  checkMethods(behavior);
  checkLambdaFunctions(behavior);
  checkTrust(behavior, state, quotas);
  for (const [member, kind, refusal] of POLICIES) {
    const id = textAt(behavior, member) ?? "";
    const policy = MANAGED_POLICIES.get(id) ?? state.forwardingPolicies.get(id);
    if (id !== "" && policy?.kind !== kind) refuseCloudFront(refusal);
  }
}

/** Either a cache policy, or ForwardedValues and TTLs in the behavior itself. */
function checkCaching(behavior: XmlElement): void {
  const forwarded = child(behavior, "ForwardedValues");
  if ((textAt(behavior, "CachePolicyId") ?? "") !== "") {
    for (const member of ["ForwardedValues", ...TTLS]) {
      if (child(behavior, member) === undefined) continue;
      const message = `The parameter ${member} cannot be used when a cache policy is associated to the cache behavior.`;
      refuseCloudFront("InvalidArgument", message);
    }
    return;
  }
  if (forwarded === undefined)
    refuseCloudFront("InvalidArgument", "The parameter ForwardedValues is required.");
  if ((textAt(behavior, "OriginRequestPolicyId") ?? "") !== "") {
    // AWS's wording is unknown.
    refuseCloudFront(
      "InvalidArgument",
      "The parameter OriginRequestPolicyId cannot be used without a cache policy.",
    );
  }
  requireAt(forwarded, ["QueryString"]);
  requireAt(forwarded, ["Cookies"]);
  requireAt(forwarded, ["Cookies", "Forward"]);
  const names = itemsAt(forwarded, "Cookies", "WhitelistedNames");
  const isListed = textAt(forwarded, "Cookies", "Forward") === "whitelist";
  if (isListed !== names.length > 0) refuseCloudFront("InvalidForwardCookies");
  const [min = 0, usual, max] = TTLS.map((member) => numberAt(behavior, member));
  if (min > (usual ?? min) || min > (max ?? min) || (usual ?? 0) > (max ?? Number.POSITIVE_INFINITY)) {
    refuseCloudFront("InvalidTTLOrder");
  }
}

function numberAt(behavior: XmlElement, member: string): number | undefined {
  const text = textAt(behavior, member);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : refuseCloudFront("MalformedInput", `${member} is not a number`);
}

function checkMethods(behavior: XmlElement): void {
  const rules = [
    [["AllowedMethods"], ALLOWED_METHODS],
    [["AllowedMethods", "CachedMethods"], CACHED_METHODS],
  ] as const;
  for (const [path, sets] of rules) {
    const methods = elementTexts(itemsAt(behavior, ...path)).toSorted();
    if (methods.length > 0 && !sets.includes(methods.join(","))) {
      // AWS's wording is unknown.
      refuseCloudFront(
        "InvalidArgument",
        `The parameter ${path.at(-1)} is not one of the combinations that are allowed.`,
      );
    }
  }
}

function checkLambdaFunctions(behavior: XmlElement): void {
  for (const association of itemsAt(behavior, "LambdaFunctionAssociations")) {
    const arn = textAt(association, "LambdaFunctionARN") ?? "";
    if (!/:function:[\w-]+:\d+$/.test(arn)) {
      refuseCloudFront(
        "InvalidLambdaFunctionAssociation",
        `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
      );
    }
    if (!arn.startsWith("arn:aws:lambda:us-east-1:")) {
      refuseCloudFront(
        "InvalidLambdaFunctionAssociation",
        `The function must be in region 'us-east-1'. ARN: ${arn}`,
      );
    }
  }
}

function checkTrust(behavior: XmlElement, state: CloudFrontState, quotas: CloudFrontQuotas): void {
  for (const list of ["TrustedKeyGroups", "TrustedSigners"]) {
    const trusted = child(behavior, list);
    if (trusted === undefined) continue;
    requireAt(trusted, ["Enabled"]);
    requireAt(trusted, ["Quantity"]);
    checkBoolean(`${list}.Enabled`, textAt(trusted, "Enabled"));
    // Undocumented for a list that is enabled and empty, or disabled and filled.
    if (isTrue(textAt(trusted, "Enabled")) !== itemsAt(behavior, list).length > 0) {
      refuseCloudFront(
        "InvalidArgument",
        `The parameter ${list} is not valid: Enabled and Items contradict each other.`,
      );
    }
  }
  const groups = elementTexts(itemsAt(behavior, "TrustedKeyGroups"));
  if (groups.some((id) => !state.keyGroups.has(id))) refuseCloudFront("TrustedKeyGroupDoesNotExist");
  if (keyGroupsOf(behavior).length > quotas.keyGroupsPerBehavior) {
    refuseCloudFront("TooManyKeyGroupsAssociatedToDistribution");
  }
}
