/** The arguments of the AWS provider's CloudFront resources that signing depends on (registry.terraform.io/providers/hashicorp/aws). */
import * as z from "zod";
import { block, optionalText, parts, text, texts } from "./shapes.ts";

const association = { event_type: optionalText, function_arn: optionalText, lambda_arn: optionalText };
const behavior = {
  path_pattern: optionalText,
  target_origin_id: optionalText,
  trusted_key_groups: texts,
  trusted_signers: texts,
  viewer_protocol_policy: optionalText,
  allowed_methods: texts,
  cache_policy_id: optionalText,
  origin_request_policy_id: optionalText,
  response_headers_policy_id: optionalText,
  realtime_log_config_arn: optionalText,
  forwarded_values: block({
    query_string: optionalText,
    query_string_cache_keys: texts,
    headers: texts,
    cookies: block({ forward: optionalText, whitelisted_names: texts }),
  }),
  function_association: parts(association),
  lambda_function_association: parts(association),
};
export type TerraformBehavior = z.output<z.ZodObject<typeof behavior>>;

const origin = {
  origin_id: text,
  domain_name: optionalText,
  origin_path: optionalText,
  origin_access_control_id: optionalText,
  connection_attempts: optionalText,
  connection_timeout: optionalText,
  custom_header: parts({ name: text, value: optionalText }),
  s3_origin_config: block({ origin_access_identity: optionalText }),
  vpc_origin_config: block({}),
  custom_origin_config: block({ origin_protocol_policy: optionalText, origin_read_timeout: optionalText }),
};
export type TerraformOrigin = z.output<z.ZodObject<typeof origin>>;

export const TF_DISTRIBUTION = z.object({
  arn: optionalText,
  domain_name: optionalText,
  status: optionalText,
  aliases: texts,
  enabled: optionalText,
  comment: optionalText,
  default_cache_behavior: block(behavior),
  ordered_cache_behavior: parts(behavior),
  origin: parts(origin),
  custom_error_response: parts({
    error_code: text,
    response_code: optionalText,
    response_page_path: optionalText,
  }),
  is_ipv6_enabled: optionalText,
  web_acl_id: optionalText,
  default_root_object: optionalText,
  logging_config: block({ bucket: optionalText, include_cookies: optionalText }),
  restrictions: block({ geo_restriction: block({ restriction_type: optionalText }) }),
});
export type TerraformDistribution = z.output<typeof TF_DISTRIBUTION>;

/** A set of known and unknown members may come as one value: the plan says `true` for all of it. */
export const TF_KEY_GROUP = z.object({ name: optionalText, items: texts, comment: optionalText });
export const TF_PUBLIC_KEY = z.object({
  name: optionalText,
  encoded_key: optionalText,
  comment: optionalText,
});
export const TF_SECRET = z.object({ name: optionalText });
export const TF_SECRET_VERSION = z.object({ secret_id: optionalText, secret_string: optionalText });

const selections = {
  cookies_config: block({ cookie_behavior: optionalText, cookies: block({ items: texts }) }),
  headers_config: block({ header_behavior: optionalText, headers: block({ items: texts }) }),
  query_strings_config: block({
    query_string_behavior: optionalText,
    query_strings: block({ items: texts }),
  }),
};
export const TF_CACHE_POLICY = z.object({
  name: optionalText,
  parameters_in_cache_key_and_forwarded_to_origin: block(selections),
});
export const TF_ORIGIN_REQUEST_POLICY = z.object({ name: optionalText, ...selections });
