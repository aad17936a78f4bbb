/** The members of CloudFormation's CloudFront resources that signing depends on (AWS::CloudFront::* property reference). */
import * as z from "zod";
import { optionalText, part, parts, text, texts } from "./shapes.ts";

const association = { EventType: optionalText, FunctionARN: optionalText, LambdaFunctionARN: optionalText };
const behavior = {
  PathPattern: optionalText,
  TargetOriginId: optionalText,
  TrustedKeyGroups: texts,
  TrustedSigners: texts,
  ViewerProtocolPolicy: optionalText,
  AllowedMethods: texts,
  CachePolicyId: optionalText,
  OriginRequestPolicyId: optionalText,
  ResponseHeadersPolicyId: optionalText,
  RealtimeLogConfigArn: optionalText,
  ForwardedValues: part({
    QueryString: optionalText,
    QueryStringCacheKeys: texts,
    Headers: texts,
    Cookies: part({ Forward: optionalText, WhitelistedNames: texts }),
  }),
  FunctionAssociations: parts(association),
  LambdaFunctionAssociations: parts(association),
};
export type CloudFormationBehavior = z.output<z.ZodObject<typeof behavior>>;

const origin = {
  Id: text,
  DomainName: optionalText,
  OriginPath: optionalText,
  OriginAccessControlId: optionalText,
  ConnectionAttempts: optionalText,
  ConnectionTimeout: optionalText,
  OriginCustomHeaders: parts({ HeaderName: text, HeaderValue: optionalText }),
  S3OriginConfig: part({ OriginAccessIdentity: optionalText }),
  VpcOriginConfig: part({}),
  CustomOriginConfig: part({
    OriginProtocolPolicy: optionalText,
    OriginReadTimeout: optionalText,
    OriginMtlsConfig: part({}),
  }),
};
export type CloudFormationOrigin = z.output<z.ZodObject<typeof origin>>;

export const CFN_DISTRIBUTION = z.object({
  DistributionConfig: z.object({
    Aliases: texts,
    Enabled: optionalText,
    Comment: optionalText,
    ConnectionMode: optionalText,
    DefaultCacheBehavior: part(behavior),
    CacheBehaviors: parts(behavior),
    Origins: parts(origin),
    CustomErrorResponses: parts({
      ErrorCode: text,
      ResponseCode: optionalText,
      ResponsePagePath: optionalText,
    }),
    IPV6Enabled: optionalText,
    WebACLId: optionalText,
    DefaultRootObject: optionalText,
    Logging: part({ Bucket: optionalText, IncludeCookies: optionalText }),
    Restrictions: part({ GeoRestriction: part({ RestrictionType: optionalText }) }),
  }),
});

export const CFN_KEY_GROUP = z.object({
  KeyGroupConfig: z.object({ Name: optionalText, Items: texts, Comment: optionalText }),
});
export const CFN_PUBLIC_KEY = z.object({
  PublicKeyConfig: z.object({ Name: optionalText, EncodedKey: optionalText, Comment: optionalText }),
});

const selections = {
  CookiesConfig: part({ CookieBehavior: optionalText, Cookies: texts }),
  HeadersConfig: part({ HeaderBehavior: optionalText, Headers: texts }),
  QueryStringsConfig: part({ QueryStringBehavior: optionalText, QueryStrings: texts }),
};
export const CFN_CACHE_POLICY = z.object({
  CachePolicyConfig: z.object({
    Name: optionalText,
    ParametersInCacheKeyAndForwardedToOrigin: part(selections),
  }),
});
export const CFN_ORIGIN_REQUEST_POLICY = z.object({
  OriginRequestPolicyConfig: z.object({ Name: optionalText, ...selections }),
});
export const CFN_SECRET = z.object({ Name: optionalText, SecretString: optionalText });
