/** Distributions and their tags over REST-XML. */
import { elementTexts, trustedKeyGroupIds } from "./distribution-document.ts";
import type { Tags } from "./distributions.ts";
import { type Answer, type Call, checkMembers, type Operation, timestamp } from "./operation.ts";
import { refuseCloudFront } from "./refusal.ts";
import { created, resourceOperations } from "./resource-operations.ts";
import type { StoredDistribution } from "./state.ts";
import { child, element, textAt, type XmlElement } from "./xml.ts";

const PATH = "/distribution";
export const DISTRIBUTION_OPERATIONS: readonly Operation[] = [
  {
    name: "CreateDistributionWithTags",
    method: "POST",
    path: PATH,
    query: "WithTags",
    run: createWithTags,
  },
  ...resourceOperations({
    noun: "Distribution",
    nouns: "Distributions",
    path: PATH,
    updatePath: `${PATH}/{}/config`,
    collection: (model) => model.distributions,
    list: ({ model }) => model.distributions.list(),
    read: (call) => call.body("DistributionConfig"),
    write: writeDistribution,
    writeConfig: ({ config }) => config,
    writeSummary,
    listForm: "with Marker",
  }),
  { name: "ListTagsForResource", method: "GET", path: "/tagging", run: listTags },
  { name: "TagResource", method: "POST", path: "/tagging", query: "Operation=Tag", run: tagResource },
  { name: "UntagResource", method: "POST", path: "/tagging", query: "Operation=Untag", run: untagResource },
];

function createWithTags(call: Call): Answer {
  const root = call.body("DistributionConfigWithTags");
  checkMembers(root, ["DistributionConfig", "Tags"]);
  const config = child(root, "DistributionConfig") as XmlElement;
  const distribution = call.model.distributions.create(config, readTags(child(root, "Tags")));
  return created({ path: PATH, write: writeDistribution }, distribution, call);
}

function listTags(call: Call): Answer {
  const tags = Object.entries(call.model.distributions.tagsOf(resourceOf(call)));
  const items = tags.map(([key, value]) => element("Tag", [element("Key", key), element("Value", value)]));
  return { status: 200, root: element("Tags", [element("Items", items)]) };
}

function tagResource(call: Call): Answer {
  const added = readTags(call.body("Tags"));
  call.model.distributions.tag(resourceOf(call), (tags) => checkTagCount({ ...tags, ...added }));
  return { status: 204 };
}

function untagResource(call: Call): Answer {
  const keys = elementTexts(child(call.body("TagKeys"), "Items")?.children ?? []);
  call.model.distributions.tag(resourceOf(call), (tags) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))),
  );
  return { status: 204 };
}

function resourceOf(call: Call): string {
  return (
    call.query.get("Resource") ?? refuseCloudFront("InvalidArgument", "The parameter Resource is required.")
  );
}

function readTags(root: XmlElement | undefined): Tags {
  const tags = new Map<string, string>();
  for (const tag of child(root, "Items")?.children ?? []) {
    const key = textAt(tag, "Key") ?? "";
    const value = textAt(tag, "Value") ?? "";
    if (key === "" || key.length > 128 || value.length > 256 || key.startsWith("aws:"))
      refuseCloudFront("InvalidTagging");
    tags.set(key, value);
  }
  return checkTagCount(Object.fromEntries(tags));
}

function checkTagCount(tags: Tags): Tags {
  if (Object.keys(tags).length > 50)
    refuseCloudFront("InvalidTagging", "A resource can have at most 50 tags.");
  return tags;
}

function writeDistribution(distribution: StoredDistribution, call: Call): XmlElement {
  const { id, arn, modifiedAt, domainName, config } = distribution;
  return element("Distribution", [
    element("Id", id),
    element("ARN", arn),
    element("Status", call.model.distributions.statusOf(distribution)),
    element("LastModifiedTime", timestamp(modifiedAt)),
    element("InProgressInvalidationBatches", call.model.invalidations.inProgress(id)),
    element("DomainName", domainName),
    // The sandbox's account has no legacy account key pairs.
    element("ActiveTrustedSigners", [element("Enabled", false), element("Quantity", 0)]),
    activeTrustedKeyGroups(call, config),
    config,
  ]);
}

/** The list's element is named KeyGroup here too, with a structure inside. */
function activeTrustedKeyGroups(call: Call, config: XmlElement): XmlElement {
  const { keyGroups } = call.model.seen;
  const groups = trustedKeyGroupIds(config).map((id) => {
    const keys = keyGroups.get(id)?.config.items ?? [];
    const ids = keys.map((key) => element("KeyPairId", key));
    return element("KeyGroup", [
      element("KeyGroupId", id),
      element("KeyPairIds", [element("Quantity", keys.length), element("Items", ids)]),
    ]);
  });
  return element("ActiveTrustedKeyGroups", [
    element("Enabled", groups.length > 0),
    element("Quantity", groups.length),
    groups.length === 0 ? undefined : element("Items", groups),
  ]);
}

const SUMMARY_OF_CONFIG = [
  "Aliases",
  "Origins",
  "OriginGroups",
  "DefaultCacheBehavior",
  "CacheBehaviors",
  "CustomErrorResponses",
  "Comment",
  "PriceClass",
  "Enabled",
  "ViewerCertificate",
  "Restrictions",
  "WebACLId",
  "HttpVersion",
  "IsIPV6Enabled",
  "Staging",
  "ConnectionMode",
  "AnycastIpListId",
  "ViewerMtlsConfig",
  "ConnectionFunctionAssociation",
];

function writeSummary(distribution: StoredDistribution, call: Call): XmlElement {
  const { id, arn, etag, modifiedAt, domainName, config } = distribution;
  return element("DistributionSummary", [
    element("Id", id),
    element("ARN", arn),
    element("ETag", etag),
    element("Status", call.model.distributions.statusOf(distribution)),
    element("LastModifiedTime", timestamp(modifiedAt)),
    element("DomainName", domainName),
    ...SUMMARY_OF_CONFIG.map((name) => child(config, name)),
  ]);
}
