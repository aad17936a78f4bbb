/**
 * Errors are for work that could not be done; a failed check is a Finding, a value. Branch on `code`, never on class
 * or text. A message is one lowercase sentence without a period; hints say what to type next. Neither may hold a private
 * key, cookie value or signature: a key typed in place of a name is redacted here.
 */
import { redactPrivateKeys } from "./text/redact-private-keys.ts";

export type ErrorClass =
  | "usage"
  | "input"
  | "access"
  | "conflict"
  | "remote"
  | "halt"
  | "internal"
  | "hung-up"
  | "interrupted"
  | "terminated";

/** Every error code; each has a page, `keyturn help CODE`. Add new ones to the group of their class. */
export type ErrorCode =
  // usage
  | "ERR_USAGE"
  | "ERR_GATE"
  | "ERR_DURATION"
  | "ERR_INSTANT"
  | "ERR_EPOCH_MILLISECONDS"
  // input
  | "ERR_FILE_UNREADABLE"
  | "ERR_FILE_EXISTS"
  | "ERR_PROGRAM"
  | "ERR_RUNBOOK"
  | "ERR_KEY_UNREADABLE"
  | "ERR_KEY_KIND"
  | "ERR_CAPTURE_UNREADABLE"
  | "ERR_PASSPHRASE"
  | "ERR_KEY_MISMATCH"
  | "ERR_SIGNING"
  | "ERR_POLICY_UNSAFE"
  | "ERR_POLICY_INVALID"
  | "ERR_CONFIG"
  | "ERR_SECRET_FORMAT"
  | "ERR_LOGIN_FILE"
  | "ERR_PLAN_FILE"
  | "ERR_TEMPLATE"
  | "ERR_LOG_ENGINE"
  | "ERR_LOG_UNREADABLE"
  // access
  | "ERR_KEY_EXPOSED"
  | "ERR_CREDENTIALS"
  | "ERR_REGION"
  | "ERR_ACCOUNT"
  | "ERR_ACCESS_DENIED"
  | "ERR_LOGIN_REFUSED"
  | "ERR_MINT_REFUSED"
  // conflict
  | "ERR_PRECONDITION"
  | "ERR_EXISTS"
  | "ERR_IN_USE"
  | "ERR_NOT_FOUND"
  | "ERR_QUOTA"
  | "ERR_REFUSED"
  // remote
  | "ERR_UNREACHABLE"
  | "ERR_THROTTLED"
  | "ERR_REMOTE"
  // halt
  | "ERR_CONFIRMATION"
  | "ERR_HALTED"
  | "ERR_CLOCKS_DISAGREE"
  // internal
  | "ERR_INTERNAL"
  | "ERR_INTERRUPTED";

export class KeyturnError extends Error {
  readonly errorClass: ErrorClass;
  readonly code: ErrorCode;
  /** What to type or do next, most useful first. */
  readonly hints: readonly string[];

  constructor(
    errorClass: ErrorClass,
    code: ErrorCode,
    message: string,
    hints: readonly string[] = [],
    cause?: unknown,
  ) {
    super(redactPrivateKeys(message), cause === undefined ? undefined : { cause });
    this.errorClass = errorClass;
    this.code = code;
    this.hints = hints.map(redactPrivateKeys);
    this.name = new.target.name;
  }
}

type Rest = [code: ErrorCode, message: string, hints?: readonly string[], cause?: unknown];

/** The command line is wrong (exit 2). */
export class UsageError extends KeyturnError {
  constructor(...rest: Rest) {
    super("usage", ...rest);
  }
}
/** An input or the configuration cannot be read (exit 3). */
export class InputError extends KeyturnError {
  constructor(...rest: Rest) {
    super("input", ...rest);
  }
}
/** Missing or expired credentials, or a missing permission (exit 4). */
export class AccessError extends KeyturnError {
  constructor(...rest: Rest) {
    super("access", ...rest);
  }
}
/** Something changed since it was read, or AWS refuses the change in the current state (exit 5). */
export class ConflictError extends KeyturnError {
  constructor(...rest: Rest) {
    super("conflict", ...rest);
  }
}
/** No usable answer after retries (exit 6). The effect may or may not have happened. */
export class RemoteError extends KeyturnError {
  constructor(...rest: Rest) {
    super("remote", ...rest);
  }
}
/** Halted by a safety rule, or for lack of a confirmation (exit 7). */
export class HaltError extends KeyturnError {
  constructor(...rest: Rest) {
    super("halt", ...rest);
  }
}
/** A bug in keyturn (exit 70). */
export class InternalError extends KeyturnError {
  constructor(...rest: Rest) {
    super("internal", ...rest);
  }
}
const CLASS_OF_SIGNAL = { SIGHUP: "hung-up", SIGINT: "interrupted", SIGTERM: "terminated" } as const;
export type InterruptSignal = keyof typeof CLASS_OF_SIGNAL;

/** The abort reason of `World.interrupt`: let it propagate, after any cleanup (exit 129, 130, 143). */
export class InterruptError extends KeyturnError {
  readonly signal: InterruptSignal;
  constructor(signal: InterruptSignal) {
    super(CLASS_OF_SIGNAL[signal], "ERR_INTERRUPTED", `interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** Narrows by code: `isError(e, "ERR_PRECONDITION")`. */
export function isError(thrown: unknown, ...codes: ErrorCode[]): thrown is KeyturnError {
  return thrown instanceof KeyturnError && codes.includes(thrown.code);
}

/** Was this thrown because the reader of our output is gone? */
export function isBrokenPipe(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EPIPE";
}
