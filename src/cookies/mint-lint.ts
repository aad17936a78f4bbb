/** Everything that is wrong with what is about to be minted: the policy, and where a browser will hold it, its attributes. */
import type { Finding } from "../finding.ts";
import { lintPolicy } from "../policy/lint.ts";
import type { EpochSeconds } from "../time.ts";
import type { MintPlan, PlannedSet } from "./mint-plan.ts";
import type { CookieFormat } from "./write.ts";

/** Forms whose reader judges attributes. The others carry values only. */
const WITH_ATTRIBUTES: ReadonlySet<CookieFormat> = new Set(["set-cookie", "playwright", "jar", "curl"]);

/** Longest of the parts that do not hang on the policy: an RSA signature with its name. */
const SIGNATURE_COOKIE = 344 + "CloudFront-Signature".length;

/** A finding per fault and set; one that is the same for every set is told once. */
export async function lintMint(plan: MintPlan, now: EpochSeconds): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const planned of plan.sets) {
    findings.push(...lintPolicy(planned.request, now, plan.maxTtl));
    if (WITH_ATTRIBUTES.has(plan.format)) findings.push(...(await attributeFaults(planned, plan, now)));
  }
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = JSON.stringify(finding);
    return seen.size < seen.add(key).size;
  });
}

async function attributeFaults(
  { request, attributes }: PlannedSet,
  { url }: MintPlan,
  now: EpochSeconds,
): Promise<Finding[]> {
  const { lintAttributes } = await import("./attributes-lint.ts");
  const usedAt = url === undefined ? undefined : pathOf(url);
  return lintAttributes(
    {
      attributes,
      sizes: [policySize(request.url ?? request.resource ?? ""), SIGNATURE_COOKIE],
      ...(usedAt !== undefined && { usedAt }),
      policyEnds: request.expires,
    },
    now,
  );
}

/** The Policy cookie, near enough: 200 characters hold everything but the Resource. */
const policySize = (resource: string) => Math.ceil(((resource.length + 200) * 4) / 3);

const pathOf = (url: string): string => /^[^/]*:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/";
