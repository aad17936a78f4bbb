/** Secrets Manager's refusals: a code and a message, with HTTP 400 except for the service's own failures. */

export type SecretsCode =
  | "AccessDeniedException"
  | "ExpiredTokenException"
  | "InternalServiceError"
  | "InvalidNextTokenException"
  | "InvalidParameterException"
  | "InvalidRequestException"
  | "InvalidSignatureException"
  | "LimitExceededException"
  | "MalformedPolicyDocumentException"
  | "MissingAuthenticationTokenException"
  | "ResourceExistsException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "ServiceUnavailableException"
  | "ThrottlingException"
  | "UnknownOperationException"
  | "ValidationException";

const STATUS: { readonly [code in SecretsCode]?: number } = {
  InternalServiceError: 500,
  ServiceUnavailableException: 503,
};

export class SecretsRefusal extends Error {
  readonly code: SecretsCode;
  readonly status: number;

  constructor(code: SecretsCode, message: string) {
    super(message);
    this.code = code;
    this.status = STATUS[code] ?? 400;
  }
}

export function refuseSecrets(code: SecretsCode, message: string): never {
  throw new SecretsRefusal(code, message);
}
