/** Signatures of other services on a CloudFront URL, and CloudFront's on hosts where no edge reads them. */
import { isS3Host, originAt } from "../cloudfront/origin-hosts.ts";
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

/** The host is no CloudFront's: nothing there checks a CloudFront signature. An error, whatever the signature says. */
export function hostWithoutEdge({ url = "", explanation }: Inquiry): Finding[] {
  const host = (/^https?:\/\/([^/?#:]*)/i.exec(url)?.[1] ?? "").toLowerCase();
  const name = originAt(url);
  if (name === undefined || explanation.carrier === "none") return [];
  return [
    {
      ...cause(
        name === "S3" ? "host-is-s3" : "host-is-origin",
        "observed",
        `the host ${host} is ${name}'s own: no CloudFront edge is in between, so nothing there reads or checks CloudFront's signature`,
        "ask by the distribution's name (its own, dXXXX.cloudfront.net, or an alternate domain name), and sign for that",
      ),
      severity: "error",
    },
  ];
}
