/** What S3 says when it refuses, and what each sentence means behind (or without) CloudFront. */
import type { Finding } from "../finding.ts";
import { cause } from "./inquiry.ts";
import type { OriginError } from "./origin-error.ts";

export interface ComplaintContext {
  readonly url?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The answer shows that it came through CloudFront, behind its check. */
  readonly passed?: boolean;
}

/** S3's XML or a bare sentence of it; undefined for any other body. */
export function readS3Error(body: string): OriginError | undefined {
  const text = body.slice(0, 8192);
  const code = /<Code>\s*([A-Za-z0-9]{1,64})\s*<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]{0,600})<\/Message>/.exec(text)?.[1];
  if (code !== undefined) return { code, message: decoded(message ?? "") };
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
  /** The sentence alone names S3. */
  readonly isPlain?: true;
  /** Access is wider than it should be, or the wiring is wrong for everybody. */
  readonly isError?: true;
  readonly means: (context: ComplaintContext, complaint: OriginError) => string;
  readonly remedy: string;
}

/** CloudFront removes its parameters where a behavior asks for a signature (DG:QueryStringParameters). */
const open = ({ passed }: ComplaintContext): string =>
  `CloudFront takes its own parameters out where a behavior asks for a signature, so ${
    passed
      ? "the behavior that answered is open: it trusts no key group, and everybody gets in"
      : "either the behavior that answered is open (it trusts no key group, and everybody gets in), or S3 was asked directly"
  }`;

const behind = ({ passed }: ComplaintContext): string =>
  passed ? "the edge let it pass, and" : "S3 answered:";

const carriesCloudFront = ({ url = "" }: ComplaintContext): boolean =>
  /[?&](?:Key-Pair-Id|Policy)=/.test(url);
const authorization = ({ headers = [] }: ComplaintContext): boolean =>
  headers.some(([name]) => name.toLowerCase() === "authorization");

/** The message, after the code: `AccessDenied Request has expired`. The telling ones first. */
const WORDS: readonly Words[] = [
  {
    id: "s3-got-signing-parameters",
    says: /Query-string authentication requires the Signature, Expires and AWSAccessKeyId/i,
    isPlain: true,
    isError: true,
    means: (context) =>
      `S3 got Signature and Expires in the query and takes them for its own: ${open(context)}`,
    remedy: "keyturn audit; keyturn probe URL (does an unsigned request pass?)",
  },
  {
    id: "s3-two-credentials",
    says: /Only one auth mechanism allowed/i,
    isPlain: true,
    isError: true,
    means: (context) =>
      authorization(context) && !carriesCloudFront(context)
        ? "S3 got two credentials: the viewer's Authorization header was forwarded beside CloudFront's own (OAC), or beside a presigned query"
        : carriesCloudFront(context)
          ? `S3 got two credentials, one of them CloudFront's Signature in the query beside CloudFront's own Authorization (OAC): ${open(context)}`
          : `S3 got two credentials: a Signature or X-Amz-Signature in the query, or the viewer's Authorization header, beside CloudFront's own Authorization (OAC). If it is CloudFront's Signature: ${open(context)}`,
    remedy: "forward neither Authorization nor S3's parameters to an origin with OAC; keyturn audit",
  },
  {
    id: "s3-authorization-forwarded",
    says: /Unsupported Authorization Type|authorization mechanism you have provided is not supported/i,
    isPlain: true,
    isError: true,
    means: () =>
      "S3 got an Authorization header that is not its own (Bearer, Basic, an old signature): the viewer's was forwarded, or OAC does not sign",
    remedy: 'take Authorization out of the origin request policy, and set OAC to "sign requests" (always)',
  },
  {
    id: "s3-region-wrong",
    says: /region '?[\w-]*'? is wrong|AuthorizationHeaderMalformed|IllegalLocationConstraint|PermanentRedirect|TemporaryRedirect/i,
    means: (_, { message }) => {
      const expected = /expecting '([\w-]{1,30})'/.exec(message)?.[1];
      return `S3 says that the region is wrong${expected === undefined ? "" : `: the bucket is in ${expected}`}; the URL was signed for, or the origin is named in, another one`;
    },
    remedy: "name the bucket's regional host as the origin: BUCKET.s3.REGION.amazonaws.com",
  },
  {
    id: "s3-presign-expired",
    says: /Request has expired|ExpiredToken|provided token has expired/i,
    isPlain: true,
    means: () =>
      "S3's own presigned URL has expired (at its X-Amz-Date plus X-Amz-Expires, or when the credentials that signed it ended); CloudFront's end is another one",
    remedy: "presign it anew, or sign with CloudFront's key and let OAC speak to S3",
  },
  {
    id: "s3-unknown-access-key",
    says: /InvalidAccessKeyId|AWS Access Key Id you provided does not exist/i,
    isPlain: true,
    means: () =>
      "S3 knows no such access key id: the IAM key that signed was deleted, is of another account or partition, or a CloudFront key pair ID was given as AWSAccessKeyId",
    remedy: "presign it anew, or use CloudFront's signature without S3's parameters",
  },
  {
    id: "s3-signature-mismatch",
    says: /SignatureDoesNotMatch|request signature we calculated does not match/i,
    isPlain: true,
    means: () =>
      "S3's own signature does not verify: it was presigned for S3's host, and CloudFront sends another Host or leaves parameters out",
    remedy: "do not send presigned S3 URLs through CloudFront: sign with CloudFront's key, and use OAC",
  },
  {
    id: "s3-parameters-lost",
    says: /Query-string authentication version 4 requires|AuthorizationQueryParametersError|X-Amz-\w+ must|X-Amz-Expires/i,
    isPlain: true,
    means: () =>
      "S3 got only a part of a presigned URL's parameters, or wrong ones: CloudFront's cache policy forwards only those that it names",
    remedy: "use CloudFront's signature and OAC instead of a presigned URL behind CloudFront",
  },
  {
    id: "s3-kms",
    says: /AWS KMS managed keys require AWS Signature Version 4|kms:Decrypt|KMS\.\w+/i,
    means: () =>
      "the object is encrypted with a KMS key, which an origin access identity cannot use, or whose key policy does not allow CloudFront",
    remedy: "use OAC, and allow cloudfront.amazonaws.com kms:Decrypt in the key's policy",
  },
  {
    id: "s3-clock",
    says: /RequestTimeTooSkewed/i,
    means: () => "the clock of whoever signed for S3 is more than 15 minutes off",
    remedy: "date -u",
  },
  {
    id: "s3-no-object",
    says: /NoSuchKey|specified key does not exist/i,
    isPlain: true,
    means: (context) =>
      `${behind(context)} the bucket has no object of that name: look at OriginPath, at upper and lower case, and at escapes in the path`,
    remedy: "aws s3 ls s3://BUCKET/PATH",
  },
  {
    id: "s3-no-bucket",
    says: /NoSuchBucket|specified bucket does not exist/i,
    isPlain: true,
    means: (context) => `${behind(context)} the bucket does not exist in that region`,
    remedy: "keyturn doctor URL",
  },
  {
    id: "s3-method",
    says: /MethodNotAllowed/i,
    means: (context) => `${behind(context)} it does not take that method there`,
    remedy: "GET or HEAD",
  },
  {
    id: "s3-access-denied",
    says: /AccessDenied|AllAccessDisabled|Access Denied|Anonymous access is forbidden/,
    means: (context, { message }) =>
      /not authorized to perform/i.test(message)
        ? `${behind(context)} it refuses whoever asked: the bucket policy or a block of public access`
        : `${behind(context)} it refuses: the bucket policy does not allow this distribution (OAC), or the object is not there and CloudFront may not list the bucket`,
    remedy: "allow s3:GetObject to cloudfront.amazonaws.com with AWS:SourceArn of the distribution",
  },
];

/** The cause that S3's words name; empty for what no entry knows. The edge's own denials are not passed in. */
export function s3Findings(complaint: OriginError, context: ComplaintContext): Finding[] {
  const said = `${complaint.code} ${complaint.message}`;
  const words = WORDS.find(({ says }) => says.test(said));
  if (words === undefined) return [];
  const { id, isError, means, remedy } = words;
  const quoted = [complaint.code, complaint.message].filter((each) => each !== "").join(": ");
  return [
    {
      ...cause(id, "observed", means(context, complaint), remedy, [`S3 says ${quoted}`]),
      ...(isError && { severity: "error" as const }),
    },
  ];
}
