/** What CloudFront refuses in a distribution's viewer settings: names, certificate, error pages, countries. */
import { aliasesOf, elementTexts, isTrue } from "./distribution-document.ts";
import { refuseCloudFront } from "./refusal.ts";
import { checkEnum } from "./validation.ts";
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

const PLACE = ["DistributionConfig"];
const ENUMS: readonly (readonly [path: readonly string[], allowed: readonly string[]])[] = [
  [["HttpVersion"], ["http1.1", "http2", "http3", "http2and3"]],
  [["PriceClass"], ["PriceClass_100", "PriceClass_200", "PriceClass_All", "None"]],
  [["ConnectionMode"], ["direct", "tenant-only"]],
  [
    ["ViewerCertificate", "SSLSupportMethod"],
    ["sni-only", "vip", "static-ip"],
  ],
  [
    ["ViewerCertificate", "MinimumProtocolVersion"],
    [
      "SSLv3",
      "TLSv1",
      "TLSv1_2016",
      "TLSv1.1_2016",
      "TLSv1.2_2018",
      "TLSv1.2_2019",
      "TLSv1.2_2021",
      "TLSv1.2_2025",
      "TLSv1.3_2025",
    ],
  ],
  [
    ["Restrictions", "GeoRestriction", "RestrictionType"],
    ["blacklist", "whitelist", "none"],
  ],
];

export function validateViewerSettings(config: XmlElement): void {
  for (const [path, allowed] of ENUMS) checkEnum(config, PLACE, path, allowed);
}

export function checkViewerSettings(config: XmlElement): void {
  const root = textAt(config, "DefaultRootObject") ?? "";
  if (root.startsWith("/") || root.length > 255) refuseCloudFront("InvalidDefaultRootObject");
  checkCertificate(config);
  for (const response of itemsAt(config, "CustomErrorResponses")) checkErrorResponse(response);
  checkCountries(config);
}

function checkCertificate(config: XmlElement): void {
  const certificate = child(config, "ViewerCertificate");
  const acm = textAt(certificate, "ACMCertificateArn") ?? "";
  const iam = textAt(certificate, "IAMCertificateId") ?? "";
  const hasOwn = acm !== "" || iam !== "";
  if (aliasesOf(config).length > 0 && !hasOwn) {
    refuseCloudFront(
      "InvalidViewerCertificate",
      "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements",
    );
  }
  const isDefault = isTrue(textAt(certificate, "CloudFrontDefaultCertificate"));
  if ([isDefault, acm !== "", iam !== ""].filter(Boolean).length > 1)
    refuseCloudFront("InvalidViewerCertificate");
  if (acm !== "" && !/^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/.test(acm)) {
    refuseCloudFront(
      "InvalidViewerCertificate",
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
  }
  const isServerNameOnly = textAt(certificate, "SSLSupportMethod") === "sni-only";
  if (hasOwn && isServerNameOnly && textAt(certificate, "MinimumProtocolVersion") === "SSLv3") {
    refuseCloudFront("InvalidProtocolSettings");
  }
}

/** DG:creating-custom-error-pages: the codes that can have a page, and the codes it can be returned with. */
const ERROR_CODES = ["400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504"];
const RESPONSE_CODES = ["200", ...ERROR_CODES];

function checkErrorResponse(response: XmlElement): void {
  const page = textAt(response, "ResponsePagePath") ?? "";
  const code = textAt(response, "ResponseCode") ?? "";
  if (!ERROR_CODES.includes(textAt(response, "ErrorCode") ?? "")) refuseCloudFront("InvalidErrorCode");
  if ((page === "") !== (code === "")) {
    refuseCloudFront(
      "InvalidArgument",
      "Your request must specify both ResponsePagePath and ResponseCode together or none of them.",
    );
  }
  if (page !== "" && !page.startsWith("/")) refuseCloudFront("InvalidRelativePath");
  if (code !== "" && !RESPONSE_CODES.includes(code)) refuseCloudFront("InvalidResponseCode");
}

function checkCountries(config: XmlElement): void {
  const restriction = child(child(config, "Restrictions"), "GeoRestriction");
  if (restriction === undefined) return;
  const codes = elementTexts(itemsAt(config, "Restrictions", "GeoRestriction"));
  if ((textAt(restriction, "RestrictionType") === "none") !== (codes.length === 0)) {
    refuseCloudFront("InvalidGeoRestrictionParameter");
  }
  if (codes.some((code) => !/^[A-Z]{2}$/.test(code))) refuseCloudFront("InvalidLocationCode");
}
