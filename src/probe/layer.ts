/** Who answered a request, as far as the response shows. */
import type { WireCode } from "../edge/verdict.ts";

export type AnsweringLayer =
  /** CloudFront's signature check denied it with its own XML. */
  | "edge-signature"
  | "edge-waf"
  | "edge-geo"
  | "edge-method"
  /** A CloudFront Function or Lambda@Edge generated the response. */
  | "edge-function"
  /** The viewer protocol policy redirected it from http to https. */
  | "edge-redirect"
  /** Another CloudFront HTML error: unknown host, stacked distributions, too large, GET with a body. */
  | "edge-refusal"
  /** CloudFront got no response from the origin. */
  | "edge-no-origin"
  /** A custom error response replaced the original one: it may hide a denial. */
  | "error-page"
  /** From the edge's cache: the origin answered an earlier request. */
  | "cache"
  | "s3"
  | "api-gateway"
  | "lambda-url"
  | "load-balancer"
  /** The origin refused a request that bypassed the edge. */
  | "origin-verification"
  /** The application redirects the viewer, usually to a login page. */
  | "redirect"
  | "application"
  | "unsure";

export interface Classification {
  readonly layer: AnsweringLayer;
  /** What the response shows about the signature check: `passed` when something behind it answered. */
  readonly edge: "denied" | "passed" | "unsure";
  /** Only with `edge-signature`, and only one of the five known ones. */
  readonly code?: WireCode;
  readonly confidence: "certain" | "likely" | "unsure";
  /** One fact per line, most telling first. */
  readonly evidence: readonly string[];
}

/** A few words for a cell or a sentence. */
export const LAYER_NAME: Readonly<Record<AnsweringLayer, string>> = {
  "edge-signature": "edge signature check",
  "edge-waf": "AWS WAF",
  "edge-geo": "geo restriction",
  "edge-method": "method not allowed by the cache behavior",
  "edge-function": "edge function",
  "edge-redirect": "viewer protocol redirect",
  "edge-refusal": "CloudFront, not the signature check",
  "edge-no-origin": "CloudFront, without its origin",
  "error-page": "custom error page",
  cache: "edge cache",
  s3: "S3 origin",
  "api-gateway": "API Gateway",
  "lambda-url": "Lambda function URL",
  "load-balancer": "load balancer",
  "origin-verification": "origin verification",
  redirect: "redirect by the application",
  application: "application",
  unsure: "unsure who",
};
