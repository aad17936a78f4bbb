/** What CloudFront refuses in a DistributionConfig (API Reference, CreateDistribution and UpdateDistribution). */
import { checkBehavior, validateBehavior } from "./behavior-rules.ts";
import { aliasesOf, behaviorsOf, trustedKeyGroupIds } from "./distribution-document.ts";
import { distributionsTrusting } from "./key-groups.ts";
import { checkOrigins, targetIdsOf } from "./origin-rules.ts";
import { refuseCloudFront } from "./refusal.ts";
import { type CloudFrontQuotas, checkLength } from "./resource-store.ts";
import type { CloudFrontState } from "./state.ts";
import { checkBoolean, checkQuantities, requireAt } from "./validation.ts";
import { checkViewerSettings, validateViewerSettings } from "./viewer-rules.ts";
import { itemsAt, textAt, type XmlElement } from "./xml.ts";

const REQUIRED: readonly (readonly string[])[] = [
  ["CallerReference"],
  ["Comment"],
  ["Enabled"],
  ["Origins"],
  ["DefaultCacheBehavior"],
  ["DefaultCacheBehavior", "TargetOriginId"],
  ["DefaultCacheBehavior", "ViewerProtocolPolicy"],
];

/** Throws CloudFrontRefusal. `ownId` is the distribution under update. */
export function checkDistribution(
  config: XmlElement,
  state: CloudFrontState,
  quotas: CloudFrontQuotas,
  ownId?: string,
): void {
  validate(config);
  checkLength("Comment", textAt(config, "Comment") ?? "");
  const targets = targetIdsOf(config);
  const behaviors = behaviorsOf(config);
  if (behaviors.some((behavior) => !targets.has(textAt(behavior, "TargetOriginId") as string))) {
    refuseCloudFront("NoSuchOrigin");
  }
  checkOrigins(config, ownId !== undefined);
  checkPathPatterns(config);
  for (const behavior of behaviors) checkBehavior(behavior, state, quotas);
  checkViewerSettings(config);
  checkAliases(config, state, quotas, ownId);
  for (const id of trustedKeyGroupIds(config)) {
    const others = distributionsTrusting(state, id).filter((distribution) => distribution.id !== ownId);
    if (others.length >= quotas.distributionsPerKeyGroup)
      refuseCloudFront("TooManyDistributionsAssociatedToKeyGroup");
  }
}

/** Against the schema alone. */
function validate(config: XmlElement): void {
  for (const path of REQUIRED) requireAt(config, path);
  checkQuantities(config);
  checkBoolean("Enabled", textAt(config, "Enabled"));
  validateViewerSettings(config);
  const listed = itemsAt(config, "CacheBehaviors");
  for (const [index, behavior] of behaviorsOf(config).entries()) {
    const isListed = index < listed.length;
    const place = isListed ? ["CacheBehaviors", "Items", String(index + 1)] : ["DefaultCacheBehavior"];
    validateBehavior(behavior, ["DistributionConfig", ...place]);
  }
}

function checkAliases(
  config: XmlElement,
  state: CloudFrontState,
  quotas: CloudFrontQuotas,
  ownId?: string,
): void {
  const aliases = aliasesOf(config);
  if (aliases.length > quotas.aliasesPerDistribution) refuseCloudFront("TooManyDistributionCNAMEs");
  for (const other of state.distributions.values()) {
    if (other.id === ownId) continue;
    const taken = aliasesOf(other.config);
    if (aliases.some((alias) => taken.includes(alias))) refuseCloudFront("CNAMEAlreadyExists");
  }
}

function checkPathPatterns(config: XmlElement): void {
  const patterns = itemsAt(config, "CacheBehaviors").map((behavior) => {
    requireAt(behavior, ["PathPattern"]);
    return textAt(behavior, "PathPattern");
  });
  if (new Set(patterns).size < patterns.length) {
    refuseCloudFront("InvalidArgument", "A path pattern is used by more than one cache behavior.");
  }
}
