/** Cache and origin request policies over REST-XML: made and read, which is what a distribution and an audit need. */
import { checkQuantities } from "./distribution-rules.ts";
import {
  type Answer,
  type Call,
  checkMembers,
  idAt,
  locationOf,
  type Operation,
  timestamp,
} from "./operation.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { element } from "./xml.ts";

interface Noun {
  readonly kind: StoredForwardingPolicy["kind"];
  readonly name: "CachePolicy" | "OriginRequestPolicy";
  readonly path: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}
const NOUNS: readonly Noun[] = [
  {
    kind: "cache",
    name: "CachePolicy",
    path: "/cache-policy",
    required: ["Name", "MinTTL"],
    optional: ["Comment", "DefaultTTL", "MaxTTL", "ParametersInCacheKeyAndForwardedToOrigin"],
  },
  {
    kind: "origin-request",
    name: "OriginRequestPolicy",
    path: "/origin-request-policy",
    required: ["Name", "HeadersConfig", "CookiesConfig", "QueryStringsConfig"],
    optional: ["Comment"],
  },
];

export const FORWARDING_POLICY_OPERATIONS: readonly Operation[] = NOUNS.flatMap((noun) => [
  { name: `Create${noun.name}`, method: "POST", path: noun.path, run: (call: Call) => create(noun, call) },
  { name: `Get${noun.name}`, method: "GET", path: `${noun.path}/{}`, run: (call: Call) => get(noun, call) },
]);

function create(noun: Noun, call: Call): Answer {
  const config = call.body(`${noun.name}Config`);
  checkMembers(config, noun.required, noun.optional);
  checkQuantities(config);
  const policy = call.model.forwardingPolicies.create(noun.kind, config);
  return { ...answer(noun, policy), status: 201, location: locationOf(`${noun.path.slice(1)}/${policy.id}`) };
}

function get(noun: Noun, call: Call): Answer {
  return answer(noun, call.model.forwardingPolicies.get(noun.kind, idAt(call)));
}

function answer({ name }: Noun, { id, etag, modifiedAt, config }: StoredForwardingPolicy): Answer {
  const root = element(name, [element("Id", id), element("LastModifiedTime", timestamp(modifiedAt)), config]);
  return { status: 200, root, etag };
}
