/** The members that CloudFront fills in when a DistributionConfig leaves them out (API Reference, DistributionConfig). */
import { child, childAt, element, quantityList, textAt, type XmlElement } from "./xml.ts";

const noItems = (name: string) => element(name, [element("Quantity", 0)]);
const trustsNobody = (name: string) => element(name, [element("Enabled", false), element("Quantity", 0)]);
const readMethods = ["HEAD", "GET"].map((method) => element("Method", method));
const CACHED_METHODS = quantityList("CachedMethods", readMethods);
const disabled = (name: string) => element(name, [element("Enabled", false)]);

const OF_CONFIG: readonly XmlElement[] = [
  noItems("Aliases"),
  element("DefaultRootObject", ""),
  noItems("OriginGroups"),
  noItems("CacheBehaviors"),
  noItems("CustomErrorResponses"),
  element("Logging", []),
  element("PriceClass", "PriceClass_All"),
  element("ViewerCertificate", []),
  element("Restrictions", [
    element("GeoRestriction", [element("RestrictionType", "none"), element("Quantity", 0)]),
  ]),
  element("WebACLId", ""),
  element("HttpVersion", "http2"),
  // Not documented in the API Reference, but what the short form of `aws cloudfront create-distribution` returns.
  element("IsIPV6Enabled", true),
  element("ContinuousDeploymentPolicyId", ""),
  element("Staging", false),
];

const OF_LOGGING: readonly XmlElement[] = [
  element("Enabled", false),
  element("IncludeCookies", false),
  element("Bucket", ""),
  element("Prefix", ""),
];

const OF_DEFAULT_CERTIFICATE: readonly XmlElement[] = [
  element("CloudFrontDefaultCertificate", true),
  element("SSLSupportMethod", "vip"),
  element("MinimumProtocolVersion", "TLSv1"),
  element("CertificateSource", "cloudfront"),
];

const OF_BEHAVIOR: readonly XmlElement[] = [
  trustsNobody("TrustedSigners"),
  trustsNobody("TrustedKeyGroups"),
  element("AllowedMethods", [...quantityList("", readMethods).children, CACHED_METHODS]),
  element("SmoothStreaming", false),
  element("Compress", false),
  noItems("LambdaFunctionAssociations"),
  noItems("FunctionAssociations"),
  element("FieldLevelEncryptionId", ""),
  disabled("GrpcConfig"),
];

/** Without a cache policy: DG:DownloadDistValuesCacheBehavior. */
const DAY = 86_400;
const YEAR = 31_536_000;

const OF_ORIGIN: readonly XmlElement[] = [
  element("OriginPath", ""),
  noItems("CustomHeaders"),
  element("ConnectionAttempts", 3),
  element("ConnectionTimeout", 10),
  disabled("OriginShield"),
  element("OriginAccessControlId", ""),
];

const OF_CUSTOM_ORIGIN: readonly XmlElement[] = [
  quantityList(
    "OriginSslProtocols",
    ["TLSv1", "TLSv1.1", "TLSv1.2"].map((protocol) => element("SslProtocol", protocol)),
  ),
  element("OriginReadTimeout", 30),
  element("OriginKeepaliveTimeout", 5),
];

const OF_ERROR_RESPONSE: readonly XmlElement[] = [
  element("ResponsePagePath", ""),
  element("ResponseCode", ""),
  element("ErrorCachingMinTTL", 10),
];

type Change = (part: XmlElement) => XmlElement;
const FILLED: Readonly<Record<string, Change>> = {
  DefaultCacheBehavior: fillBehavior,
  CacheBehaviors: (list) => withItems(list, fillBehavior),
  Origins: (list) => withItems(list, fillOrigin),
  CustomErrorResponses: (list) => withItems(list, (response) => fill(response, OF_ERROR_RESPONSE)),
  Logging: (logging) => fill(logging, OF_LOGGING),
  ViewerCertificate: (certificate) => fill(certificate, defaultsOfCertificate(certificate)),
};

export function withDefaults(config: XmlElement): XmlElement {
  return changed(fill(config, OF_CONFIG), FILLED);
}

function fillOrigin(origin: XmlElement): XmlElement {
  return changed(fill(origin, OF_ORIGIN), { CustomOriginConfig: (custom) => fill(custom, OF_CUSTOM_ORIGIN) });
}

function fillBehavior(behavior: XmlElement): XmlElement {
  return changed(fill(behavior, [...OF_BEHAVIOR, ...defaultTtls(behavior)]), {
    AllowedMethods: (methods) => fill(methods, [CACHED_METHODS]),
    ForwardedValues: (values) => fill(values, [noItems("Headers"), noItems("QueryStringCacheKeys")]),
  });
}

/** None with a cache policy, which has its own. A default never overrides what the caller set. */
function defaultTtls(behavior: XmlElement): readonly XmlElement[] {
  if (child(behavior, "ForwardedValues") === undefined) return [];
  const given = (name: string) => Number(textAt(behavior, name) ?? Number.NaN);
  const min = given("MinTTL") || 0;
  const longest = Number.isNaN(given("MaxTTL")) ? Number.POSITIVE_INFINITY : given("MaxTTL");
  const usual = Number.isNaN(given("DefaultTTL"))
    ? Math.max(min, Math.min(DAY, longest))
    : given("DefaultTTL");
  const ttls = { MinTTL: min, DefaultTTL: usual, MaxTTL: Math.max(usual, YEAR) };
  return Object.entries(ttls).map(([name, seconds]) => element(name, seconds));
}

/** A custom certificate is repeated in two deprecated members. */
function defaultsOfCertificate(certificate: XmlElement): readonly XmlElement[] {
  const acm = textAt(certificate, "ACMCertificateArn") ?? "";
  const own = acm === "" ? (textAt(certificate, "IAMCertificateId") ?? "") : acm;
  if (own === "") return OF_DEFAULT_CERTIFICATE;
  return [
    element("CloudFrontDefaultCertificate", false),
    element("SSLSupportMethod", "sni-only"),
    element("MinimumProtocolVersion", "TLSv1"),
    element("Certificate", own),
    element("CertificateSource", acm === "" ? "iam" : "acm"),
  ];
}

function fill(part: XmlElement, defaults: readonly XmlElement[]): XmlElement {
  const missing = defaults.filter(({ name }) => child(part, name) === undefined);
  return { ...part, text: "", children: [...part.children, ...missing] };
}

function changed(part: XmlElement, changes: Readonly<Record<string, Change>>): XmlElement {
  const children = part.children.map((each) => changes[each.name]?.(each) ?? each);
  return { ...part, children };
}

function withItems(list: XmlElement, change: Change): XmlElement {
  if (childAt(list, "Items") === undefined) return list;
  return changed(list, { Items: (items) => ({ ...items, children: items.children.map(change) }) });
}
