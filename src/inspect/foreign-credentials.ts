/** Other services' signatures on a CloudFront URL, and CloudFront signatures on hosts without an edge. */
import { isS3Host, originAt } from "../cloudfront/origin-hosts.ts";
import type { Finding } from "../finding.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";

type Signer = readonly [name: string, looks: RegExp, advice: string];

/** The service that owns these parameters, recognized by names that no other service uses. */
const SIGNERS: readonly Signer[] = [
  [
    "S3's presigned URL (Signature Version 4)",
    /[?&]X-Amz-(?:Signature|Algorithm|Credential)=/i,
    "sign with the CloudFront key instead: an S3 signature is valid for S3's own host, and CloudFront does not check it",
  ],
  [
    "S3's presigned URL (Signature Version 2)",
    /[?&]AWSAccessKeyId=/i,
    "sign with the CloudFront key instead: S3's Signature and Expires look like CloudFront's own parameters",
  ],
  [
    "a signed URL of Google Cloud",
    /[?&](?:X-Goog-Signature|GoogleAccessId)=/i,
    "CloudFront does not check Google's signatures",
  ],
  [
    "an Azure shared access signature",
    /[?&]sig=[^&]+.*[?&]s[ev]=|[?&]s[ev]=.*[?&]sig=/i,
    "CloudFront does not check Azure's signatures",
  ],
  [
    "a Wowza, Akamai or BunnyCDN token",
    /[?&](?:hdnts|hdnea|__token__|wowzatoken\w*)=/i,
    "CloudFront does not check other CDNs' tokens",
  ],
  ["Media Services or Cloudflare tokens", /[?&]verify=\d+-/i, "CloudFront does not check other CDNs' tokens"],
];

/** For a request without CloudFront credentials, or with only accidental ones. */
export function foreignSignature({ url = "", capture }: InspectionInput): Finding[] {
  const whole = capture.url ?? url;
  const found = SIGNERS.find(([, looks]) => looks.test(whole));
  const isComplete = /[?&]Key-Pair-Id=/.test(whole) && /[?&]Signature=/.test(whole);
  if (found === undefined || isComplete) return [];
  const [name, , advice] = found;
  const isAtHome = name.startsWith("S3") && isS3Host(whole);
  if (isAtHome) return [];
  return [
    causeFinding(
      name.startsWith("S3") ? "s3-presigned-url" : "foreign-signature",
      "observed",
      `this is ${name}, not a CloudFront signature`,
      advice,
    ),
  ];
}

/** The host is not CloudFront, so nothing there checks the signature. An error, whatever the signature says. */
export function hostWithoutEdge({ url = "", explanation }: InspectionInput): Finding[] {
  const host = (/^https?:\/\/([^/?#:]*)/i.exec(url)?.[1] ?? "").toLowerCase();
  const name = originAt(url);
  if (name === undefined || explanation.carrier === "none") return [];
  return [
    {
      ...causeFinding(
        name === "S3" ? "host-is-s3" : "host-is-origin",
        "observed",
        `${host} belongs to ${name}: no CloudFront edge is in front, so nothing checks the CloudFront signature`,
        "request and sign the distribution's name: dXXXX.cloudfront.net or an alternate domain name",
      ),
      severity: "error",
    },
  ];
}
