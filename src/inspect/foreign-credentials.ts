/** Signatures of other services on a CloudFront URL, and CloudFront's on hosts where no edge reads them. */
import type { Finding } from "../finding.ts";
import { cause, type Inquiry } from "./inquiry.ts";

type Signer = readonly [name: string, looks: RegExp, advice: string];

/** Whose parameters these are, by names that only one service has. */
const SIGNERS: readonly Signer[] = [
  [
    "S3's presigned URL (Signature Version 4)",
    /[?&]X-Amz-(?:Signature|Algorithm|Credential)=/i,
    "sign with CloudFront's key instead: S3's signature is for S3's own host, and CloudFront does not check it",
  ],
  [
    "S3's presigned URL (Signature Version 2)",
    /[?&]AWSAccessKeyId=/i,
    "sign with CloudFront's key instead: Signature and Expires are S3's here, and CloudFront takes them for its own",
  ],
  [
    "a signed URL of Google Cloud",
    /[?&](?:X-Goog-Signature|GoogleAccessId)=/i,
    "Google's signatures mean nothing to CloudFront",
  ],
  [
    "an Azure shared access signature",
    /[?&]sig=[^&]+.*[?&]s[ev]=|[?&]s[ev]=.*[?&]sig=/i,
    "Azure's signatures mean nothing to CloudFront",
  ],
  [
    "a Wowza, Akamai or BunnyCDN token",
    /[?&](?:hdnts|hdnea|__token__|wowzatoken\w*)=/i,
    "other CDNs' tokens mean nothing to CloudFront",
  ],
  [
    "Media Services or Cloudflare tokens",
    /[?&]verify=\d+-/i,
    "other CDNs' tokens mean nothing to CloudFront",
  ],
];

/** Of a request that carries nothing that the edge would take, or only by accident. */
export function foreignSignature({ url = "", capture }: Inquiry): Finding[] {
  const whole = capture.url ?? url;
  const found = SIGNERS.find(([, looks]) => looks.test(whole));
  const isComplete = /[?&]Key-Pair-Id=/.test(whole) && /[?&]Signature=/.test(whole);
  if (found === undefined || isComplete) return [];
  const [name, , advice] = found;
  const isAtHome = name.startsWith("S3") && isS3Host(whole);
  if (isAtHome) return [];
  return [
    cause(
      name.startsWith("S3") ? "s3-presigned-url" : "foreign-signature",
      "observed",
      `this is ${name}, and no part of it is CloudFront's signature`,
      advice,
    ),
  ];
}

const S3 =
  /^(?:[^/?#]*\.)?s3(?:-website|-accesspoint|-accelerate|-fips|-object-lambda|express)?(?:[.-][a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|on\.aws|api\.aws)(?::\d+)?$/i;

export function isS3Host(url: string): boolean {
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
  return S3.test(host);
}

/** Hosts of AWS that are origins, not edges. */
const ORIGINS: readonly (readonly [looks: RegExp, name: string])[] = [
  [/\.elb\.amazonaws\.com$/i, "a load balancer"],
  [/\.execute-api\.[\w-]+\.amazonaws\.com$/i, "API Gateway"],
  [/\.lambda-url\.[\w-]+\.on\.aws$/i, "a Lambda function URL"],
  [/\.(?:mediapackage|mediapackagev2|mediastore|mediatailor)\.[\w-]+\.amazonaws\.com$/i, "a media origin"],
  [/\.(?:digitaloceanspaces|backblazeb2|wasabisys|r2\.cloudflarestorage)\.com$/i, "another store"],
  [/(?:^|\.)storage\.googleapis\.com$/i, "Google Cloud Storage"],
  [/\.blob\.core\.windows\.net$/i, "Azure Blob Storage"],
  [/\.amazonaws\.com$/i, "an AWS service, not CloudFront"],
];

/** The host is no CloudFront's: nothing there checks a CloudFront signature. An error, whatever the signature says. */
export function hostWithoutEdge({ url = "", explanation }: Inquiry): Finding[] {
  const host = (/^https?:\/\/([^/?#:]*)/i.exec(url)?.[1] ?? "").toLowerCase();
  const isS3 = isS3Host(url);
  const name = isS3 ? "S3" : ORIGINS.find(([looks]) => looks.test(host))?.[1];
  if (name === undefined || explanation.carrier === "none") return [];
  return [
    {
      ...cause(
        isS3 ? "host-is-s3" : "host-is-origin",
        "observed",
        `the host ${host} is ${name}'s own: no CloudFront edge is in between, so nothing there reads or checks CloudFront's signature`,
        "ask by the distribution's name (its own, dXXXX.cloudfront.net, or an alternate domain name), and sign for that",
      ),
      severity: "error",
    },
  ];
}
