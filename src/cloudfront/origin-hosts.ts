/** Hosts that are origins, not edges: nothing there reads CloudFront's signature. */

const S3 =
  /^(?:[^/?#]*\.)?s3(?:-website|-accesspoint|-accelerate|-fips|-object-lambda|express)?(?:[.-][a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|on\.aws|api\.aws)(?::\d+)?$/i;

/** Takes a URL or a Resource: virtual-hosted, path-style, website, access point, dual-stack. */
export function isS3Host(url: string): boolean {
  return S3.test(authorityOf(url));
}

const ORIGINS: readonly (readonly [looks: RegExp, name: string])[] = [
  [/\.elb\.amazonaws\.com$/i, "a load balancer"],
  [/\.execute-api\.[\w-]+\.amazonaws\.com$/i, "API Gateway"],
  [/\.lambda-url\.[\w-]+\.on\.aws$/i, "a Lambda function URL"],
  [/\.(?:mediapackage|mediapackagev2|mediastore|mediatailor)\.[\w-]+\.amazonaws\.com$/i, "a media origin"],
  [/\.(?:digitaloceanspaces|backblazeb2|wasabisys|r2\.cloudflarestorage)\.com$/i, "another store"],
  [/(?:^|\.)storage\.googleapis\.com$/i, "Google Cloud Storage"],
  [/\.blob\.core\.windows\.net$/i, "Azure Blob Storage"],
  [/\.amazonaws\.com$/i, "an AWS service"],
];

/** How every name above ends: most hosts need no closer look, and `mint` no ten regular expressions. */
const OWNERS = [
  ...[".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".api.aws", "storage.googleapis.com"],
  ...[".windows.net", ".digitaloceanspaces.com", ".backblazeb2.com", ".wasabisys.com"],
  ".cloudflarestorage.com",
];

/** A few words for who answers there; undefined for a host that may be CloudFront's. */
export function originAt(url: string): string | undefined {
  const authority = authorityOf(url);
  const [bare = ""] = authority.slice(authority.lastIndexOf("@") + 1).split(":", 1);
  const lower = bare.toLowerCase();
  if (!OWNERS.some((owner) => lower.endsWith(owner))) return undefined;
  if (S3.test(authority)) return "S3";
  const [host = ""] = authority.split(":", 1);
  return ORIGINS.find(([looks]) => looks.test(host))?.[1];
}

const authorityOf = (url: string): string => /^[^/?#:]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
