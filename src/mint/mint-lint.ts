/** Everything wrong with what is about to be minted: the policy, and the attributes if a browser will store it. */
import { originAt } from "../cloudfront/origin-hosts.ts";
import type { Finding } from "../finding.ts";
import { lintPolicy } from "../policy/lint.ts";
import { describeSpecialRange } from "../policy/special-addresses.ts";
import type { EpochSeconds } from "../time.ts";
import { policyKindOf } from "./mint.ts";
import type { MintPlan, PlannedSet } from "./mint-plan.ts";
import type { CookieFormat } from "./write.ts";

/** Formats whose reader applies attributes. The others carry only values. */
const WITH_ATTRIBUTES: ReadonlySet<CookieFormat> = new Set(["set-cookie", "playwright", "jar", "curl"]);

/** In CloudFront's base64. An ECDSA signature may be a few characters shorter. */
const RSA_SIGNATURE = 344;
const ECDSA_SIGNATURE = 92;

/** A finding per fault and set; one that is the same for every set is reported once. */
export async function lintMint(plan: MintPlan, now: EpochSeconds): Promise<Finding[]> {
  const findings: Finding[] = [];
  const areBrowsers = WITH_ATTRIBUTES.has(plan.format);
  for (const planned of plan.sets) {
    findings.push(...lintPolicy(planned.request, now, plan.maxTtl), ...addressFaults(planned.request));
    if (areBrowsers) findings.push(...(await attributeFaults(planned, plan, now)));
  }
  if (areBrowsers && plan.sets.length > 1) findings.push(...(await overlaps(plan.sets)));
  findings.push(...partitionLost(plan), ...hostFaults(plan));
  if (plan.format === "url") findings.push(...signedUrlFaults(plan));
  findings.push(...attachmentNeeds(plan));
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
  const { lintAttributes } = await import("../browser/attributes-lint.ts");
  const usedAt = url === undefined ? undefined : pathOf(url);
  return lintAttributes(
    {
      attributes,
      sizes: [policySize(request), RSA_SIGNATURE + "CloudFront-Signature".length],
      usedAt,
      policyEnds: request.expires,
    },
    now,
  );
}

/** Sets that a browser sends together because the Path of one is inside another's. */
async function overlaps(sets: MintPlan["sets"]): Promise<Finding[]> {
  const { pathCovers } = await import("../browser/attributes-lint.ts");
  const scopeOf = ({ domain, host }: PlannedSet["attributes"]) => domain ?? host;
  return sets.flatMap((planned) => {
    const inner = planned.attributes;
    const together = sets.filter(
      ({ attributes: outer }) => scopeOf(outer) === scopeOf(inner) && pathCovers(outer.path, inner.path),
    );
    const outside = together.filter(({ attributes }) => attributes.path !== inner.path);
    return [
      ...outside.map(({ attributes }) => doubled(attributes.path, inner.path)),
      ...headerFaults(inner.path, together),
    ];
  });
}

const doubled = (outer: string, inner: string): Finding => ({
  id: "cookie-paths-overlap",
  severity: "warning",
  basis: "observed",
  message: `For ${inner}, a browser sends both sets, the one for ${outer} last; which one CloudFront uses is undocumented.`,
  evidence: ["keyturn explain duplicated-name"],
  remedy: "use Resources in separate folders, or mint one set for both",
});

/** CloudFront refuses requests from 32,768 bytes and stops logging them at 20 KB (DG:cloudfront-limits): warn early. */
const LARGE_HEADERS = 16_384;
/** The four names, the key pair ID, and the separators. */
const REST_OF_SET = 140;

function headerFaults(path: string, together: readonly PlannedSet[]): Finding[] {
  const sizes = together.map(({ request }) => policySize(request) + RSA_SIGNATURE + REST_OF_SET);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= LARGE_HEADERS) return [];
  return [
    {
      id: "headers-near-limit",
      severity: "warning",
      basis: "observed",
      message: `For ${path}, a browser sends ${together.length} sets, about ${total} bytes: CloudFront stops logging requests at 20 KB of headers, and refuses them at 32 KB.`,
      evidence: [],
      remedy: "shorten the Resources, or use separate folders",
    },
  ];
}

/** Every request would be denied; but a sandbox's viewers come from this machine. */
function addressFaults({ ip = "", url, resource = url ?? "" }: PlannedSet["request"]): Finding[] {
  const special = describeSpecialRange(ip);
  if (special === undefined) return [];
  const isLocal = /^[^/]*:\/\/(?:[\w.-]*\.)?(?:localhost|127\.0\.0\.1)(?:[:/]|$)/i.test(resource);
  if (isLocal) return [];
  return [
    {
      id: "ip-no-viewer",
      severity: "warning",
      basis: "observed",
      message: `--ip ${ip} is ${special}: no viewer reaches CloudFront from there, so every request would be denied.`,
      evidence: [],
      remedy: "give the viewer's public address: curl -4 https://checkip.amazonaws.com",
    },
  ];
}

/** S3 accepts the parameter only in signed requests, and CloudFront forwards only what a policy names. */
function attachmentNeeds({ url = "" }: MintPlan): Finding[] {
  if (!/[?&]response-content-disposition=/.test(url)) return [];
  return [
    {
      id: "attachment-forwarding",
      severity: "note",
      basis: "inferred",
      message:
        "S3 sends that file name only if the behavior's cache policy forwards response-content-disposition and CloudFront signs for the bucket (OAC).",
      evidence: [],
    },
  ];
}

/** There is no edge to read the signature. */
function hostFaults({ sets, url }: MintPlan): Finding[] {
  const texts = [url, ...sets.map(({ request }) => request.url ?? request.resource)];
  return texts.flatMap((text): Finding[] => {
    const name = text === undefined ? undefined : originAt(text);
    if (text === undefined || name === undefined) return [];
    const host = /^[^/?#:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? "";
    return [
      {
        id: name === "S3" ? "host-is-s3" : "host-is-origin",
        severity: "warning",
        basis: "observed",
        message: `${host} belongs to ${name}: no CloudFront edge is in front, so nothing checks the CloudFront signature.`,
        evidence: [],
        remedy: "sign for the distribution's name: dXXXX.cloudfront.net or an alternate domain name",
      },
    ];
  });
}

/** Only a note: a gate may require Partitioned, and then every jar would be a finding. */
function partitionLost({ format, sets }: MintPlan): Finding[] {
  if (!sets.some(({ attributes }) => attributes.partitioned)) return [];
  const lost = PARTITION_LOST[format];
  if (lost === undefined) return [];
  return [{ id: "cookie-partitioned-lost", severity: "note", basis: "observed", evidence: [], ...lost }];
}

/** Formats that carry cookie attributes, but not Partitioned. */
const PARTITION_LOST: { readonly [format in CookieFormat]?: Pick<Finding, "message" | "remedy"> } = {
  jar: {
    message: "Partitioned is left out: a Netscape cookie file cannot hold it.",
    remedy: "--format set-cookie",
  },
  playwright: {
    message:
      "Partitioned is left out: Playwright needs the site of the embedding page, which keyturn does not know.",
    remedy: 'add "partitionKey": "https://SITE-OF-THE-PAGE" to each cookie, or use --format set-cookie',
  },
};

/** Longer URLs get 414 (DG:cloudfront-limits). */
const LONGEST_URL = 8192;
const OTHER_PARAMETERS = "?Signature=&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=SHA256".length;

function signedUrlFaults({ url = "", sets: [{ request }] }: MintPlan): Finding[] {
  // A URL that is too long on its own has a separate finding.
  const signed = (policy: number, signature: number) => url.length + OTHER_PARAMETERS + policy + signature;
  const isFine = signed(policySize(request), RSA_SIGNATURE) <= LONGEST_URL;
  if (isFine || url.length > LONGEST_URL) return [];
  const isCertain = signed(policySize(request, SHORTEST_FRAME), ECDSA_SIGNATURE) > LONGEST_URL;
  return [
    {
      id: "signed-url-too-long",
      severity: isCertain ? "error" : "warning",
      basis: "observed",
      message: `With its policy and ${isCertain ? "a" : "an RSA"} signature the URL is over ${LONGEST_URL} bytes long: the edge answers 414.`,
      evidence: [`${url.length} bytes before`],
      remedy: "sign cookies instead, or use a shorter Resource",
    },
  ];
}

/** A policy without its Resource: the end only, or with start and address. */
const SHORTEST_FRAME = 80;
const LONGEST_FRAME = 200;

/** Roughly the longest part other than the signature. */
function policySize(request: PlannedSet["request"], frame = LONGEST_FRAME): number {
  if (policyKindOf(request) === "canned") return "CloudFront-Expires".length + 10;
  return Math.ceil((((request.url ?? request.resource ?? "").length + frame) * 4) / 3);
}

const pathOf = (url: string): string => /^[^/]*:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/";
