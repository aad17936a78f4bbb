/** AWS's managed policies: their cookies, query strings and headers (DG:using-managed-cache-policies and -origin-request-policies). */
import { ORIGIN_REQUEST_POLICY_IDS } from "./origin-request-policy-ids.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { element, type XmlElement } from "./xml.ts";

type Which = "none" | "all" | readonly string[];
type Headers = "none" | "allViewer" | readonly string[];
type Row = readonly [id: string, name: string, cookies: Which, query: Which, headers: Headers];

const ORIGIN_HEADERS = ["origin", "access-control-request-headers", "access-control-request-method"];
const METHOD_OVERRIDES = ["x-http-method-override", "x-http-method", "x-method-override"];
const CLOUDFRONT_HEADERS = [
  ...["Forwarded-Proto", "Is-Android-Viewer", "Is-Desktop-Viewer", "Is-IOS-Viewer", "Is-Mobile-Viewer"],
  ...["Is-SmartTV-Viewer", "Is-Tablet-Viewer", "Viewer-Address", "Viewer-ASN", "Viewer-City"],
  ...["Viewer-Country", "Viewer-Country-Name", "Viewer-Country-Region", "Viewer-Country-Region-Name"],
  ...["Viewer-Http-Version", "Viewer-Latitude", "Viewer-Longitude", "Viewer-Metro-Code"],
  ...["Viewer-Postal-Code", "Viewer-Time-Zone", "Viewer-TLS"],
].map((name) => `CloudFront-${name}`);

const CACHE: readonly Row[] = [
  ["4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", "none", "none", "none"],
  ["658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", "none", "none", "none"],
  ["b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects", "none", "none", "none"],
  [
    "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    "Elemental-MediaPackage",
    "none",
    ["aws.manifestfilter", "end", "m", "start"],
    ["origin"],
  ],
  [
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
    "UseOriginCacheControlHeaders",
    "all",
    "none",
    ["host", "origin", ...METHOD_OVERRIDES],
  ],
  [
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    "UseOriginCacheControlHeaders-QueryStrings",
    "all",
    "all",
    ["host", "origin", ...METHOD_OVERRIDES],
  ],
  [
    "2e54312d-136d-493c-8eb9-b001f22f67d2",
    "Amplify",
    "all",
    "all",
    ["Authorization", "CloudFront-Viewer-Country", "Host"],
  ],
];
const ORIGIN_REQUEST: readonly Row[] = [
  [ORIGIN_REQUEST_POLICY_IDS.AllViewer, "AllViewer", "all", "all", "allViewer"],
  [
    ORIGIN_REQUEST_POLICY_IDS["AllViewerAndCloudFrontHeaders-2022-06"],
    "AllViewerAndCloudFrontHeaders-2022-06",
    "all",
    "all",
    CLOUDFRONT_HEADERS,
  ],
  [ORIGIN_REQUEST_POLICY_IDS.AllViewerExceptHostHeader, "AllViewerExceptHostHeader", "all", "all", ["host"]],
  [ORIGIN_REQUEST_POLICY_IDS["CORS-S3Origin"], "CORS-S3Origin", "none", "none", ORIGIN_HEADERS],
  [ORIGIN_REQUEST_POLICY_IDS["CORS-CustomOrigin"], "CORS-CustomOrigin", "none", "none", ["origin"]],
  [
    ORIGIN_REQUEST_POLICY_IDS["Elemental-MediaTailor-PersonalizedManifests"],
    "Elemental-MediaTailor-PersonalizedManifests",
    "none",
    "all",
    [...ORIGIN_HEADERS, "user-agent", "x-forwarded-for"],
  ],
  [ORIGIN_REQUEST_POLICY_IDS.HostHeaderOnly, "HostHeaderOnly", "none", "none", ["host"]],
  [
    ORIGIN_REQUEST_POLICY_IDS.UserAgentRefererHeaders,
    "UserAgentRefererHeaders",
    "none",
    "none",
    ["user-agent", "referer"],
  ],
];
/** How the listed headers are meant, if they are not the only ones. */
const LISTED: Readonly<Record<string, string>> = {
  AllViewerExceptHostHeader: "allExcept",
  "AllViewerAndCloudFrontHeaders-2022-06": "allViewerAndWhitelistCloudFront",
};

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
            ...parameters(cookies, query, headers, LISTED[name] ?? "whitelist"),
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
    element("CookiesConfig", selected("CookieBehavior", "Cookies", cookies)),
    element("QueryStringsConfig", selected("QueryStringBehavior", "QueryStrings", query)),
  ];
}

function selected(behavior: string, list: string, which: Which): XmlElement[] {
  if (typeof which === "string") return [element(behavior, which)];
  const items = element(
    "Items",
    which.map((name) => element("Name", name)),
  );
  return [element(behavior, "whitelist"), element(list, [element("Quantity", which.length), items])];
}
