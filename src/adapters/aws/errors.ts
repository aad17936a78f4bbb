/** Maps AWS's error names to our codes, with hints to type. */
import { AccessError, ConflictError, type ErrorCode, type KeyturnError, RemoteError } from "../../errors.ts";
import { restoreLine } from "../../gates/secret-id.ts";
import { shellWord } from "../../text/shell-word.ts";
import { unreachableAddress, unreachableReason } from "../unreachable.ts";
import { LimitReached } from "./bounded-exchange.ts";

/** `cloudfront:GetKeyGroup` on `key group 9c1f…`. */
export interface CallName {
  /** As IAM writes it. */
  readonly action: string;
  /** In CloudFront's words. */
  readonly subject: string;
  /** Whose policy allows it; `rotator` unless given. */
  readonly role?: "rotator" | "secret-keeper" | "log-reader" | "deployment-reader";
  /** Codes with a different meaning in this call. */
  readonly meanings?: Readonly<Record<string, ErrorCode>>;
}
export interface CallerSettings {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** For people without AWS access. */
const REHEARSE = ["to see a whole rotation in a local cloud, without AWS:", "keyturn rehearse"];

const CODES: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/^(PreconditionFailed|InvalidIfMatchVersion)$/, "ERR_PRECONDITION"],
  [/^(NoSuch\w+|ResourceNotFoundException|EntityNotFound)$/, "ERR_NOT_FOUND"],
  [/^(\w+AlreadyExists|ResourceExistsException)$/, "ERR_EXISTS"],
  [/^(\w+InUse|CannotDeleteEntityWhileInUse)$/, "ERR_IN_USE"],
  [/^(Throttling\w*|TooManyRequests\w*|RequestLimitExceeded|RequestThrottled\w*|SlowDown)$/, "ERR_THROTTLED"],
  [/^(TooMany\w+|LimitExceeded\w*)$/, "ERR_QUOTA"],
  [/^(AccessDenied\w*|UnauthorizedOperation|AuthorizationError\w*)$/, "ERR_ACCESS_DENIED"],
  [
    /^(ExpiredToken\w*|RequestExpired|InvalidClientTokenId|UnrecognizedClient\w*|TokenRefreshRequired)$/,
    "ERR_CREDENTIALS",
  ],
  [
    /^(SignatureDoesNotMatch|InvalidSignature\w*|IncompleteSignature\w*|MissingAuthenticationToken\w*|NotAuthorized|OptInRequired)$/,
    "ERR_CREDENTIALS",
  ],
  [/^(CredentialsProviderError|TokenProviderError|ProviderError)$/, "ERR_CREDENTIALS"],
];

export function awsError(thrown: unknown, call: CallName, caller: CallerSettings): KeyturnError {
  const { name, message, status } = facetsOf(thrown);
  const code = call.meanings?.[name] ?? CODES.find(([pattern]) => pattern.test(name))?.[1];
  if (/region is missing/i.test(message)) {
    return new AccessError("ERR_REGION", `no AWS region is set, and ${call.action} needs one`, [
      "add --region eu-west-1 (yours), or export AWS_REGION=eu-west-1",
      ...REHEARSE,
    ]);
  }
  switch (code) {
    case "ERR_CREDENTIALS":
      return new AccessError(code, ...credentialsTrouble(name, message, caller), thrown);
    case "ERR_ACCESS_DENIED":
      return new AccessError(code, ...denial(call, message), thrown);
    case "ERR_PRECONDITION":
      return new ConflictError(
        code,
        `${call.subject} changed since it was read`,
        ["run the command again"],
        thrown,
      );
    case "ERR_NOT_FOUND":
      return new ConflictError(
        code,
        `${call.subject} does not exist: ${message}`,
        notFoundHints(call),
        thrown,
      );
    case "ERR_EXISTS":
      return new ConflictError(
        code,
        `${call.subject} already exists: ${message}`,
        notFoundHints(call),
        thrown,
      );
    case "ERR_IN_USE":
      return new ConflictError(code, `${call.subject} is in use: ${message}`, ["keyturn keys list"], thrown);
    case "ERR_QUOTA":
      return new ConflictError(
        code,
        `quota exceeded for ${call.subject}: ${message}`,
        quotaHints(call),
        thrown,
      );
    case "ERR_THROTTLED":
      return new RemoteError(
        code,
        `AWS still throttles ${call.action} after retries: ${message}`,
        ["wait a minute, then run the command again"],
        thrown,
      );
    default:
      return uncoded(thrown, call, { name, message, status });
  }
}

function quotaHints({ subject }: CallName): string[] {
  if (!subject.startsWith("secret ")) return ["keyturn keys list", "keyturn keys prune --dry-run"];
  const id = shellWord(subject.slice("secret ".length));
  return [
    `aws secretsmanager list-secret-version-ids --secret-id ${id} --include-deprecated`,
    "keyturn help ERR_QUOTA",
  ];
}

/** Secrets Manager uses a customer-managed KMS key on the caller's behalf, and only reports that access was denied. */
function denial({ action, subject, role = "rotator" }: CallName, message: string): [string, string[]] {
  const who = "aws sts get-caller-identity";
  if (!/\bKMS\b/.test(message)) {
    return [
      `${action} on ${subject} is not allowed: ${message}`,
      [who, "the required policy:", `keyturn iam --role ${role}`],
    ];
  }
  const needed = /:Get(SecretValue|Object)$/.test(action)
    ? "kms:Decrypt"
    : "kms:GenerateDataKey or kms:Decrypt";
  return [
    `${needed} is not allowed on the KMS key of ${subject}, which ${action} needs: ${message}`,
    [who, "the required policy, with the ARN of the KMS key:", `keyturn iam --role ${role} --kms-key ARN`],
  ];
}

function uncoded(thrown: unknown, call: CallName, { name, message, status }: Facets): KeyturnError {
  if (status === undefined) {
    const { reason, hints } =
      thrown instanceof LimitReached ? { reason: thrown.message, hints: [] } : unreachableReason(thrown);
    return new RemoteError(
      "ERR_UNREACHABLE",
      `no answer to ${call.action}${unreachableAddress(thrown)}: ${reason}`,
      [...hints, "env | grep AWS_ENDPOINT_URL (is this or --endpoint-url wrong?)"],
      thrown,
    );
  }
  if (status >= 500) {
    return new RemoteError(
      "ERR_REMOTE",
      `${call.action} failed with ${status} ${name} after retries: ${message}`,
      ["run the command again: it continues where it stopped"],
      thrown,
    );
  }
  if (status === 403) {
    return new AccessError(
      "ERR_ACCESS_DENIED",
      `${call.action} on ${call.subject} is not allowed: ${message}`,
      ["aws sts get-caller-identity"],
      thrown,
    );
  }
  return new ConflictError(
    "ERR_REFUSED",
    `AWS refuses ${call.action} on ${call.subject}: ${name}: ${message}`,
    refusalHints(call, message),
    thrown,
  );
}

function refusalHints({ subject }: CallName, message: string): string[] {
  return /marked for deletion/.test(message) && subject.startsWith("secret ")
    ? [restoreLine(subject.slice("secret ".length))]
    : ["keyturn help ERR_REFUSED"];
}

function credentialsTrouble(name: string, message: string, { profile }: CallerSettings): [string, string[]] {
  const withProfile = profile ? ` --profile ${profile}` : "";
  if (
    /sso|token/i.test(message) &&
    /expired|refresh|invalid|login/i.test(message) &&
    !/security token/i.test(message)
  ) {
    return ["the AWS SSO session has expired", [`aws sso login${withProfile}`]];
  }
  if (/expired/i.test(name) || /expired/i.test(message)) {
    return [
      "the AWS credentials have expired",
      [`aws sso login${withProfile}`, `aws sts get-caller-identity${withProfile}`],
    ];
  }
  if (name === "CredentialsProviderError") {
    return [
      profile ? `no AWS credentials found for profile ${profile}` : "no AWS credentials found",
      [`aws configure sso${withProfile}`, ...REHEARSE],
    ];
  }
  return [`AWS rejected the credentials: ${message}`, [`aws sts get-caller-identity${withProfile}`]];
}

function notFoundHints({ subject }: CallName): string[] {
  if (/^(public key|key group)/.test(subject)) return ["keyturn keys list"];
  return subject.startsWith("secret")
    ? ["aws secretsmanager list-secrets", "is --region right?"]
    : ["keyturn audit --inventory"];
}

interface Facets {
  readonly name: string;
  /** One line, without a period. */
  readonly message: string;
  readonly status: number | undefined;
}

function facetsOf(thrown: unknown): Facets {
  if (!(thrown instanceof Error)) return { name: "unknown", message: "", status: undefined };
  const metadata = (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return {
    name: thrown.name,
    message: (thrown.message.split("\n")[0] ?? "").trim().replace(/\.$/, ""),
    status: metadata?.httpStatusCode,
  };
}
