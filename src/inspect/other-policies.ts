/** A policy of another service in the place of CloudFront's: signed and sent, and read by nobody as it was meant. */
import type { Finding } from "../finding.ts";
import { cause, type Inquiry, mintCommand } from "./inquiry.ts";

/** Looks at the policy's text alone, readable or not. */
export function otherPolicy(inquiry: Inquiry): Finding[] {
  const { signed } = inquiry.explanation;
  if (signed?.kind !== "custom" || signed.bytes === undefined) return [];
  const text = Buffer.from(signed.bytes).toString("utf8").slice(0, 32_768);
  const name = NAMES.find(([looks]) => looks.test(text))?.[1];
  if (name === undefined) return [];
  return [
    cause(
      "other-policy",
      "observed",
      `the policy is ${name}, not CloudFront's: CloudFront's has one statement with Resource (a URL) and Condition (DateLessThan), and neither Effect nor Action nor Principal`,
      mintCommand(inquiry),
    ),
  ];
}

const NAMES: readonly (readonly [looks: RegExp, name: string])[] = [
  [/"(?:conditions|expiration)"\s*:/, "an S3 POST policy, as for uploads by a form"],
  [/"Principal"\s*:|"NotPrincipal"\s*:/, "an S3 bucket policy (or another resource policy)"],
  [
    /"Action"\s*:\s*(?:\[\s*)?"s3:|"Resource"\s*:\s*(?:\[\s*)?"arn:aws[\w-]*:s3:::/,
    "an S3 bucket policy or IAM policy",
  ],
  [/"(?:Action|NotAction)"\s*:|"Effect"\s*:|"Resource"\s*:\s*(?:\[\s*)?"arn:/, "an IAM policy"],
];
