/** S3's error codes: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const S3_PAGES: ExplainPages = {
  "s3-access-denied": {
    means: "S3 refuses the request: because of the bucket policy, OAC, or a missing object.",
    apart: "s3-no-object: S3 may report the missing object.",
    fix: "Allow the distribution in the bucket policy; grant s3:ListBucket to see 404.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-authorization-forwarded": {
    means: "The viewer's Authorization header reaches S3 together with CloudFront's own signature.",
    apart: "The audit reports this as authorization-forwarded.",
    fix: "Do not forward Authorization to S3.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-clock": {
    means: "S3 reports too great a time difference.",
    apart: "s3-presign-expired: a presigned URL expired.",
    fix: "Correct the signer's clock.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-got-signing-parameters": {
    means: "CloudFront's parameters reached S3, so the edge did not check them.",
    apart: "The audit reports this as signing-query-forwarded.",
    fix: "Trust the key group in that behavior.",
    runbook: "gate-is-open",
  },
  "s3-kms": {
    means: "S3 cannot decrypt the object.",
    apart: "s3-access-denied: S3 may not read the object.",
    fix: "Allow kms:Decrypt for the distribution (OAC).",
    runbook: "edge-403-or-origin-403",
  },
  "s3-method": {
    means: "S3 refuses the method.",
    apart: "method-not-allowed: the edge refuses the method.",
    fix: "Use GET or HEAD.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-no-bucket": {
    means: "The bucket does not exist.",
    apart: "s3-no-object: the bucket does exist.",
    fix: "Correct the origin's domain name.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-no-object": {
    means: "The object does not exist.",
    apart: "s3-access-denied hides a missing object without s3:ListBucket.",
    fix: "Correct the key; check the origin path.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-parameters-lost": {
    means: "A presigned URL lost its parameters in transit.",
    apart: "s3-got-signing-parameters: CloudFront's arrived.",
    fix: "Forward the query to S3, or use CloudFront's signatures.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-presign-expired": {
    means: "A presigned URL has expired.",
    apart: "expired: CloudFront's policy has expired.",
    fix: "Presign again.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-region-wrong": {
    means: "The request was signed for another region.",
    apart: "s3-signature-mismatch: the region is right.",
    fix: "Correct the origin's region.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-signature-mismatch": {
    means: "S3's own signature does not verify.",
    apart: "signature-mismatch is about CloudFront's signature.",
    fix: "Do not change signed headers or the path in transit.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-two-credentials": {
    means: "Two credentials reach S3 at once.",
    apart: "s3-authorization-forwarded: one is the viewer's header.",
    fix: "Send one of them.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-unknown-access-key": {
    means: "S3 does not know the access key.",
    apart: "key-not-trusted is about CloudFront's keys.",
    fix: "Presign with an active key.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-session-token": {
    means: "The presigned URL's session token is damaged or missing.",
    apart: "s3-presign-expired: the token is whole, but has expired.",
    fix: "Presign again, or use CloudFront's signatures with OAC.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-archived": {
    means: "The object is in an archive tier.",
    apart: "s3-access-denied: S3 may not read the object.",
    fix: "Restore the object, or keep it in a tier that can be read at once.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-anonymous-response-headers": {
    means: "A response-... parameter reached S3 in an unsigned request.",
    apart: "s3-parameters-lost: parts of a presigned URL.",
    fix: "Let OAC sign every request to the bucket.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-too-many-requests": {
    means: "S3 throttles the bucket.",
    apart: "s3-access-denied: S3 refuses for good.",
    fix: "Cache more at the edge.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-bad-path": {
    means: "S3 cannot parse the path.",
    apart: "s3-no-object: the path is readable, but has no object.",
    fix: "Percent-encode the path as UTF-8.",
    runbook: "edge-403-or-origin-403",
  },
};
