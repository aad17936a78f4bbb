/** What CloudFront refuses in the origins of a DistributionConfig (API Reference, Origin). */
import { refuseCloudFront } from "./refusal.ts";
import { checkEnum, checkEnumItems, requireAt } from "./validation.ts";
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

const PROTOCOL_POLICIES = ["http-only", "match-viewer", "https-only"];
const SSL_PROTOCOLS = ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"];
const KINDS = ["CustomOriginConfig", "S3OriginConfig", "VpcOriginConfig"];

/** The ids that a cache behavior may target: origins and origin groups. */
export function targetIdsOf(config: XmlElement): ReadonlySet<string> {
  const ids = new Set<string>();
  const origins = itemsAt(config, "Origins");
  if (origins.length === 0) refuseCloudFront("InvalidArgument", "A distribution needs at least one origin.");
  for (const origin of origins) {
    requireAt(origin, ["Id"]);
    requireAt(origin, ["DomainName"]);
    const id = textAt(origin, "Id") as string;
    if (ids.has(id)) refuseCloudFront("InvalidArgument", `The origin id ${id} is used more than once.`);
    ids.add(id);
  }
  for (const group of itemsAt(config, "OriginGroups")) {
    const members = itemsAt(group, "Members").map((member) => textAt(member, "OriginId") ?? "");
    if (members.some((id) => !ids.has(id))) refuseCloudFront("NoSuchOrigin");
  }
  return new Set([...ids, ...itemsAt(config, "OriginGroups").map((group) => textAt(group, "Id") ?? "")]);
}

/** `isUpdate` decides one code: AWS calls an origin of two kinds an IllegalUpdate there. */
export function checkOrigins(config: XmlElement, isUpdate: boolean): void {
  for (const [index, origin] of itemsAt(config, "Origins").entries()) {
    const kinds = KINDS.filter((kind) => child(origin, kind) !== undefined);
    if (kinds.length === 0) refuseCloudFront("InvalidOrigin");
    if (kinds.length > 1) {
      refuseCloudFront(
        isUpdate ? "IllegalUpdate" : "InvalidArgument",
        "You must specify either a CustomOrigin or an S3Origin. You cannot specify both.",
      );
    }
    checkCommon(origin);
    const custom = child(origin, "CustomOriginConfig");
    if (custom !== undefined) checkCustom(custom, textAt(origin, "DomainName") ?? "", index + 1);
    if (child(origin, "S3OriginConfig") !== undefined) checkS3(origin);
  }
}

/** Path, attempts and timeouts, which every kind of origin has. */
function checkCommon(origin: XmlElement): void {
  const path = textAt(origin, "OriginPath") ?? "";
  if (path !== "" && !/^\/[^\s?#]*[^/\s?#]$/.test(path)) refuseCloudFront("InvalidRelativePath");
  if (!isWithin(textAt(origin, "ConnectionAttempts"), 1, 3)) refuseParameter("ConnectionAttempts");
  if (!isWithin(textAt(origin, "ConnectionTimeout"), 1, 10)) refuseParameter("ConnectionTimeout");
}

function checkCustom(custom: XmlElement, domainName: string, number: number): void {
  for (const member of ["HTTPPort", "HTTPSPort", "OriginProtocolPolicy"]) requireAt(custom, [member]);
  const place = ["DistributionConfig", "Origins", "Items", String(number), "CustomOriginConfig"];
  checkEnum(custom, place, ["OriginProtocolPolicy"], PROTOCOL_POLICIES);
  checkEnumItems(custom, place, ["OriginSslProtocols"], SSL_PROTOCOLS);
  if (/^[\d.]+$/.test(domainName)) {
    // AWS's wording is unknown.
    refuseCloudFront("InvalidArgument", "The parameter origin name cannot be an IP address.");
  }
  if (!/^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(domainName)) {
    refuseCloudFront("InvalidArgument", "The parameter origin name must be a domain name.");
  }
  for (const member of ["HTTPPort", "HTTPSPort"]) {
    const port = Number(textAt(custom, member));
    const isAllowed = port === 80 || port === 443 || (port >= 1024 && port <= 65_535);
    if (!isAllowed) refuseParameter(member);
  }
  if (!isWithin(textAt(custom, "OriginReadTimeout"), 1, 120)) refuseCloudFront("InvalidOriginReadTimeout");
  if (!isWithin(textAt(custom, "OriginKeepaliveTimeout"), 1, 120))
    refuseCloudFront("InvalidOriginKeepaliveTimeout");
}

/** A website endpoint of S3 is a custom origin (DG:DownloadDistS3AndCustomOrigins). */
const S3_BUCKET =
  /^(?<bucket>[A-Za-z0-9][\w.-]{1,61}[A-Za-z0-9])\.s3(?:[.-](?:dualstack\.)?(?!website)[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

function checkS3(origin: XmlElement): void {
  requireAt(origin, ["S3OriginConfig", "OriginAccessIdentity"]);
  if (!S3_BUCKET.test(textAt(origin, "DomainName") ?? "")) {
    refuseCloudFront(
      "InvalidArgument",
      "The parameter Origin DomainName does not refer to a valid S3 bucket.",
    );
  }
  const identity = textAt(origin, "S3OriginConfig", "OriginAccessIdentity") ?? "";
  if (identity === "") return;
  if (!identity.startsWith("origin-access-identity/cloudfront/"))
    refuseCloudFront("InvalidOriginAccessIdentity");
  if ((textAt(origin, "OriginAccessControlId") ?? "") !== "")
    refuseCloudFront("IllegalOriginAccessConfiguration");
}

const isWithin = (text: string | undefined, min: number, max: number) =>
  text === undefined || (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max);

const refuseParameter = (member: string) =>
  refuseCloudFront("InvalidArgument", `The parameter ${member} is not valid.`);
