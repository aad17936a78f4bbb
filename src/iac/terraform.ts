/** Terraform's state or plan as a declaration. */
import type * as z from "zod";
import type { CacheBehavior, NameSelection } from "../cloudfront/distribution.ts";
import { nameSelection } from "../cloudfront/name-selection.ts";
import { Sealed } from "../sealed.ts";
import type {
  Declaration,
  Declared,
  DeclaredDistribution,
  DeclaredOrigin,
  DeclaredPolicy,
} from "./declaration.ts";
import {
  forwardedCookies,
  geoRestriction,
  isOn,
  originProtocol,
  viewerProtocol,
  wholeNumber,
} from "./declared-words.ts";
import type { TerraformResource } from "./terraform-json.ts";
import {
  type TerraformBehavior,
  type TerraformDistribution,
  type TerraformOrigin,
  TF_CACHE_POLICY,
  TF_DISTRIBUTION,
  TF_KEY_GROUP,
  TF_ORIGIN_REQUEST_POLICY,
  TF_PUBLIC_KEY,
  TF_SECRET,
  TF_SECRET_VERSION,
} from "./terraform-shapes.ts";
import { textOr, textsOr, Unresolved, UnresolvedValues } from "./unresolved.ts";

export function readTerraform(
  format: Declaration["format"],
  resources: readonly TerraformResource[],
  read: <Shape extends z.ZodType>(shape: Shape, value: unknown, address: string) => z.output<Shape>,
): Declaration {
  const notes = new UnresolvedValues();
  const ofType = <Shape extends z.ZodType, Result>(
    type: string,
    shape: Shape,
    make: (values: z.output<Shape>, declared: Declared) => Result,
  ): Result[] =>
    resources
      .filter((each) => each.type === type)
      .map(({ address, values }) => make(read(shape, values, address), identified(address, values.id)));
  return {
    format,
    distributions: ofType("aws_cloudfront_distribution", TF_DISTRIBUTION, (values, declared) =>
      distributionOf(values, declared, notes),
    ),
    keyGroups: ofType("aws_cloudfront_key_group", TF_KEY_GROUP, (values, declared) => ({
      ...declared,
      name: textOr(values.name, declared.address),
      items: notes.ids(values.items, `${declared.address}.items`),
      comment: textOr(values.comment, ""),
    })),
    publicKeys: ofType("aws_cloudfront_public_key", TF_PUBLIC_KEY, (values, declared) => ({
      ...declared,
      name: textOr(values.name, declared.address),
      encodedKey: notes.known(values.encoded_key, `${declared.address}.encoded_key`),
      comment: textOr(values.comment, ""),
    })),
    policies: [
      ...ofType("aws_cloudfront_cache_policy", TF_CACHE_POLICY, (values, declared) =>
        policyOf("cache", declared, values.name, values.parameters_in_cache_key_and_forwarded_to_origin),
      ),
      ...ofType("aws_cloudfront_origin_request_policy", TF_ORIGIN_REQUEST_POLICY, (values, declared) =>
        policyOf("origin-request", declared, values.name, values),
      ),
    ],
    secrets: ofType("aws_secretsmanager_secret", TF_SECRET, ({ name }, declared) => ({
      ...declared,
      name: name instanceof Unresolved ? undefined : name,
    })),
    secretValues: ofType("aws_secretsmanager_secret_version", TF_SECRET_VERSION, (values) =>
      typeof values.secret_id === "string" && typeof values.secret_string === "string"
        ? [{ secret: values.secret_id, value: new Sealed(values.secret_string) }]
        : [],
    ).flat(),
    isCdk: false,
    // The last: everything above may add to it.
    unresolved: notes.all,
  };
}

const identified = (address: string, id: unknown): Declared =>
  typeof id === "string" && id !== ""
    ? { address, id, isIdKnown: true }
    : { address, id: address, isIdKnown: false };

function distributionOf(
  values: TerraformDistribution,
  declared: Declared,
  notes: UnresolvedValues,
): DeclaredDistribution {
  const fallback = values.default_cache_behavior;
  const logging = values.logging_config;
  const at = (place: string) => `${declared.address}.${place}`;
  return {
    ...declared,
    arn: textOr(values.arn, ""),
    domainName: textOr(values.domain_name, ""),
    aliases: textsOr(values.aliases, []),
    enabled: isOn(values.enabled, true),
    comment: textOr(values.comment, ""),
    connectionMode: "direct",
    status: textOr(values.status, ""),
    behaviors: [
      ...values.ordered_cache_behavior.map((each, index) => {
        const where = at(`ordered_cache_behavior[${index}]`);
        return behaviorOf(each, notes.known(each.path_pattern, `${where}.path_pattern`) ?? "", where, notes);
      }),
      ...(fallback === undefined ? [] : [behaviorOf(fallback, "*", at("default_cache_behavior"), notes)]),
    ].filter(({ pathPattern }) => pathPattern !== ""),
    origins: values.origin.map(originOf),
    activeKeyGroups: [],
    customErrorResponses: values.custom_error_response.map((each) => ({
      errorCode: Number(textOr(each.error_code, "0")),
      // The provider writes 0 for a code that is kept.
      responseCode: wholeNumber(textOr(each.response_code, "")) || undefined,
      responsePagePath: textOr(each.response_page_path, "") || undefined,
    })),
    ipv6: isOn(values.is_ipv6_enabled, false),
    webAclId: textOr(values.web_acl_id, "") || undefined,
    geoRestriction: geoRestriction(textOr(values.restrictions?.geo_restriction?.restriction_type, "none")),
    logging: logging && {
      bucket: textOr(logging.bucket, ""),
      prefix: "",
      includesCookies: isOn(logging.include_cookies, false),
    },
    defaultRootObject: textOr(values.default_root_object, "") || undefined,
  };
}

function behaviorOf(
  behavior: TerraformBehavior,
  pathPattern: string,
  where: string,
  notes: UnresolvedValues,
): CacheBehavior {
  const forwarded = behavior.forwarded_values;
  const functions = [...behavior.function_association, ...behavior.lambda_function_association];
  return {
    pathPattern,
    targetOriginId: textOr(behavior.target_origin_id, ""),
    trustedKeyGroups: notes.ids(behavior.trusted_key_groups, `${where}.trusted_key_groups`),
    trustedSigners: textsOr(behavior.trusted_signers, []),
    viewerProtocolPolicy: viewerProtocol(textOr(behavior.viewer_protocol_policy, "allow-all")),
    allowedMethods: textsOr(behavior.allowed_methods, ["GET", "HEAD"]),
    cachePolicyId: textOr(behavior.cache_policy_id, "") || undefined,
    originRequestPolicyId: textOr(behavior.origin_request_policy_id, "") || undefined,
    responseHeadersPolicyId: textOr(behavior.response_headers_policy_id, "") || undefined,
    forwardedValues: forwarded && {
      queryString: isOn(forwarded.query_string, false),
      cookies: forwardedCookies(textOr(forwarded.cookies?.forward, "none")),
      cookieNames: textsOr(forwarded.cookies?.whitelisted_names, []),
      queryStringKeys: textsOr(forwarded.query_string_cache_keys, []),
      headerNames: textsOr(forwarded.headers, []),
    },
    viewerRequestFunctions: functions
      .filter(({ event_type }) => event_type === "viewer-request")
      .map((each) => textOr(each.function_arn ?? each.lambda_arn, where)),
    realtimeLogConfigArn: textOr(behavior.realtime_log_config_arn, "") || undefined,
  };
}

function originOf(origin: TerraformOrigin): DeclaredOrigin {
  const custom = origin.custom_origin_config;
  const headers = origin.custom_header.map(({ name, value }) => ({
    name: textOr(name, ""),
    value: typeof value === "string" ? new Sealed(value) : undefined,
  }));
  return {
    id: textOr(origin.origin_id, ""),
    domainName: textOr(origin.domain_name, ""),
    path: textOr(origin.origin_path, ""),
    customHeaderNames: headers.map(({ name }) => name),
    customHeaders: headers,
    kind: origin.vpc_origin_config ? "vpc" : custom === undefined ? "s3" : "custom",
    accessControlId: textOr(origin.origin_access_control_id, "") || undefined,
    legacyAccessIdentity: textOr(origin.s3_origin_config?.origin_access_identity, "") || undefined,
    mutualTls: false,
    protocolPolicy: originProtocol(textOr(custom?.origin_protocol_policy, "")),
    connectionAttempts: wholeNumber(textOr(origin.connection_attempts, "")),
    connectionTimeout: wholeNumber(textOr(origin.connection_timeout, "")),
    responseTimeout: wholeNumber(textOr(custom?.origin_read_timeout, "")),
  };
}

type Text = string | Unresolved | undefined;
type Items = { readonly items?: readonly (string | Unresolved)[] | Unresolved | undefined } | undefined;
interface Selections {
  readonly cookies_config?: { readonly cookie_behavior?: Text; readonly cookies?: Items } | undefined;
  readonly headers_config?: { readonly header_behavior?: Text; readonly headers?: Items } | undefined;
  readonly query_strings_config?:
    | { readonly query_string_behavior?: Text; readonly query_strings?: Items }
    | undefined;
}

function policyOf(
  kind: DeclaredPolicy["kind"],
  declared: Declared,
  name: Text,
  selections: Selections | undefined,
): DeclaredPolicy {
  const selected = (behavior: Text, names: Items): NameSelection =>
    nameSelection(textOr(behavior, "none"), textsOr(names?.items, []));
  const { cookies_config, headers_config, query_strings_config } = selections ?? {};
  return {
    ...declared,
    kind,
    name: textOr(name, declared.address),
    cookies: selected(cookies_config?.cookie_behavior, cookies_config?.cookies),
    headers: selected(headers_config?.header_behavior, headers_config?.headers),
    queryStrings: selected(query_strings_config?.query_string_behavior, query_strings_config?.query_strings),
  };
}
