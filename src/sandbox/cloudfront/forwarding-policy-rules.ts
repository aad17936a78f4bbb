/** What CloudFront refuses and fills in, in a cache or origin request policy (API Reference, CachePolicyConfig). */

import { refuseCloudFront } from "./refusal.ts";
import { checkLength, checkPresent } from "./resource-store.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { checkEnum, checkQuantities, requireAt } from "./validation.ts";
import { child, element, itemsAt, textAt, type XmlElement } from "./xml.ts";

type Kind = StoredForwardingPolicy["kind"];
const ROOT = { cache: "CachePolicyConfig", "origin-request": "OriginRequestPolicyConfig" } as const;
const PARAMETERS = "ParametersInCacheKeyAndForwardedToOrigin";

const LISTS = ["none", "whitelist", "allExcept", "all"];
/** Part, the member that sets its behavior, the list of names, and the values by kind. */
const PARTS: readonly {
  readonly config: string;
  readonly behavior: string;
  readonly names: string;
  readonly allowed: Readonly<Record<Kind, readonly string[]>>;
}[] = [
  {
    config: "HeadersConfig",
    behavior: "HeaderBehavior",
    names: "Headers",
    allowed: {
      cache: ["none", "whitelist"],
      "origin-request": ["none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"],
    },
  },
  {
    config: "CookiesConfig",
    behavior: "CookieBehavior",
    names: "Cookies",
    allowed: { cache: LISTS, "origin-request": LISTS },
  },
  {
    config: "QueryStringsConfig",
    behavior: "QueryStringBehavior",
    names: "QueryStrings",
    allowed: { cache: LISTS, "origin-request": LISTS },
  },
];
const LISTING = ["whitelist", "allExcept", "allViewerAndWhitelistCloudFront"];

export function checkForwardingPolicy(kind: Kind, config: XmlElement): void {
  checkQuantities(config);
  const name = textAt(config, "Name") ?? "";
  checkPresent("Name", name);
  checkLength("Name", name);
  checkLength("Comment", textAt(config, "Comment") ?? "");
  if (kind === "origin-request") {
    checkParts(kind, config, [ROOT[kind]]);
    return;
  }
  checkTtls(config);
  const parameters = child(config, PARAMETERS);
  if (parameters === undefined) return;
  requireAt(parameters, ["EnableAcceptEncodingGzip"]);
  checkParts(kind, parameters, [ROOT[kind], PARAMETERS]);
}

function checkParts(kind: Kind, parent: XmlElement, place: readonly string[]): void {
  for (const { config, behavior, names, allowed } of PARTS) {
    requireAt(parent, [config]);
    requireAt(parent, [config, behavior]);
    checkEnum(parent, place, [config, behavior], allowed[kind]);
    const isListing = LISTING.includes(textAt(parent, config, behavior) ?? "");
    if (isListing === itemsAt(parent, config, names).length > 0) continue;
    // AWS's wording is unknown.
    refuseCloudFront("InvalidArgument", `The parameter ${names} contradicts ${behavior}.`);
  }
}

function checkTtls(config: XmlElement): void {
  const [min = 0, usual, max] = ["MinTTL", "DefaultTTL", "MaxTTL"].map((member) => {
    const text = textAt(config, member);
    if (text === undefined) return undefined;
    return /^\d+$/.test(text)
      ? Number(text)
      : refuseCloudFront("MalformedInput", `${member} is not a number`);
  });
  if (min > (usual ?? min) || min > (max ?? min) || (usual ?? 0) > (max ?? Number.POSITIVE_INFINITY)) {
    refuseCloudFront(
      "InvalidArgument",
      "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL",
    );
  }
}

const DAY = 86_400;
const YEAR = 31_536_000;

export function policyWithDefaults(kind: Kind, config: XmlElement): XmlElement {
  if (kind === "origin-request") return config;
  const given = (member: string, missing: number) => Number(textAt(config, member) ?? missing);
  const usual = given("DefaultTTL", Math.max(given("MinTTL", 0), Math.min(DAY, given("MaxTTL", DAY))));
  const nothing = PARTS.map((part) => element(part.config, [element(part.behavior, "none")]));
  const defaults = [
    element("DefaultTTL", usual),
    element("MaxTTL", Math.max(usual, YEAR)),
    element(PARAMETERS, [element("EnableAcceptEncodingGzip", false), ...nothing]),
  ];
  const missing = defaults.filter(({ name }) => child(config, name) === undefined);
  return { ...config, children: [...config.children, ...missing] };
}
