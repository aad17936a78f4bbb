/** What CloudFront refuses, by code: the HTTP status and the message that goes with it (API Reference, Common Errors). */

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
  DistributionNotDisabled: [
    409,
    "The distribution you are trying to delete has not been disabled or is still being deployed.",
  ],
  ExpiredToken: [403, "The security token included in the request is expired"],
  IllegalUpdate: [400, "The update contains modifications that are not allowed."],
  InconsistentQuantities: [400, "The value of Quantity and the size of Items don't match."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidArgument: [400, "An argument is invalid."],
  InvalidIfMatchVersion: [400, "The If-Match version is missing or not valid for the resource."],
  InvalidTagging: [400, "The tagging specified is not valid."],
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
  CachePolicyAlreadyExists: [409, "A cache policy with this name already exists."],
  NoSuchCachePolicy: [404, "The cache policy does not exist."],
  NoSuchOriginRequestPolicy: [404, "The origin request policy does not exist."],
  OriginRequestPolicyAlreadyExists: [409, "An origin request policy with this name already exists."],
  NoSuchDistribution: [404, "The specified distribution does not exist."],
  NoSuchInvalidation: [404, "The specified invalidation does not exist."],
  NoSuchOrigin: [404, "No origin exists with the specified Origin Id."],
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
  // Undocumented: what a REST-XML service answers where no operation matches the method and path.
  UnknownOperationException: [404, "The requested operation is not known."],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type CloudFrontCode = keyof typeof REFUSALS;

/** An answer of CloudFront's that is not the one asked for; the handler writes it as XML. */
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

export function refuse(code: CloudFrontCode, message?: string): never {
  throw new CloudFrontRefusal(code, message);
}
