/** What S3 says: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const S3_PAGES: Pages = {
  "s3-access-denied": {
    means: "S3 refuses: the bucket policy, OAC, or an object that is not there.",
    apart: "s3-no-object: S3 may say so.",
    fix: "Allow the distribution in the bucket policy; grant s3:ListBucket to see 404.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-authorization-forwarded": {
    means: "The viewer's Authorization header reaches S3 beside CloudFront's own signature.",
    apart: "authorization-forwarded is the audit's word.",
    fix: "Do not forward Authorization to S3.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-clock": {
    means: "S3 says that the time differs too much.",
    apart: "s3-presign-expired: a presigned URL ended.",
    fix: "Set the signer's clock.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-got-signing-parameters": {
    means: "CloudFront's parameters reached S3, so the edge did not check them.",
    apart: "signing-query-forwarded is the audit's word.",
    fix: "Trust the key group in that behavior.",
    runbook: "gate-is-open",
  },
  "s3-kms": {
    means: "S3 cannot decrypt the object.",
    apart: "s3-access-denied: it may not read it.",
    fix: "Allow kms:Decrypt for the distribution (OAC).",
    runbook: "edge-403-or-origin-403",
  },
  "s3-method": {
    means: "S3 refuses the method.",
    apart: "method-not-allowed: the edge refuses it.",
    fix: "Use GET or HEAD.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-no-bucket": {
    means: "The bucket does not exist.",
    apart: "s3-no-object: the bucket does.",
    fix: "Correct the origin's domain name.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-no-object": {
    means: "The object does not exist.",
    apart: "s3-access-denied hides this without s3:ListBucket.",
    fix: "Correct the key; mind the origin path.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-parameters-lost": {
    means: "A presigned URL lost its parameters on the way.",
    apart: "s3-got-signing-parameters: CloudFront's arrived.",
    fix: "Forward the query to S3, or use CloudFront's signatures.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-presign-expired": {
    means: "A presigned URL has expired.",
    apart: "expired: CloudFront's policy has.",
    fix: "Presign again.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-region-wrong": {
    means: "The request was signed for another region.",
    apart: "s3-signature-mismatch: for the right one.",
    fix: "Correct the origin's region.",
    runbook: "edge-403-or-origin-403",
  },
  "s3-signature-mismatch": {
    means: "S3's own signature does not verify.",
    apart: "signature-mismatch is CloudFront's.",
    fix: "Do not change signed headers or the path on the way.",
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
    apart: "key-not-trusted is CloudFront's.",
    fix: "Presign with an active key.",
    runbook: "edge-403-or-origin-403",
  },
};
