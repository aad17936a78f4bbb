/** Another service's policy signed and sent as a CloudFront policy. */
import type { Finding } from "../finding.ts";
import { causeFinding, commandForUrl, type InspectionInput } from "./inspection-input.ts";

/** Looks only at the policy's text, valid or not. */
export function otherPolicy(input: InspectionInput): Finding[] {
  const { signed } = input.explanation;
  if (signed?.kind !== "custom" || signed.bytes === undefined) return [];
  const text = Buffer.from(signed.bytes).toString("utf8").slice(0, 32_768);
  const name = NAMES.find(([looks]) => looks.test(text))?.[1];
  if (name === undefined) return [];
  return [
    causeFinding(
      "other-policy",
      "observed",
      `the policy is ${name}, not CloudFront's: a CloudFront policy has one statement with Resource (a URL) and Condition (DateLessThan), but no Effect, Action or Principal`,
      commandForUrl("keyturn mint", input),
    ),
  ];
}

const NAMES: readonly (readonly [looks: RegExp, name: string])[] = [
  [/"(?:conditions|expiration)"\s*:/, "an S3 POST policy, for form uploads"],
  [/"Principal"\s*:|"NotPrincipal"\s*:/, "an S3 bucket policy (or another resource policy)"],
  [
    /"Action"\s*:\s*(?:\[\s*)?"s3:|"Resource"\s*:\s*(?:\[\s*)?"arn:aws[\w-]*:s3:::/,
    "an S3 bucket policy or IAM policy",
  ],
  [/"(?:Action|NotAction)"\s*:|"Effect"\s*:|"Resource"\s*:\s*(?:\[\s*)?"arn:/, "an IAM policy"],
];
