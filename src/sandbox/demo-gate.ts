/** The gate that the sandbox starts with: its resources in the account, and the keyturn.yaml that describes it. */
import type { Seconds } from "../time.ts";
import { SEED_CERTIFICATE } from "./cloudfront/distribution-seed.ts";
import type { OriginCustomHeader } from "./edge/origin-request.ts";

export interface DemoGateSettings {
  readonly propagation: Seconds;
  /** How long an edge location may take to get a change, with a margin; a rotation spreads its canary checks over this time. */
  readonly settle: Seconds;
  readonly cookieTtl: Seconds;
  /** How long the application's signers keep the key they read. */
  readonly signerCache: Seconds | "until-restart";
  readonly keyPairId: "in-secret" | "derived" | "external";
  readonly hash: "SHA1" | "SHA256";
  /** Consecutive good canary checks per distribution. */
  readonly triples: number;
}

export const DEMO_SETTINGS: DemoGateSettings = {
  propagation: 5,
  settle: 8,
  cookieTtl: 30,
  signerCache: 10,
  keyPairId: "in-secret",
  hash: "SHA256",
  triples: 3,
};

export const DEMO = {
  gate: "demo",
  callerReference: "keyturn-sandbox-demo",
  /** RFC 6761 resolves names under .localhost to loopback, and unlike localhost they can have a cookie Domain. */
  host: "app.keyturn.localhost",
  cookieDomain: "keyturn.localhost",
  domainName: "d111111abcdef8.cloudfront.localhost",
  aliases: ["app.keyturn.localhost", "alt.keyturn.localhost", "localhost", "127.0.0.1"],
  secret: "demo/cloudfront-signing-key",
  keyName: "demo-2026-01",
  groupName: "demo-signers",
  verificationHeader: "x-origin-verify",
  region: "us-east-1",
  account: "111122223333",
  canaryPath: "/media/keyturn-canary",
} as const;

/** Names that the server certificate covers; the last is for distributions without an alias. */
export const CERTIFICATE_HOSTS = [
  DEMO.host,
  "*.keyturn.localhost",
  "*.cloudfront.localhost",
  "localhost",
  "127.0.0.1",
  "*.cloudfront.net",
];

interface Behavior {
  readonly pattern: string;
  readonly isProtected: boolean;
  readonly methods: "read" | "all";
}
/** In CloudFront's order. Everything else gets the default behavior, which is public. */
const BEHAVIORS: readonly Behavior[] = [
  { pattern: "/api/*", isProtected: true, methods: "all" },
  { pattern: "/media/*", isProtected: true, methods: "read" },
];
const DEFAULT_BEHAVIOR: Behavior = { pattern: "*", isProtected: false, methods: "all" };
/** A managed policy that every account has. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** The DistributionConfig for CreateDistribution. */
export function demoDistribution(
  keyGroupId: string,
  originPort: number,
  verification: OriginCustomHeader,
): string {
  return `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
<CallerReference>${DEMO.callerReference}</CallerReference>
${list("Aliases", "CNAME", DEMO.aliases)}
<DefaultRootObject></DefaultRootObject>
<Origins><Quantity>1</Quantity><Items><Origin><Id>application</Id><DomainName>localhost</DomainName><OriginPath></OriginPath>
<CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>${verification.name}</HeaderName><HeaderValue>${verification.value}</HeaderValue></OriginCustomHeader></Items></CustomHeaders>
<CustomOriginConfig><HTTPPort>${originPort}</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig>
</Origin></Items></Origins>
<DefaultCacheBehavior>${behavior(DEFAULT_BEHAVIOR, keyGroupId)}</DefaultCacheBehavior>
<CacheBehaviors><Quantity>${BEHAVIORS.length}</Quantity><Items>${BEHAVIORS.map(
    (each) =>
      `<CacheBehavior><PathPattern>${each.pattern}</PathPattern>${behavior(each, keyGroupId)}</CacheBehavior>`,
  ).join("")}</Items></CacheBehaviors>
<Comment>the sandbox's demo gate</Comment>
<PriceClass>PriceClass_All</PriceClass>
<Enabled>true</Enabled>
<Logging><Enabled>true</Enabled><IncludeCookies>false</IncludeCookies><Bucket>demo-logs.s3.amazonaws.com</Bucket><Prefix></Prefix></Logging>
<IsIPV6Enabled>false</IsIPV6Enabled>
<ViewerCertificate><ACMCertificateArn>${SEED_CERTIFICATE}</ACMCertificateArn><SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion></ViewerCertificate>
</DistributionConfig>`;
}

function behavior({ isProtected, methods }: Behavior, keyGroupId: string): string {
  const allowed =
    methods === "all"
      ? ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
      : ["GET", "HEAD", "OPTIONS"];
  const groups = isProtected
    ? `<TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup>${keyGroupId}</KeyGroup></Items></TrustedKeyGroups>`
    : "<TrustedKeyGroups><Enabled>false</Enabled><Quantity>0</Quantity></TrustedKeyGroups>";
  const methodItems = allowed.map((each) => `<Method>${each}</Method>`).join("");
  return `<TargetOriginId>application</TargetOriginId>${groups}
<ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>
<AllowedMethods><Quantity>${allowed.length}</Quantity><Items>${methodItems}</Items><CachedMethods><Quantity>2</Quantity><Items><Method>GET</Method><Method>HEAD</Method></Items></CachedMethods></AllowedMethods>
<Compress>false</Compress><CachePolicyId>${CACHING_DISABLED}</CachePolicyId>`;
}

const list = (name: string, item: string, values: readonly string[]) =>
  `<${name}><Quantity>${values.length}</Quantity><Items>${values.map((value) => `<${item}>${value}</${item}>`).join("")}</Items></${name}>`;

export interface DemoAddresses {
  /** Scheme, host and port of the application behind the edge. */
  readonly site: string;
  readonly origin: string;
  readonly api: string;
}

/** The keyturn.yaml that the sandbox writes. */
export function demoGateYaml(
  settings: DemoGateSettings,
  ids: { readonly distributionId: string; readonly keyGroupId: string },
  { site, origin, api }: DemoAddresses,
): string {
  const signerCache = settings.signerCache === "until-restart" ? "until-restart" : `${settings.signerCache}s`;
  return `# The sandbox's demo gate. Times are short, so that a rotation takes a minute instead of a day.
gates:
  ${DEMO.gate}:
    account: "${DEMO.account}"
    region: ${DEMO.region}
    distributions: [${ids.distributionId}]
    keyGroups: [${ids.keyGroupId}]
    secret:
      id: ${DEMO.secret}
      format: json
      fields: { privateKey: privateKey, keyPairId: keyPairId }
    signer:
      hash: ${settings.hash}
      cacheTtl: ${signerCache}
      keyPairId: ${settings.keyPairId}
      loginEndpoint: ${site}/login
      mintEndpoint: ${site}/edge/session
      logoutEndpoint: ${site}/logout
    cookie:
      resource: ${site}/*
      domain: ${DEMO.cookieDomain}
      path: /
      sameSite: Lax
      ttl: ${settings.cookieTtl}s
      maxTtl: ${settings.cookieTtl}s
    athena: { outputLocation: "s3://demo-athena-results/" }
    origin:
      url: ${origin}
      counterUrl: ${api}/_sandbox/origin
      verificationHeader: ${DEMO.verificationHeader}
    canaries:
      ${ids.distributionId}: ${site}${DEMO.canaryPath}
    routes:
      - { pattern: /api/*, layers: [edge, origin-verification, application], sample: /api/reports }
      - { pattern: /media/*, layers: [edge, origin-verification], sample: /media/film.txt }
      - { pattern: /public/*, layers: [origin-verification], sample: /public/status }
    flow:
      loginBody: '{"username":"{username}","password":"{password}"}'
      tokenField: token
      forbiddenPath: /api/reports
    rotation:
      settle: ${settings.settle}s
      skew: 1s
      triples: ${settings.triples}
`;
}
