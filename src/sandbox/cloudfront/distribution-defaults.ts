/** The members that CloudFront fills in when a DistributionConfig leaves them out (API Reference, DistributionConfig). */
import { child, element, itemsAt, type XmlElement } from "./xml.ts";

const noItems = (name: string) => element(name, [element("Quantity", 0)]);
const trustsNobody = (name: string) => element(name, [element("Enabled", false), element("Quantity", 0)]);
const methods = ["HEAD", "GET"].map((method) => element("Method", method));

const OF_CONFIG: readonly XmlElement[] = [
  noItems("Aliases"),
  element("DefaultRootObject", ""),
  noItems("OriginGroups"),
  noItems("CacheBehaviors"),
  noItems("CustomErrorResponses"),
  element("Logging", [
    element("Enabled", false),
    element("IncludeCookies", false),
    element("Bucket", ""),
    element("Prefix", ""),
  ]),
  element("PriceClass", "PriceClass_All"),
  element("ViewerCertificate", [
    element("CloudFrontDefaultCertificate", true),
    element("SSLSupportMethod", "vip"),
    element("MinimumProtocolVersion", "TLSv1"),
    element("CertificateSource", "cloudfront"),
  ]),
  element("Restrictions", [
    element("GeoRestriction", [element("RestrictionType", "none"), element("Quantity", 0)]),
  ]),
  element("WebACLId", ""),
  element("HttpVersion", "http2"),
  element("IsIPV6Enabled", false),
  element("ContinuousDeploymentPolicyId", ""),
  element("Staging", false),
];

const OF_BEHAVIOR: readonly XmlElement[] = [
  trustsNobody("TrustedSigners"),
  trustsNobody("TrustedKeyGroups"),
  element("AllowedMethods", [
    element("Quantity", 2),
    element("Items", methods),
    element("CachedMethods", [element("Quantity", 2), element("Items", methods)]),
  ]),
  element("SmoothStreaming", false),
  element("Compress", false),
  noItems("LambdaFunctionAssociations"),
  noItems("FunctionAssociations"),
  element("FieldLevelEncryptionId", ""),
];

const OF_ORIGIN: readonly XmlElement[] = [
  element("OriginPath", ""),
  noItems("CustomHeaders"),
  element("ConnectionAttempts", 3),
  element("ConnectionTimeout", 10),
  element("OriginShield", [element("Enabled", false)]),
  element("OriginAccessControlId", ""),
];

export function withDefaults(config: XmlElement): XmlElement {
  const complete = fill(config, OF_CONFIG);
  return {
    ...complete,
    children: complete.children.map((part) => {
      if (part.name === "DefaultCacheBehavior") return fill(part, OF_BEHAVIOR);
      if (part.name === "CacheBehaviors") return fillItems(part, OF_BEHAVIOR);
      if (part.name === "Origins") return fillItems(part, OF_ORIGIN);
      return part;
    }),
  };
}

function fill(part: XmlElement, defaults: readonly XmlElement[]): XmlElement {
  const missing = defaults.filter(({ name }) => child(part, name) === undefined);
  return { ...part, text: "", children: [...part.children, ...missing] };
}

function fillItems(list: XmlElement, defaults: readonly XmlElement[]): XmlElement {
  const filled = element(
    "Items",
    itemsAt({ name: "", text: "", children: [list] }, list.name).map((item) => fill(item, defaults)),
  );
  return { ...list, children: list.children.map((part) => (part.name === "Items" ? filled : part)) };
}
