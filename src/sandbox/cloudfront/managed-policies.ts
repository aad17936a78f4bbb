/** AWS's managed policies: their cookies, query strings and headers (DG:using-managed-cache-policies and -origin-request-policies). */
import type { StoredForwardingPolicy } from "./state.ts";
import { element, type XmlElement } from "./xml.ts";

type Which = "none" | "all";
type Headers = "none" | "allViewer" | readonly string[];

const CACHE: readonly (readonly [
  id: string,
  name: string,
  cookies: Which,
  query: Which,
  headers: Headers,
])[] = [
  ["4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", "none", "none", "none"],
  ["658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", "none", "none", "none"],
  ["b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects", "none", "none", "none"],
  ["08627262-05a9-4f76-9ded-b50ca2e3a84f", "Elemental-MediaPackage", "none", "none", ["origin"]],
  ["83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", "all", "none", ["host"]],
  [
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    "UseOriginCacheControlHeaders-QueryStrings",
    "all",
    "all",
    ["host"],
  ],
];
const ORIGIN_REQUEST: typeof CACHE = [
  ["216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer", "all", "all", "allViewer"],
  ["b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader", "all", "all", ["host"]],
  ["88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "CORS-S3Origin", "none", "none", ["origin"]],
  ["59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin", "none", "none", ["origin"]],
  [
    "acba4595-bd28-49b8-b9fe-13317c0390fa",
    "UserAgentRefererHeaders",
    "none",
    "none",
    ["user-agent", "referer"],
  ],
];

const ETAG = "E23ZP02F085DFQ";

export const MANAGED_POLICIES: ReadonlyMap<string, StoredForwardingPolicy> = new Map<
  string,
  StoredForwardingPolicy
>([
  ...CACHE.map(
    ([id, name, cookies, query, headers]) =>
      [
        id,
        {
          id,
          kind: "cache" as const,
          etag: ETAG,
          modifiedAt: 0,
          config: element("CachePolicyConfig", [
            element("Name", `Managed-${name}`),
            element("MinTTL", 0),
            element("ParametersInCacheKeyAndForwardedToOrigin", [
              element("EnableAcceptEncodingGzip", true),
              ...parameters(cookies, query, headers, "whitelist"),
            ]),
          ]),
        },
      ] as const,
  ),
  ...ORIGIN_REQUEST.map(
    ([id, name, cookies, query, headers]) =>
      [
        id,
        {
          id,
          kind: "origin-request" as const,
          etag: ETAG,
          modifiedAt: 0,
          config: element("OriginRequestPolicyConfig", [
            element("Name", `Managed-${name}`),
            ...parameters(
              cookies,
              query,
              headers,
              name === "AllViewerExceptHostHeader" ? "allExcept" : "whitelist",
            ),
          ]),
        },
      ] as const,
  ),
]);

function parameters(cookies: Which, query: Which, headers: Headers, listed: string): XmlElement[] {
  const names = typeof headers === "string" ? [] : headers;
  return [
    element("HeadersConfig", [
      element("HeaderBehavior", typeof headers === "string" ? headers : listed),
      ...(names.length === 0
        ? []
        : [
            element("Headers", [
              element("Quantity", names.length),
              element(
                "Items",
                names.map((name) => element("Name", name)),
              ),
            ]),
          ]),
    ]),
    element("CookiesConfig", [element("CookieBehavior", cookies)]),
    element("QueryStringsConfig", [element("QueryStringBehavior", query)]),
  ];
}
