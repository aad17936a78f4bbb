/** A CloudFormation, SAM or CDK template as a declaration. */
import type * as z from "zod";
import type { CacheBehavior, NameSelection } from "../cloudfront/distribution.ts";
import { nameSelection } from "../cloudfront/name-selection.ts";
import { isRecord } from "../is-record.ts";
import { Sealed } from "../sealed.ts";
import {
  CFN_CACHE_POLICY,
  CFN_DISTRIBUTION,
  CFN_KEY_GROUP,
  CFN_ORIGIN_REQUEST_POLICY,
  CFN_PUBLIC_KEY,
  CFN_SECRET,
  type CloudFormationBehavior,
  type CloudFormationOrigin,
} from "./cloudformation-shapes.ts";
import type { Declaration, DeclaredDistribution, DeclaredOrigin, DeclaredPolicy } from "./declaration.ts";
import {
  forwardedCookies,
  geoRestriction,
  isOn,
  originProtocol,
  viewerProtocol,
  wholeNumber,
} from "./declared-words.ts";
import { resolve, scopeOf } from "./intrinsics.ts";
import { textOr, textsOr, Unresolved, UnresolvedValues } from "./unresolved.ts";

/** Throws `shapeFault`'s error for a resource that does not match its type. */
export function readCloudFormation(
  template: Readonly<Record<string, unknown>>,
  read: <Shape extends z.ZodType>(shape: Shape, value: unknown, address: string) => z.output<Shape>,
): Declaration {
  const scope = scopeOf(template);
  const notes = new UnresolvedValues();
  const ofType = <Shape extends z.ZodType, Result>(
    type: string,
    shape: Shape,
    make: (
      properties: z.output<Shape>,
      declared: { address: string; id: string; isIdKnown: false },
    ) => Result,
  ): Result[] =>
    Object.entries(scope.resources).flatMap(([address, resource]) => {
      if (!isRecord(resource) || resource.Type !== type || !isMade(resource)) return [];
      const properties = read(shape, resolve(resource.Properties ?? {}, scope), `${address}.Properties`);
      return [make(properties, { address, id: address, isIdKnown: false })];
    });
  /** A resource whose condition is false is not created. */
  const isMade = (resource: Readonly<Record<string, unknown>>): boolean =>
    resource.Condition === undefined || resolve({ Condition: resource.Condition }, scope) !== false;

  return {
    format: "cloudformation",
    distributions: ofType(
      "AWS::CloudFront::Distribution",
      CFN_DISTRIBUTION,
      ({ DistributionConfig }, declared) => distributionOf(DistributionConfig, declared, notes),
    ),
    keyGroups: ofType("AWS::CloudFront::KeyGroup", CFN_KEY_GROUP, ({ KeyGroupConfig }, declared) => ({
      ...declared,
      name: textOr(KeyGroupConfig.Name, declared.address),
      items: notes.ids(KeyGroupConfig.Items, `${declared.address}.Items`),
      comment: textOr(KeyGroupConfig.Comment, ""),
    })),
    publicKeys: ofType("AWS::CloudFront::PublicKey", CFN_PUBLIC_KEY, ({ PublicKeyConfig }, declared) => ({
      ...declared,
      name: textOr(PublicKeyConfig.Name, declared.address),
      encodedKey: notes.known(PublicKeyConfig.EncodedKey, `${declared.address}.EncodedKey`),
      comment: textOr(PublicKeyConfig.Comment, ""),
    })),
    policies: [
      ...ofType("AWS::CloudFront::CachePolicy", CFN_CACHE_POLICY, ({ CachePolicyConfig }, declared) =>
        policyOf(
          "cache",
          declared,
          CachePolicyConfig.Name,
          CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin,
        ),
      ),
      ...ofType(
        "AWS::CloudFront::OriginRequestPolicy",
        CFN_ORIGIN_REQUEST_POLICY,
        ({ OriginRequestPolicyConfig }, declared) =>
          policyOf("origin-request", declared, OriginRequestPolicyConfig.Name, OriginRequestPolicyConfig),
      ),
    ],
    secrets: ofType("AWS::SecretsManager::Secret", CFN_SECRET, ({ Name }, declared) => ({
      ...declared,
      name: Name instanceof Unresolved ? undefined : Name,
    })),
    secretValues: ofType("AWS::SecretsManager::Secret", CFN_SECRET, ({ SecretString }, { address }) =>
      typeof SecretString === "string" ? [{ secret: address, value: new Sealed(SecretString) }] : [],
    ).flat(),
    isCdk: isFromCdk(template),
    // The last: everything above may add to it.
    unresolved: notes.all,
  };
}

/** A stack's bootstrap version is a parameter that the CDK adds; each construct's path is metadata, unless turned off. */
function isFromCdk({ Parameters, Resources }: Readonly<Record<string, unknown>>): boolean {
  const resources = isRecord(Resources) ? Object.values(Resources) : [];
  return (
    (isRecord(Parameters) && "BootstrapVersion" in Parameters) ||
    resources.some((each) => isRecord(each) && isRecord(each.Metadata) && "aws:cdk:path" in each.Metadata)
  );
}

type Made = { readonly address: string; readonly id: string; readonly isIdKnown: false };

function distributionOf(
  config: z.output<typeof CFN_DISTRIBUTION>["DistributionConfig"],
  declared: Made,
  notes: UnresolvedValues,
): DeclaredDistribution {
  const fallback = config.DefaultCacheBehavior;
  const at = (place: string) => `${declared.address}.${place}`;
  return {
    ...declared,
    arn: "",
    domainName: "",
    aliases: textsOr(config.Aliases, []),
    enabled: isOn(config.Enabled, true),
    comment: textOr(config.Comment, ""),
    connectionMode: textOr(config.ConnectionMode, "") === "tenant-only" ? "tenant-only" : "direct",
    status: "",
    behaviors: [
      ...config.CacheBehaviors.map((each, index) => {
        const where = at(`CacheBehaviors[${index}]`);
        return behaviorOf(each, notes.known(each.PathPattern, `${where}.PathPattern`) ?? "", where, notes);
      }).filter(({ pathPattern }) => pathPattern !== ""),
      ...(fallback === undefined ? [] : [behaviorOf(fallback, "*", at("DefaultCacheBehavior"), notes)]),
    ],
    origins: config.Origins.map(originOf),
    activeKeyGroups: [],
    customErrorResponses: config.CustomErrorResponses.map((each) => ({
      errorCode: Number(textOr(each.ErrorCode, "0")),
      responseCode: wholeNumber(textOr(each.ResponseCode, "")),
      responsePagePath: textOr(each.ResponsePagePath, "") || undefined,
    })),
    ipv6: isOn(config.IPV6Enabled, false),
    webAclId: textOr(config.WebACLId, "") || undefined,
    geoRestriction: geoRestriction(textOr(config.Restrictions?.GeoRestriction?.RestrictionType, "none")),
    logging: config.Logging && {
      bucket: textOr(config.Logging.Bucket, ""),
      prefix: "",
      includesCookies: isOn(config.Logging.IncludeCookies, false),
    },
    defaultRootObject: textOr(config.DefaultRootObject, "") || undefined,
  };
}

function behaviorOf(
  behavior: CloudFormationBehavior,
  pathPattern: string,
  where: string,
  notes: UnresolvedValues,
): CacheBehavior {
  const values = behavior.ForwardedValues;
  const functions = [...behavior.FunctionAssociations, ...behavior.LambdaFunctionAssociations];
  return {
    pathPattern,
    targetOriginId: textOr(behavior.TargetOriginId, ""),
    trustedKeyGroups: notes.ids(behavior.TrustedKeyGroups, `${where}.TrustedKeyGroups`),
    trustedSigners: textsOr(behavior.TrustedSigners, []),
    viewerProtocolPolicy: viewerProtocol(textOr(behavior.ViewerProtocolPolicy, "allow-all")),
    // CloudFormation's default.
    allowedMethods: textsOr(behavior.AllowedMethods, ["GET", "HEAD"]),
    cachePolicyId: textOr(behavior.CachePolicyId, "") || undefined,
    originRequestPolicyId: textOr(behavior.OriginRequestPolicyId, "") || undefined,
    responseHeadersPolicyId: textOr(behavior.ResponseHeadersPolicyId, "") || undefined,
    forwardedValues: values && {
      queryString: isOn(values.QueryString, false),
      cookies: forwardedCookies(textOr(values.Cookies?.Forward, "none")),
      cookieNames: textsOr(values.Cookies?.WhitelistedNames, []),
      queryStringKeys: textsOr(values.QueryStringCacheKeys, []),
      headerNames: textsOr(values.Headers, []),
    },
    viewerRequestFunctions: functions
      .filter(({ EventType }) => EventType === "viewer-request")
      .map((each) => textOr(each.FunctionARN ?? each.LambdaFunctionARN, where)),
    realtimeLogConfigArn: textOr(behavior.RealtimeLogConfigArn, "") || undefined,
  };
}

function originOf(origin: CloudFormationOrigin): DeclaredOrigin {
  const custom = origin.CustomOriginConfig;
  const headers = origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => ({
    name: textOr(HeaderName, ""),
    value: typeof HeaderValue === "string" ? new Sealed(HeaderValue) : undefined,
  }));
  return {
    id: textOr(origin.Id, ""),
    domainName: textOr(origin.DomainName, ""),
    path: textOr(origin.OriginPath, ""),
    customHeaderNames: headers.map(({ name }) => name),
    customHeaders: headers,
    kind: origin.VpcOriginConfig ? "vpc" : origin.S3OriginConfig ? "s3" : "custom",
    accessControlId: textOr(origin.OriginAccessControlId, "") || undefined,
    legacyAccessIdentity: textOr(origin.S3OriginConfig?.OriginAccessIdentity, "") || undefined,
    mutualTls: custom?.OriginMtlsConfig !== undefined,
    protocolPolicy: originProtocol(textOr(custom?.OriginProtocolPolicy, "")),
    connectionAttempts: wholeNumber(textOr(origin.ConnectionAttempts, "")),
    connectionTimeout: wholeNumber(textOr(origin.ConnectionTimeout, "")),
    responseTimeout: wholeNumber(textOr(custom?.OriginReadTimeout, "")),
  };
}

interface Selections {
  readonly CookiesConfig?: { readonly CookieBehavior?: Text; readonly Cookies?: Texts } | undefined;
  readonly HeadersConfig?: { readonly HeaderBehavior?: Text; readonly Headers?: Texts } | undefined;
  readonly QueryStringsConfig?:
    | { readonly QueryStringBehavior?: Text; readonly QueryStrings?: Texts }
    | undefined;
}
type Text = string | Unresolved | undefined;
type Texts = readonly (string | Unresolved)[] | Unresolved | undefined;

function policyOf(
  kind: DeclaredPolicy["kind"],
  declared: Made,
  name: Text,
  selections: Selections | undefined,
): DeclaredPolicy {
  const selected = (behavior: Text, names: Texts): NameSelection =>
    nameSelection(textOr(behavior, "none"), textsOr(names, []));
  const { CookiesConfig: cookies, HeadersConfig: headers, QueryStringsConfig: query } = selections ?? {};
  return {
    ...declared,
    kind,
    name: textOr(name, declared.address),
    cookies: selected(cookies?.CookieBehavior, cookies?.Cookies),
    headers: selected(headers?.HeaderBehavior, headers?.Headers),
    queryStrings: selected(query?.QueryStringBehavior, query?.QueryStrings),
  };
}
