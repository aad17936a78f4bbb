/** S3's error messages, and what each means behind (or without) CloudFront. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { causeFinding } from "./inspection-input.ts";
import type { OriginError } from "./origin-error.ts";

export interface S3ErrorContext {
  readonly url?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The response shows that the request passed CloudFront's check. */
  readonly passed?: boolean;
}

/** S3's XML or a bare message from it; undefined for any other body. */
export function readS3Error(body: string): OriginError | undefined {
  const text = body.slice(0, 8192);
  const code = /<Code>\s*([A-Za-z0-9]{1,64})\s*<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]{0,600})<\/Message>/.exec(text)?.[1];
  // Only the scheme: the rest is a token.
  const scheme = /<ArgumentValue>\s*(Bearer|Basic|Token|JWT)\b/i.exec(text)?.[1];
  const more = scheme === undefined ? "" : ` [${scheme} ...]`;
  if (code !== undefined) return { code, message: decoded(message ?? "") + more };
  const sentence = text.replace(/<[^>]{0,200}>/g, " ").replace(/\s+/g, " ");
  const known = WORDS.find(({ says, isPlain }) => isPlain && says.test(sentence));
  return known === undefined ? undefined : { code: "", message: sentence.trim().slice(0, 200) };
}

const decoded = (text: string): string =>
  text.replace(/&(apos|quot|amp|lt|gt|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
const ENTITIES: Readonly<Record<string, string>> = {
  apos: "'",
  quot: '"',
  amp: "&",
  lt: "<",
  gt: ">",
  "#39": "'",
};

interface Words {
  readonly id: string;
  readonly says: RegExp;
  /** The message alone identifies S3. */
  readonly isPlain?: true;
  /** Access is too wide, or the wiring is wrong for everybody. */
  readonly isError?: true;
  readonly means: (context: S3ErrorContext, complaint: OriginError) => string;
  readonly remedy: string | ((context: S3ErrorContext) => string);
}

/** CloudFront removes its parameters if the behavior requires a signature (DG:QueryStringParameters). */
const open = ({ passed }: S3ErrorContext): string =>
  `CloudFront removes its own parameters if the behavior requires a signature, so ${
    passed
      ? "the matching behavior is open: it trusts no key group, so everybody gets in"
      : "either the matching behavior is open (it trusts no key group, so everybody gets in), or the request went directly to S3"
  }`;

const behind = ({ passed }: S3ErrorContext): string =>
  passed ? "the edge let it through, and" : "S3 answered:";

const carriesCloudFront = ({ url = "" }: S3ErrorContext): boolean => /[?&](?:Key-Pair-Id|Policy)=/.test(url);
const isPresigned = ({ url = "" }: S3ErrorContext): boolean =>
  /[?&](?:X-Amz-Signature|AWSAccessKeyId)=/i.test(url);
/** The URL may be a credential: only up to its query. */
const doctor = ({ url }: S3ErrorContext): string =>
  `keyturn doctor ${url === undefined ? "URL" : shellWord(url.split(/[?#]/, 1)[0] as string)}`;
const authorization = ({ headers = [] }: S3ErrorContext): boolean =>
  headers.some(([name]) => name.toLowerCase() === "authorization");

/** Matched against code and message: `AccessDenied Request has expired`. The specific ones first. */
const WORDS: readonly Words[] = [
  {
    id: "s3-got-signing-parameters",
    says: /Query-string authentication requires the Signature, Expires and AWSAccessKeyId|Invalid date \(should be seconds since epoch\)/i,
    isPlain: true,
    isError: true,
    means: (context) =>
      `S3 received Signature or Expires in the query and took them as its own: ${open(context)}`,
    remedy: doctor,
  },
  {
    id: "s3-two-credentials",
    says: /Only one auth mechanism allowed/i,
    isPlain: true,
    isError: true,
    means: (context, { message }) =>
      message.endsWith(" ...]") || (authorization(context) && !carriesCloudFront(context))
        ? "S3 received two credentials: the viewer's Authorization header was forwarded along with CloudFront's own (OAC) or a presigned query"
        : carriesCloudFront(context)
          ? `S3 received two credentials: CloudFront's Signature in the query and CloudFront's own Authorization (OAC): ${open(context)}`
          : `S3 received two credentials: a Signature or X-Amz-Signature in the query, or the viewer's Authorization header, along with CloudFront's own Authorization (OAC). If it is CloudFront's Signature: ${open(context)}`,
    remedy:
      "forward neither Authorization nor S3's parameters to an origin with OAC; `keyturn audit` shows what is forwarded",
  },
  {
    id: "s3-authorization-forwarded",
    says: /Unsupported Authorization Type|authorization mechanism you have provided is not supported/i,
    isPlain: true,
    isError: true,
    means: () =>
      "S3 received an Authorization header that it does not accept (Bearer, Basic, an old signature): the viewer's was forwarded, or OAC does not sign",
    remedy: 'remove Authorization from the origin request policy, and set OAC to "sign requests" (always)',
  },
  {
    id: "s3-region-wrong",
    says: /region '?[\w-]*'? is wrong|AuthorizationHeaderMalformed|IllegalLocationConstraint|PermanentRedirect|TemporaryRedirect/i,
    means: (_, { message }) => {
      const expected = /expecting '([\w-]{1,30})'/.exec(message)?.[1];
      return `S3 reports that the region is wrong${expected === undefined ? "" : `: the bucket is in ${expected}`}; the URL was signed for a different one, or the origin names a different one`;
    },
    remedy: "name the bucket's regional host as the origin: BUCKET.s3.REGION.amazonaws.com",
  },
  {
    id: "s3-presign-expired",
    says: /Request has expired|ExpiredToken|provided token has expired/i,
    isPlain: true,
    means: () =>
      "S3's own presigned URL has expired (at its X-Amz-Date plus X-Amz-Expires, or when the credentials that signed it expired); this is not CloudFront's expiry",
    remedy: "presign it again, or sign with the CloudFront key and let OAC authenticate to S3",
  },
  {
    id: "s3-unknown-access-key",
    says: /InvalidAccessKeyId|AWS Access Key Id you provided does not exist/i,
    isPlain: true,
    means: () =>
      "S3 does not know this access key id: the signing IAM key was deleted, belongs to another account or partition, or a CloudFront key pair ID was sent as AWSAccessKeyId",
    remedy: "presign it again, or use a CloudFront signature without S3's parameters",
  },
  {
    id: "s3-signature-mismatch",
    says: /SignatureDoesNotMatch|request signature we calculated does not match/i,
    isPlain: true,
    means: (context) =>
      isPresigned(context)
        ? "S3's own signature does not verify: it was presigned for S3's host, but CloudFront sends a different Host or drops parameters"
        : "CloudFront's own signature to S3 (OAC) does not verify, usually because the viewer's Host header is forwarded to the bucket (AllViewer), or because an edge function changes the request",
    remedy: (context) =>
      isPresigned(context)
        ? "do not send presigned S3 URLs through CloudFront: sign with the CloudFront key and use OAC"
        : "use the origin request policy AllViewerExceptHostHeader, or none; `keyturn audit` shows what is forwarded",
  },
  {
    id: "s3-parameters-lost",
    says: /Query-string authentication version 4 requires|AuthorizationQueryParametersError|X-Amz-\w+ must|X-Amz-Expires/i,
    isPlain: true,
    means: () =>
      "S3 received only some of a presigned URL's parameters, or wrong ones: CloudFront forwards only those that the cache policy names",
    remedy: "use a CloudFront signature and OAC instead of a presigned URL behind CloudFront",
  },
  {
    id: "s3-kms",
    says: /AWS KMS managed keys require AWS Signature Version 4|kms:Decrypt|KMS\.\w+/i,
    means: () =>
      "the object is encrypted with a KMS key: an origin access identity cannot use one, and OAC needs CloudFront in the key's policy",
    remedy: "use OAC, and allow cloudfront.amazonaws.com kms:Decrypt in the key's policy",
  },
  {
    id: "s3-clock",
    says: /RequestTimeTooSkewed/i,
    means: () => "the clock of the S3 signer is more than 15 minutes off",
    remedy: "date -u",
  },
  {
    id: "s3-session-token",
    says: /InvalidToken|provided token is malformed/i,
    means: () =>
      "S3 does not accept the session token of a presigned URL: X-Amz-Security-Token was dropped, cut off or encoded twice on the way",
    remedy: "presign it again, or sign with the CloudFront key and let OAC authenticate to S3",
  },
  {
    id: "s3-archived",
    says: /InvalidObjectState|not valid for the object's (?:storage class|access tier)/i,
    means: (context) =>
      `${behind(context)} the object is archived (Glacier): it must be restored before it can be read`,
    remedy: "aws s3api restore-object --bucket BUCKET --key KEY --restore-request Days=1",
  },
  {
    id: "s3-anonymous-response-headers",
    says: /Request specific response headers cannot be used for anonymous/i,
    isPlain: true,
    means: () =>
      "the query has a response-content-disposition (or another response-... parameter), which S3 accepts only from signed requests, and CloudFront does not sign to this origin",
    remedy: 'use OAC with "sign requests" (always), and the bucket\'s REST endpoint rather than its website',
  },
  {
    id: "s3-too-many-requests",
    says: /SlowDown|reduce your request rate/i,
    means: (context) =>
      `${behind(context)} the bucket receives more requests for this prefix than S3 serves at the moment`,
    remedy: "cache longer at the edge, use Origin Shield, or spread the objects over more prefixes",
  },
  {
    id: "s3-bad-path",
    says: /InvalidURI|parse the specified URI/i,
    means: (context) =>
      `${behind(context)} it cannot parse the path: it has a broken percent-escape or raw bytes`,
    remedy: "percent-encode the path as UTF-8 before signing it",
  },
  {
    id: "s3-no-object",
    says: /NoSuchKey|specified key does not exist/i,
    isPlain: true,
    means: (context) =>
      `${behind(context)} the bucket has no object with that name: check OriginPath, upper and lower case, and escapes in the path`,
    remedy: "aws s3 ls s3://BUCKET/PATH",
  },
  {
    id: "s3-no-bucket",
    says: /NoSuchBucket|specified bucket does not exist/i,
    isPlain: true,
    means: (context) => `${behind(context)} the bucket does not exist in that region`,
    remedy: doctor,
  },
  {
    id: "s3-method",
    says: /MethodNotAllowed/i,
    means: (context) => `${behind(context)} it does not allow that method there`,
    remedy: "GET or HEAD",
  },
  {
    id: "s3-access-denied",
    says: /AccessDenied|AllAccessDisabled|Access Denied|Anonymous access is forbidden/,
    means: (context, { message }) =>
      /not authorized to perform/i.test(message)
        ? `${behind(context)} it denies the caller: the bucket policy or Block Public Access forbids it`
        : `${behind(context)} it denies access: the bucket policy does not allow this distribution (OAC), or the object is missing and CloudFront may not list the bucket`,
    remedy: "allow s3:GetObject to cloudfront.amazonaws.com with AWS:SourceArn of the distribution",
  },
];

/** The cause behind S3's message; empty if no entry matches. Not called for the edge's own denials. */
export function s3Findings(complaint: OriginError, context: S3ErrorContext): Finding[] {
  const text = `${complaint.code} ${complaint.message}`;
  const words = WORDS.find(({ says }) => says.test(text));
  if (words === undefined) return [];
  const { id, isError, means, remedy } = words;
  const quoted = [complaint.code, complaint.message].filter((each) => each !== "").join(": ");
  return [
    {
      ...causeFinding(
        id,
        "observed",
        means(context, complaint),
        typeof remedy === "string" ? remedy : remedy(context),
        [`S3 says ${quoted}`],
      ),
      severity: isError ? "error" : "note",
    },
  ];
}
