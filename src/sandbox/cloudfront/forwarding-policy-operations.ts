/** Cache and origin request policies over REST-XML (API Reference, CreateCachePolicy and related operations). */
import { MANAGED_POLICIES } from "./managed-policies.ts";
import type { CloudFrontModel } from "./model.ts";
import { type Call, checkMembers, type Operation, timestamp } from "./operation.ts";
import { refuseCloudFront } from "./refusal.ts";
import { resourceOperations } from "./resource-operations.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { element, type XmlElement } from "./xml.ts";

interface Noun {
  readonly name: "CachePolicy" | "OriginRequestPolicy";
  readonly plural: "CachePolicies" | "OriginRequestPolicies";
  readonly path: string;
  readonly collection: (model: CloudFrontModel) => CloudFrontModel["cachePolicies"];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}
const NOUNS: readonly Noun[] = [
  {
    name: "CachePolicy",
    plural: "CachePolicies",
    path: "/cache-policy",
    collection: (model) => model.cachePolicies,
    required: ["Name", "MinTTL"],
    optional: ["Comment", "DefaultTTL", "MaxTTL", "ParametersInCacheKeyAndForwardedToOrigin"],
  },
  {
    name: "OriginRequestPolicy",
    plural: "OriginRequestPolicies",
    path: "/origin-request-policy",
    collection: (model) => model.originRequestPolicies,
    required: ["Name", "HeadersConfig", "CookiesConfig", "QueryStringsConfig"],
    optional: ["Comment"],
  },
];

export const FORWARDING_POLICY_OPERATIONS: readonly Operation[] = NOUNS.flatMap((noun) =>
  resourceOperations<StoredForwardingPolicy, XmlElement>({
    noun: noun.name,
    nouns: noun.plural,
    path: noun.path,
    updatePath: `${noun.path}/{}`,
    collection: noun.collection,
    list: (call) => noun.collection(call.model).list(typeOf(call)),
    read: (call) => {
      const config = call.body(`${noun.name}Config`);
      checkMembers(config, noun.required, noun.optional);
      return config;
    },
    write: (policy) => write(noun, policy),
    writeConfig: ({ config }) => config,
    writeSummary: (policy) =>
      element(`${noun.name}Summary`, [
        element("Type", MANAGED_POLICIES.has(policy.id) ? "managed" : "custom"),
        write(noun, policy),
      ]),
    listForm: "without Marker",
  }),
);

function typeOf({ query }: Call): "managed" | "custom" | undefined {
  const type = query.get("Type") ?? "";
  if (type === "managed" || type === "custom") return type;
  return type === "" ? undefined : refuseCloudFront("InvalidArgument", "The parameter Type is not valid.");
}

function write({ name }: Noun, { id, modifiedAt, config }: StoredForwardingPolicy): XmlElement {
  return element(name, [element("Id", id), element("LastModifiedTime", timestamp(modifiedAt)), config]);
}
