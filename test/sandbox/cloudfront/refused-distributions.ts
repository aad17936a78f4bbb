/** What CloudFront refuses in a DistributionConfig, with code and message: used in process and by other clients. */
import type {
  CacheBehavior,
  CustomErrorResponse,
  DistributionConfig,
  Origin,
} from "@aws-sdk/client-cloudfront";
import {
  ALL_VIEWER,
  CACHING_DISABLED,
  CERTIFICATE,
  customOrigin,
  forwarding,
  origins,
  s3Origin,
} from "./site-config.ts";

export interface RefusedConfig {
  readonly what: string;
  readonly behavior?: Partial<CacheBehavior>;
  readonly more?: Partial<DistributionConfig>;
  readonly code: string;
  readonly message: string | RegExp;
}
type Rows = readonly (readonly [what: string, more: Partial<DistributionConfig>])[];
type BehaviorRows = readonly (readonly [what: string, behavior: Partial<CacheBehavior>])[];

const of = (code: string, message: string | RegExp, rows: Rows): RefusedConfig[] =>
  rows.map(([what, more]) => ({ what, more, code, message }));
const ofBehavior = (code: string, message: string | RegExp, rows: BehaviorRows): RefusedConfig[] =>
  rows.map(([what, behavior]) => ({ what, behavior, code, message }));

const without = (origin: Origin, ...kinds: readonly (keyof Origin)[]): Origin =>
  Object.fromEntries(
    Object.entries(origin).filter(([name]) => !kinds.includes(name as keyof Origin)),
  ) as unknown as Origin;
const bare = (more: Partial<Origin> = {}) => without(customOrigin(more), "CustomOriginConfig");
const second = { Id: "second" };
const aliases = (...Items: string[]) => ({ Aliases: { Quantity: Items.length, Items } });
const custom = (config: object, more: Partial<Origin> = {}) =>
  origins(
    customOrigin({
      CustomOriginConfig: { ...customOrigin().CustomOriginConfig, ...config } as never,
      ...more,
    }),
  );
const errors = (...Items: CustomErrorResponse[]) => ({
  CustomErrorResponses: { Quantity: Items.length, Items },
});
const methods = (...Items: string[]) => ({ AllowedMethods: { Quantity: Items.length, Items } }) as never;
const lambda = (LambdaFunctionARN: string): Partial<CacheBehavior> => ({
  LambdaFunctionAssociations: { Quantity: 1, Items: [{ LambdaFunctionARN, EventType: "viewer-request" }] },
});
const cookies = (Forward: string, ...Items: string[]): Partial<CacheBehavior> =>
  forwarding({
    ForwardedValues: {
      QueryString: false,
      Cookies: {
        Forward: Forward as never,
        WhitelistedNames: { Quantity: Items.length, ...(Items.length > 0 && { Items }) },
      },
    },
  });
const geo = (RestrictionType: string, ...Items: string[]): Partial<DistributionConfig> => ({
  Restrictions: {
    GeoRestriction: {
      RestrictionType: RestrictionType as never,
      Quantity: Items.length,
      ...(Items.length > 0 && { Items }),
    },
  },
});
const acm = (ACMCertificateArn: string): Partial<DistributionConfig> => ({
  ...aliases("app.example.com"),
  ViewerCertificate: {
    ACMCertificateArn,
    SSLSupportMethod: "sni-only",
    MinimumProtocolVersion: "TLSv1.2_2021",
  },
});
const LIST = (at: string) =>
  new RegExp(
    `^1 validation error detected: Value '.*' at 'distributionConfig\\.${at}' failed to satisfy constraint: Member must satisfy enum value set: \\[.*\\]$`,
  );

export const REFUSED: readonly RefusedConfig[] = [
  ...of("InvalidOrigin", "The specified origin server does not exist or is not valid.", [
    ["one origin without a kind", origins(bare())],
    ["an S3 bucket without a kind", origins(bare({ DomainName: "files.s3.amazonaws.com" }))],
    ["the second of two origins without a kind", origins(customOrigin(), bare(second))],
    ["an origin with only an access control", origins(bare({ OriginAccessControlId: "E1OAC00000000" }))],
    [
      "an origin with only headers",
      origins(bare({ CustomHeaders: { Quantity: 1, Items: [{ HeaderName: "x", HeaderValue: "y" }] } })),
    ],
  ]),
  ...of(
    "InvalidArgument",
    "You must specify either a CustomOrigin or an S3Origin. You cannot specify both.",
    [
      [
        "an S3 origin that is custom, too",
        origins(
          s3Origin("files.s3.amazonaws.com", { CustomOriginConfig: customOrigin().CustomOriginConfig }),
        ),
      ],
      ["a custom origin in a VPC", origins(customOrigin({ VpcOriginConfig: { VpcOriginId: "vo_1" } }))],
    ],
  ),
  ...of("InvalidArgument", "The parameter Origin DomainName does not refer to a valid S3 bucket.", [
    ["another host as S3 origin", origins(s3Origin("origin.example.com"))],
    ["a URL as S3 origin", origins(s3Origin("https://files.s3.amazonaws.com"))],
    ["a website endpoint as S3 origin", origins(s3Origin("files.s3-website-us-east-1.amazonaws.com"))],
    [
      "a website endpoint of a newer region as S3 origin",
      origins(s3Origin("files.s3-website.eu-central-1.amazonaws.com")),
    ],
    ["S3 itself as S3 origin", origins(s3Origin("s3.amazonaws.com"))],
    ["a bucket's bare name as S3 origin", origins(s3Origin("files"))],
    ["a load balancer as S3 origin", origins(s3Origin("web-1.eu-west-1.elb.amazonaws.com"))],
    ["a bucket with a path as S3 origin", origins(s3Origin("files.s3.amazonaws.com/films"))],
    ["a bucket's name that is too short", origins(s3Origin("ab.s3.amazonaws.com"))],
    ["the second of two origins", origins(customOrigin(), s3Origin("elsewhere.example.com", second))],
  ]),
  ...of("InvalidArgument", "The parameter origin name must be a domain name.", [
    ["a custom origin with a scheme", origins(customOrigin({ DomainName: "https://origin.example.com" }))],
    ["a custom origin with a path", origins(customOrigin({ DomainName: "origin.example.com/app" }))],
    ["a custom origin with a port", origins(customOrigin({ DomainName: "origin.example.com:8443" }))],
    ["a custom origin with a blank", origins(customOrigin({ DomainName: "origin example.com" }))],
    ["a custom origin without a name", origins(customOrigin({ DomainName: "" }))],
  ]),
  ...of("InvalidArgument", /IP address|not valid/, [
    ["a custom origin's IP address", origins(customOrigin({ DomainName: "192.0.2.1" }))],
    ["a custom origin's port 22", custom({ HTTPPort: 22 })],
    ["a custom origin's port 70000", custom({ HTTPSPort: 70_000 })],
    ["four connection attempts", origins(customOrigin({ ConnectionAttempts: 4 }))],
    ["a connection timeout of 11 seconds", origins(customOrigin({ ConnectionTimeout: 11 }))],
  ]),
  ...of("InvalidOriginReadTimeout", /./, [
    ["a read timeout of 121 seconds", custom({ OriginReadTimeout: 121 })],
  ]),
  ...of("InvalidOriginKeepaliveTimeout", /./, [
    ["a keep-alive timeout of 0", custom({ OriginKeepaliveTimeout: 0 })],
  ]),
  ...of("InvalidRelativePath", /./, [
    ["an origin path without a slash", origins(customOrigin({ OriginPath: "app" }))],
    ["an origin path that ends in a slash", origins(customOrigin({ OriginPath: "/app/" }))],
    [
      "an error page without a slash",
      errors({ ErrorCode: 403, ResponsePagePath: "403.html", ResponseCode: "403" }),
    ],
  ]),
  ...of("IllegalOriginAccessConfiguration", /OAC.*OAI/, [
    [
      "access control and identity together",
      origins(
        s3Origin("files.s3.amazonaws.com", {
          OriginAccessControlId: "E1",
          S3OriginConfig: { OriginAccessIdentity: "origin-access-identity/cloudfront/E2" },
        }),
      ),
    ],
  ]),
  ...ofBehavior("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", [
    ["a default behavior with an unknown target", { TargetOriginId: "elsewhere" }],
    ["a target in another case", { TargetOriginId: "Origin" }],
    ["an origin's domain name as target", { TargetOriginId: "origin.example.com" }],
    ["an empty target", { TargetOriginId: "" }],
  ]),
  ...of("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", [
    [
      "a cache behavior with an unknown target",
      {
        CacheBehaviors: {
          Quantity: 1,
          Items: [
            {
              PathPattern: "/a",
              TargetOriginId: "elsewhere",
              ViewerProtocolPolicy: "allow-all",
              CachePolicyId: CACHING_DISABLED,
            },
          ],
        },
      },
    ],
    [
      "an origin group with an unknown member",
      {
        OriginGroups: {
          Quantity: 1,
          Items: [
            {
              Id: "group",
              FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [500] } },
              Members: { Quantity: 2, Items: [{ OriginId: "origin" }, { OriginId: "elsewhere" }] },
            },
          ],
        },
      },
    ],
  ]),
  ...ofBehavior("InvalidArgument", "The parameter ForwardedValues is required.", [
    ["neither cache policy nor ForwardedValues", { CachePolicyId: undefined }],
    ["an empty cache policy", { CachePolicyId: "" }],
    ["only times to live", { CachePolicyId: undefined, MinTTL: 0, DefaultTTL: 60, MaxTTL: 60 }],
    ["only an origin request policy", { CachePolicyId: undefined, OriginRequestPolicyId: ALL_VIEWER }],
    ["only compression", { CachePolicyId: undefined, Compress: true }],
  ]),
  ...of("InvalidArgument", "The parameter ForwardedValues is required.", [
    [
      "neither in one of several behaviors",
      {
        CacheBehaviors: {
          Quantity: 1,
          Items: [{ PathPattern: "/a", TargetOriginId: "origin", ViewerProtocolPolicy: "allow-all" }],
        },
      },
    ],
  ]),
  ...ofBehavior(
    "InvalidArgument",
    /^The parameter (ForwardedValues|\w+TTL) cannot be used when a cache policy is associated to the cache behavior\.$/,
    [
      ["both cache policy and ForwardedValues", forwarding({ CachePolicyId: CACHING_DISABLED })],
      [
        "a cache policy and forwarded cookies",
        { ForwardedValues: { QueryString: true, Cookies: { Forward: "all" } } },
      ],
      ["a cache policy and a MinTTL", { MinTTL: 1 }],
      ["a cache policy and a DefaultTTL", { DefaultTTL: 60 }],
      ["a cache policy and a MaxTTL", { MaxTTL: 60 }],
    ],
  ),
  ...ofBehavior("InvalidArgument", /OriginRequestPolicyId/, [
    ["an origin request policy with ForwardedValues", forwarding({ OriginRequestPolicyId: ALL_VIEWER })],
  ]),
  ...ofBehavior(
    "InvalidTTLOrder",
    "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL",
    [
      ["MinTTL above DefaultTTL", forwarding({ MinTTL: 61, DefaultTTL: 60 })],
      ["MinTTL above MaxTTL", forwarding({ MinTTL: 61, MaxTTL: 60 })],
      ["DefaultTTL above MaxTTL", forwarding({ DefaultTTL: 61, MaxTTL: 60 })],
      ["the wrong way round", forwarding({ MinTTL: 3, DefaultTTL: 2, MaxTTL: 1 })],
      ["MinTTL above a DefaultTTL of 0", forwarding({ MinTTL: 1, DefaultTTL: 0 })],
    ],
  ),
  ...ofBehavior("InvalidForwardCookies", /./, [
    ["a whitelist without cookies", cookies("whitelist")],
    ["cookies without a whitelist", cookies("none", "theme")],
    ["cookies beside all", cookies("all", "theme")],
  ]),
  ...ofBehavior("InvalidArgument", /AllowedMethods/, [
    ["only GET", methods("GET")],
    ["GET, HEAD and POST", methods("GET", "HEAD", "POST")],
    ["all but HEAD", methods("GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS")],
  ]),
  ...ofBehavior(
    "InvalidLambdaFunctionAssociation",
    /^The function (ARN must reference a specific function version\. \(The ARN must end with the version number\.\)|must be in region 'us-east-1'\.) ARN: arn:/,
    [
      ["a function without a version", lambda("arn:aws:lambda:us-east-1:111111111111:function:check")],
      ["a function's newest version", lambda("arn:aws:lambda:us-east-1:111111111111:function:check:$LATEST")],
      ["a function's alias", lambda("arn:aws:lambda:us-east-1:111111111111:function:check:live")],
      ["a function elsewhere", lambda("arn:aws:lambda:eu-west-1:111111111111:function:check:1")],
    ],
  ),
  ...of(
    "InvalidViewerCertificate",
    /^To add an alternate domain name \(CNAME\) to a CloudFront distribution, you must attach a trusted certificate/,
    [
      ["an alias without a certificate", aliases("app.example.com")],
      ["two aliases without a certificate", aliases("a.example.com", "b.example.com")],
      ["a wildcard without a certificate", aliases("*.example.com")],
      [
        "an alias with the default certificate",
        { ...aliases("app.example.com"), ViewerCertificate: { CloudFrontDefaultCertificate: true } },
      ],
      [
        "an alias with settings but no certificate",
        {
          ...aliases("app.example.com"),
          ViewerCertificate: { SSLSupportMethod: "sni-only", MinimumProtocolVersion: "TLSv1.2_2021" },
        },
      ],
      [
        "an alias with an empty certificate",
        { ...aliases("app.example.com"), ViewerCertificate: { ACMCertificateArn: "" } },
      ],
    ],
  ),
  ...of(
    "InvalidViewerCertificate",
    "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    [
      ["a certificate in eu-west-1", acm(CERTIFICATE.replace("us-east-1", "eu-west-1"))],
      ["a certificate in us-west-2", acm(CERTIFICATE.replace("us-east-1", "us-west-2"))],
      ["a certificate in us-east-2", acm(CERTIFICATE.replace("us-east-1", "us-east-2"))],
      ["a certificate without a region", acm(CERTIFICATE.replace("us-east-1", ""))],
      ["another service's ARN", acm("arn:aws:iam::111111111111:server-certificate/app")],
      ["a bare id", acm("00000000-0000-4000-8000-000000000000")],
    ],
  ),
  ...of("InvalidViewerCertificate", /./, [
    [
      "two certificates",
      { ViewerCertificate: { ACMCertificateArn: CERTIFICATE, IAMCertificateId: "ASCAEXAMPLE" } },
    ],
    [
      "a certificate beside the default one",
      { ViewerCertificate: { ACMCertificateArn: CERTIFICATE, CloudFrontDefaultCertificate: true } },
    ],
  ]),
  ...of("InvalidProtocolSettings", /SSLv3/, [
    [
      "SSLv3 with SNI",
      {
        ViewerCertificate: {
          ACMCertificateArn: CERTIFICATE,
          SSLSupportMethod: "sni-only",
          MinimumProtocolVersion: "SSLv3",
        },
      },
    ],
  ]),
  ...of("MalformedXML", LIST("httpVersion"), [
    ["HTTP 1.0", { HttpVersion: "http1.0" as never }],
    ["HTTP/2 with a slash", { HttpVersion: "HTTP/2" as never }],
    ["HTTP 4", { HttpVersion: "http4" as never }],
    ["an empty HttpVersion", { HttpVersion: "" as never }],
    ["HTTP 2 by its bare number", { HttpVersion: "2" as never }],
  ]),
  ...of("MalformedXML", LIST("priceClass"), [
    ["an unknown price class", { PriceClass: "PriceClass_50" as never }],
  ]),
  ...of("MalformedXML", LIST("viewerCertificate\\.minimumProtocolVersion"), [
    [
      "an unknown TLS policy",
      { ViewerCertificate: { ACMCertificateArn: CERTIFICATE, MinimumProtocolVersion: "TLSv1.4" as never } },
    ],
  ]),
  ...of("MalformedXML", LIST("restrictions\\.geoRestriction\\.restrictionType"), [
    ["an unknown geo restriction", geo("greylist", "DE")],
  ]),
  ...of("MalformedXML", LIST("origins\\.items\\.1\\.member\\.customOriginConfig\\.originProtocolPolicy"), [
    ["an unknown origin protocol", custom({ OriginProtocolPolicy: "always" })],
  ]),
  ...ofBehavior("MalformedXML", LIST("defaultCacheBehavior\\.viewerProtocolPolicy"), [
    ["an unknown viewer protocol", { ViewerProtocolPolicy: "tls" as never }],
  ]),
  ...ofBehavior("MalformedXML", LIST("defaultCacheBehavior\\.allowedMethods\\.items\\.2\\.member"), [
    ["an unknown method", methods("GET", "BREW")],
  ]),
  ...of("InvalidErrorCode", /./, [
    ["an error page for 200", errors({ ErrorCode: 200, ResponsePagePath: "/ok.html", ResponseCode: "200" })],
    ["an error page for 418", errors({ ErrorCode: 418 })],
  ]),
  ...of(
    "InvalidArgument",
    "Your request must specify both ResponsePagePath and ResponseCode together or none of them.",
    [
      ["an error page without a code", errors({ ErrorCode: 403, ResponsePagePath: "/403.html" })],
      ["a code without an error page", errors({ ErrorCode: 403, ResponseCode: "200" })],
      [
        "the second response without its code",
        errors({ ErrorCode: 404 }, { ErrorCode: 403, ResponsePagePath: "/403.html" }),
      ],
    ],
  ),
  ...of("InvalidResponseCode", /./, [
    [
      "an error page sent with 302",
      errors({ ErrorCode: 403, ResponsePagePath: "/403.html", ResponseCode: "302" }),
    ],
  ]),
  ...of("InvalidDefaultRootObject", /./, [
    ["a root object with a slash", { DefaultRootObject: "/index.html" }],
  ]),
  ...of("InvalidGeoRestrictionParameter", /./, [
    ["countries without a restriction", geo("none", "DE")],
    ["a restriction without countries", geo("whitelist")],
  ]),
  ...of("InvalidLocationCode", /./, [["a country by its name", geo("whitelist", "Germany")]]),
  ...of("TooManyDistributionCNAMEs", /./, [
    [
      "more aliases than the limit",
      { ...acm(CERTIFICATE), ...aliases(...Array.from({ length: 101 }, (_, n) => `a${n}.example.com`)) },
    ],
  ]),
];
