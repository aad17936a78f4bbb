/**
 * CloudFront's refusals by code: the HTTP status and the usual message. Messages are AWS's own if published anywhere,
 * otherwise the API Reference's.
 */

const REFUSALS = {
  AccessDenied: [403, "Access denied."],
  BatchTooLarge: [413, "The request entity is too large."],
  CannotChangeImmutablePublicKeyFields: [400, "You can't change the value of a public key."],
  CNAMEAlreadyExists: [
    409,
    "One or more of the CNAMEs you provided are already associated with a different resource.",
  ],
  DistributionAlreadyExists: [
    409,
    "The caller reference that you are using to create a distribution is associated with another distribution.",
  ],
  // Also returned while the change that disabled it is being deployed.
  DistributionNotDisabled: [409, "The distribution you are trying to delete has not been disabled."],
  ExpiredToken: [403, "The security token included in the request is expired"],
  IllegalDelete: [400, "Deletion is not allowed for this entity."],
  IllegalOriginAccessConfiguration: [
    400,
    "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).",
  ],
  IllegalUpdate: [400, "The update contains modifications that are not allowed."],
  InconsistentQuantities: [400, "The value of Quantity and the size of Items don't match."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidArgument: [400, "An argument is invalid."],
  InvalidDefaultRootObject: [
    400,
    "The default root object file name is too big or contains an invalid character.",
  ],
  InvalidErrorCode: [400, "An invalid error code was specified."],
  InvalidForwardCookies: [
    400,
    "Your request contains forward cookies option which doesn't match with the expectation for the whitelisted list of cookie names. Either list of cookie names has been specified when not allowed or list of cookie names is missing when expected.",
  ],
  InvalidGeoRestrictionParameter: [400, "The specified geo restriction parameter is not valid."],
  InvalidIfMatchVersion: [400, "The If-Match version is missing or not valid for the resource."],
  InvalidLambdaFunctionAssociation: [400, "The specified Lambda@Edge function association is invalid."],
  InvalidLocationCode: [400, "The location code specified is not valid."],
  InvalidOrigin: [400, "The specified origin server does not exist or is not valid."],
  InvalidOriginAccessIdentity: [400, "The origin access identity is not valid or doesn't exist."],
  InvalidOriginKeepaliveTimeout: [400, "The keep alive timeout specified for the origin is not valid."],
  InvalidOriginReadTimeout: [400, "The read timeout specified for the origin is not valid."],
  InvalidProtocolSettings: [
    400,
    "You cannot specify SSLv3 as the minimum protocol version if you only want to support only clients that support Server Name Indication (SNI).",
  ],
  InvalidRelativePath: [
    400,
    "The relative path is too big, is not URL-encoded, or does not begin with a slash (/).",
  ],
  InvalidResponseCode: [400, "A response code is not valid."],
  InvalidTTLOrder: [
    400,
    "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL",
  ],
  InvalidTagging: [400, "The tagging specified is not valid."],
  InvalidViewerCertificate: [400, "A viewer certificate specified is not valid."],
  KeyGroupAlreadyExists: [
    409,
    "A key group with this name already exists. You must provide a unique name. To modify an existing key group, use UpdateKeyGroup.",
  ],
  MalformedInput: [400, "Unexpected complex element termination"],
  MalformedXML: [
    400,
    "The XML document that you provided was not well-formed or did not validate against our published schema.",
  ],
  MissingAuthenticationToken: [403, "Request is missing Authentication Token"],
  MissingBody: [
    400,
    "This operation requires a body. Ensure that the body is present and the Content-Type header is set.",
  ],
  CachePolicyAlreadyExists: [
    409,
    "A cache policy with this name already exists. You must provide a unique name. To modify an existing cache policy, use UpdateCachePolicy.",
  ],
  CachePolicyInUse: [
    409,
    "The specified cache policy is currently associated with a cache behavior. Please disassociate the policy before deleting.",
  ],
  NoSuchCachePolicy: [404, "The cache policy does not exist."],
  NoSuchOriginRequestPolicy: [404, "The origin request policy does not exist."],
  OriginRequestPolicyAlreadyExists: [
    409,
    "An origin request policy with this name already exists. You must provide a unique name. To modify an existing origin request policy, use UpdateOriginRequestPolicy.",
  ],
  OriginRequestPolicyInUse: [
    409,
    "The specified origin request policy is currently associated with a cache behavior. Please disassociate the policy before deleting.",
  ],
  NoSuchDistribution: [404, "The specified distribution does not exist."],
  NoSuchInvalidation: [404, "The specified invalidation does not exist."],
  NoSuchOrigin: [404, "One or more of your origins or origin groups do not exist."],
  NoSuchPublicKey: [404, "The specified public key doesn't exist."],
  NoSuchResource: [404, "A resource that was specified is not valid."],
  PreconditionFailed: [
    412,
    "The request failed because it didn't meet the preconditions in one or more request-header fields.",
  ],
  PublicKeyAlreadyExists: [
    409,
    "The caller reference that you are using to create a CloudFront public key is associated with another public key in your account.",
  ],
  // As recorded from AWS, with its spelling.
  PublicKeyInUse: [
    409,
    "The Cloudfront public key is currently associated with either Key Group or a field level encryption profile.",
  ],
  ResourceInUse: [409, "Cannot delete this resource because it is in use."],
  ServiceUnavailable: [503, "CloudFront is temporarily unavailable. Please try again."],
  SignatureDoesNotMatch: [403, "Signature expired: the request's time is too far from the server's."],
  Throttling: [400, "Rate exceeded"],
  TooManyDistributionCNAMEs: [400, "Your request contains more CNAMEs than are allowed per distribution."],
  TooManyDistributionsAssociatedToKeyGroup: [
    400,
    "The number of distributions that reference this key group is more than the maximum allowed.",
  ],
  TooManyInvalidationsInProgress: [
    400,
    "You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.",
  ],
  TooManyKeyGroups: [400, "You have reached the maximum number of key groups for this AWS account."],
  TooManyKeyGroupsAssociatedToDistribution: [
    400,
    "The number of key groups referenced by this distribution is more than the maximum allowed.",
  ],
  TooManyPublicKeys: [
    400,
    "Processing your request will cause you to exceed the maximum number of CloudFront public keys allowed.",
  ],
  TooManyPublicKeysInKeyGroup: [
    400,
    "The number of public keys in this key group is more than the maximum allowed.",
  ],
  TrustedKeyGroupDoesNotExist: [400, "The specified key group does not exist."],
  // Undocumented: what a REST-XML service returns if no operation matches the method and path.
  UnknownOperationException: [404, "The requested operation is not known."],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type CloudFrontCode = keyof typeof REFUSALS;

/** CloudFront refuses a request; the handler writes it as XML. */
export class CloudFrontRefusal extends Error {
  readonly code: CloudFrontCode;
  readonly status: number;

  constructor(code: CloudFrontCode, message?: string) {
    const [status, usual] = REFUSALS[code];
    super(message ?? usual);
    this.code = code;
    this.status = status;
  }
}

export function refuseCloudFront(code: CloudFrontCode, message?: string): never {
  throw new CloudFrontRefusal(code, message);
}
